//! The reasons that programs can tell apart: the `reason` of `ErrorInfo`, with its gRPC code.

use tonic::Code;

macro_rules! reasons {
    ($(#[doc = $doc:literal] $name:ident = $text:literal, $code:ident;)+) => {
        /// Why a call gave no answer, as a word for programs. A word is never given another meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason { $(#[doc = $doc] $name,)+ }

        impl Reason {
            /// Every reason, in the order of the documentation.
            pub const ALL: &'static [Reason] = &[$(Reason::$name),+];

            /// The word itself.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Reason::$name => $text,)+ }
            }

            /// What it means, in a sentence for the authors of clients.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Reason::$name => $doc.trim_ascii(),)+ }
            }

            /// The gRPC code that comes with it.
            #[must_use]
            pub fn code(self) -> Code {
                match self { $(Reason::$name => Code::$code,)+ }
            }
        }
    };
}

reasons! {
    /// Fields of the request are missing or wrong; `BadRequest` names each.
    FieldsWrong = "FIELDS_WRONG", InvalidArgument;
    /// A day is in the future, or before what it must follow.
    DateOutOfOrder = "DATE_OUT_OF_ORDER", InvalidArgument;
    /// A due date cannot be worked out from what was given, or lies in the past.
    DueDateWrong = "DUE_DATE_WRONG", InvalidArgument;
    /// A response covers nothing, too much, or a part that is not there.
    CoverageWrong = "COVERAGE_WRONG", InvalidArgument;
    /// What was sent says too little, or contradicts itself.
    ContentWrong = "CONTENT_WRONG", InvalidArgument;
    /// The page token is not of this list.
    PageTokenWrong = "PAGE_TOKEN_WRONG", InvalidArgument;
    /// No token was sent where one is needed.
    TokenMissing = "TOKEN_MISSING", Unauthenticated;
    /// The token has expired; sign in again.
    TokenExpired = "TOKEN_EXPIRED", Unauthenticated;
    /// The token is not one that counts here.
    TokenRefused = "TOKEN_REFUSED", Unauthenticated;
    /// The policy denies it; the metadata names the rule.
    PolicyDenied = "POLICY_DENIED", PermissionDenied;
    /// No action of this reference is on record.
    ActionUnknown = "ACTION_UNKNOWN", NotFound;
    /// The action has no such response.
    ResponseUnknown = "RESPONSE_UNKNOWN", NotFound;
    /// Something that is named is not in the register: a body, group, meeting or series.
    NotInRegister = "NOT_IN_REGISTER", NotFound;
    /// Something else that is named is not on record.
    NotOnRecord = "NOT_ON_RECORD", NotFound;
    /// The request id stands for another request.
    RequestIdReused = "REQUEST_ID_REUSED", AlreadyExists;
    /// The reference stands for another action.
    ReferenceTaken = "REFERENCE_TAKEN", AlreadyExists;
    /// The identifier stands for something else in the register.
    IdentifierTaken = "IDENTIFIER_TAKEN", AlreadyExists;
    /// The action is closed or withdrawn; reopen it first.
    ActionClosed = "ACTION_CLOSED", FailedPrecondition;
    /// The action is open; there is nothing to reopen.
    ActionOpen = "ACTION_OPEN", FailedPrecondition;
    /// The delegation does not stand as this needs it.
    DelegationDiffers = "DELEGATION_DIFFERS", FailedPrecondition;
    /// The action was not answered as far as this needs.
    NotAnswered = "NOT_ANSWERED", FailedPrecondition;
    /// The due date or the clock does not stand as this needs it.
    ClockDiffers = "CLOCK_DIFFERS", FailedPrecondition;
    /// The restriction does not stand as this needs it.
    RestrictionDiffers = "RESTRICTION_DIFFERS", FailedPrecondition;
    /// The return was sent, was not sent, or its quarter is not over.
    ReturnDiffers = "RETURN_DIFFERS", FailedPrecondition;
    /// The return speaks of an action that its group does not hold.
    NotTheGroups = "NOT_THE_GROUPS", FailedPrecondition;
    /// The entry of the register ended, has not begun, or does not allow this.
    RegisterDiffers = "REGISTER_DIFFERS", FailedPrecondition;
    /// The series has no number left.
    SeriesFull = "SERIES_FULL", FailedPrecondition;
    /// The consistency token belongs to another log.
    TokenOfOtherLog = "TOKEN_OF_OTHER_LOG", FailedPrecondition;
    /// It changed after it was read: the etag is not that of today.
    ChangedSinceRead = "CHANGED_SINCE_READ", Aborted;
    /// Others changed it again and again while this was decided.
    Contended = "CONTENDED", Aborted;
    /// The decision is larger than the log takes.
    TooLarge = "TOO_LARGE", ResourceExhausted;
    /// The service has as much to do as it takes on.
    Busy = "BUSY", ResourceExhausted;
    /// The log does not answer; certainly nothing was recorded by this call.
    LogUnavailable = "LOG_UNAVAILABLE", Unavailable;
    /// Whether it was recorded is unknown: retry with the same request id.
    OutcomeUnknown = "OUTCOME_UNKNOWN", Unavailable;
    /// The read model has not taken in the position that was asked for.
    NotCaughtUp = "NOT_CAUGHT_UP", Unavailable;
    /// The caller's deadline came first: retry with the same request id.
    DeadlinePassed = "DEADLINE_PASSED", DeadlineExceeded;
    /// What is on record cannot be read.
    RecordUnreadable = "RECORD_UNREADABLE", DataLoss;
    /// A defect of the program or its machine.
    InternalFault = "INTERNAL_FAULT", Internal;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::code_name;
    use std::collections::BTreeSet;

    /// The table as it stands in the document for the authors of clients.
    fn table() -> String {
        let row = |reason: &Reason| {
            let code = code_name(reason.code());
            format!(
                "| `{}` | {code} | {} |\n",
                reason.as_str(),
                reason.meaning()
            )
        };
        let rows: String = Reason::ALL.iter().map(row).collect();
        format!("| reason | code | meaning |\n|---|---|---|\n{rows}")
    }

    #[test]
    fn the_document_lists_the_reasons_that_there_are() {
        let document = include_str!("../../../../proto/README.md");
        let (_, rest) = document.split_once("<!-- reasons -->\n").unwrap();
        let (listed, _) = rest.split_once("<!-- end of reasons -->").unwrap();
        assert!(
            listed == table(),
            "proto/README.md should list:\n{}",
            table()
        );
    }

    #[test]
    fn the_list_is_part_of_the_contract() {
        let list: Vec<String> = Reason::ALL
            .iter()
            .map(|reason| format!("{} {:?}", reason.as_str(), reason.code()))
            .collect();
        let distinct: BTreeSet<&str> = Reason::ALL.iter().map(|r| r.as_str()).collect();
        assert_eq!(distinct.len(), list.len());
        insta::assert_snapshot!(list.join("\n"));
    }
}
