//! From a failure to the status that a client receives.

use super::rejections::{Facts, of_action, of_register, of_return};
use super::{Failure, Reason};
use event_log::{AppendError, LogError};
use identity::TokenError;
use std::collections::HashMap;
use std::time::Duration;
use tonic::Status;
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};
use uuid::Uuid;

/// The `domain` of every `ErrorInfo`.
pub const DOMAIN: &str = "matters-arising";

/// After which a call that may succeed later is best repeated.
const RETRY_AFTER: Duration = Duration::from_millis(500);

pub(super) fn append_text(error: &AppendError) -> String {
    match error {
        AppendError::Conflict { .. } => "others changed it in the meantime; try again".into(),
        AppendError::IdReused { id, .. } => {
            format!("the request id {id} was used for another request; choose a new one")
        }
        AppendError::TooLarge { bytes, limit, .. } => format!(
            "what would be recorded is {bytes} bytes long; at most {limit} are: make it shorter"
        ),
        AppendError::OutcomeUnknown { .. } => {
            "whether it was recorded is not known; retry with the same request id".into()
        }
        AppendError::Unavailable { .. } => {
            "the record takes nothing now, nothing was written; try again later".into()
        }
    }
}

pub(super) fn log_text(error: &LogError) -> String {
    match error {
        LogError::Unavailable { .. } => "the record does not answer now; try again later".into(),
        _ => "the record cannot be read; the operator has been told".into(),
    }
}

impl Failure {
    /// Why, as a word for programs.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.told().0
    }

    /// What only the operator may see; such a failure is logged once, where it is handled.
    #[must_use]
    pub fn cause(&self) -> Option<String> {
        match self {
            Failure::Fault { cause } | Failure::Unreadable { cause, .. } => Some(cause.clone()),
            Failure::Append(
                error @ (AppendError::OutcomeUnknown { .. } | AppendError::Unavailable { .. }),
            ) => Some(error.to_string()),
            Failure::Log(error) => Some(error.to_string()),
            _ => None,
        }
    }

    /// Whether the same call may succeed later.
    fn worth_retrying(&self) -> bool {
        use Reason::*;
        matches!(
            self.reason(),
            Contended | Busy | LogUnavailable | OutcomeUnknown | NotCaughtUp | DeadlinePassed
        )
    }

    /// The reason and the facts.
    fn told(&self) -> (Reason, Facts) {
        match self {
            Failure::Fields(_) => (Reason::FieldsWrong, vec![]),
            Failure::Token(error) => (token_reason(error), vec![]),
            Failure::OtherArea {
                token_area,
                area,
                rule,
            } => (
                Reason::PolicyDenied,
                vec![
                    ("rule", rule.id().into()),
                    ("token_area", token_area.clone()),
                    ("area", area.clone()),
                ],
            ),
            Failure::Denied {
                operation, rule, ..
            } => (
                Reason::PolicyDenied,
                vec![
                    ("rule", rule.id().into()),
                    ("operation", operation.phrase().into()),
                ],
            ),
            Failure::Action(rejection) => of_action(rejection),
            Failure::Register(rejection) => of_register(rejection),
            Failure::Return(rejection) => of_return(rejection),
            Failure::NotFound { what, name, field } => (
                not_found_reason(what),
                vec![("name", name.clone()), ("field", (*field).into())],
            ),
            Failure::NoNextMeeting { body, after } => (
                Reason::NotInRegister,
                vec![("body", body.clone()), ("after", after.to_string())],
            ),
            Failure::SeriesFull { series } => {
                (Reason::SeriesFull, vec![("series", series.clone())])
            }
            Failure::RequestIdReused { id } => (
                Reason::RequestIdReused,
                vec![("request_id", id.to_string())],
            ),
            Failure::Changed {
                what,
                who,
                at,
                etag,
                now,
            } => (
                Reason::ChangedSinceRead,
                vec![
                    ("what", what.clone()),
                    ("changed_by", who.clone()),
                    ("changed_at", at.to_rfc3339()),
                    ("etag", etag.to_string()),
                    ("etag_now", now.to_string()),
                ],
            ),
            Failure::Partly { refused, recorded } => {
                let (reason, mut facts) = refused.told();
                facts.push(("recorded", recorded.join(", ")));
                (reason, facts)
            }
            Failure::Contended { what, attempts } => (
                Reason::Contended,
                vec![("what", what.clone()), ("attempts", attempts.to_string())],
            ),
            Failure::Busy { limit } => (Reason::Busy, vec![("limit", limit.to_string())]),
            Failure::Append(error) => append_reason(error),
            Failure::Log(error) => (log_reason(error), vec![]),
            Failure::Deadline => (Reason::DeadlinePassed, vec![]),
            Failure::NotCaughtUp { wanted, at } => (
                Reason::NotCaughtUp,
                vec![("wanted", wanted.to_string()), ("at", at.to_string())],
            ),
            Failure::OtherLog => (Reason::TokenOfOtherLog, vec![]),
            Failure::PageToken => (Reason::PageTokenWrong, vec![]),
            Failure::Unreadable { what, .. } => {
                (Reason::RecordUnreadable, vec![("what", what.clone())])
            }
            Failure::Fault { .. } => (Reason::InternalFault, vec![]),
        }
    }

    /// What the client receives. What is meant for the operator is not in it.
    #[must_use]
    pub fn into_status(self, request_id: Option<Uuid>) -> Status {
        let (reason, facts) = self.told();
        let metadata: HashMap<String, String> = facts
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let mut details = ErrorDetails::new();
        if let Some(named) = metadata.get("reference").or_else(|| metadata.get("name"))
            && matches!(
                reason.code(),
                tonic::Code::NotFound | tonic::Code::AlreadyExists
            )
        {
            details.set_resource_info(resource(reason), named.clone(), "", "");
        }
        details.set_error_info(reason.as_str(), DOMAIN, metadata);
        if let Failure::Fields(violations) = &self {
            let fields: Vec<FieldViolation> = violations
                .iter()
                .map(|v| FieldViolation::new(v.field.clone(), v.description.clone()))
                .collect();
            details.set_bad_request(fields);
        }
        if self.worth_retrying() {
            details.set_retry_info(Some(RETRY_AFTER));
        }
        if let Some(id) = request_id {
            details.set_request_info(id.to_string(), "");
        }
        Status::with_error_details(reason.code(), self.to_string(), details)
    }
}

fn resource(reason: Reason) -> &'static str {
    match reason {
        Reason::ActionUnknown | Reason::ReferenceTaken | Reason::ResponseUnknown => "action",
        Reason::NotInRegister | Reason::IdentifierTaken => "register entry",
        _ => "record",
    }
}

fn not_found_reason(what: &str) -> Reason {
    match what {
        "action" => Reason::ActionUnknown,
        "body" | "delivery group" | "meeting" | "series" => Reason::NotInRegister,
        _ => Reason::NotOnRecord,
    }
}

fn token_reason(error: &TokenError) -> Reason {
    match error {
        TokenError::Missing => Reason::TokenMissing,
        TokenError::Expired { .. } => Reason::TokenExpired,
        _ => Reason::TokenRefused,
    }
}

fn append_reason(error: &AppendError) -> (Reason, Facts) {
    match error {
        AppendError::Conflict { .. } => (Reason::Contended, vec![]),
        AppendError::IdReused { id, .. } => (
            Reason::RequestIdReused,
            vec![("request_id", id.to_string())],
        ),
        AppendError::TooLarge { bytes, limit, .. } => (
            Reason::TooLarge,
            vec![("bytes", bytes.to_string()), ("limit", limit.to_string())],
        ),
        AppendError::OutcomeUnknown { .. } => (Reason::OutcomeUnknown, vec![]),
        AppendError::Unavailable { .. } => (Reason::LogUnavailable, vec![]),
    }
}

fn log_reason(error: &LogError) -> Reason {
    match error {
        LogError::Unavailable { .. } => Reason::LogUnavailable,
        LogError::Corrupt { .. } | LogError::Gap { .. } => Reason::RecordUnreadable,
        LogError::BeyondHead { .. } | LogError::IncarnationChanged { .. } => {
            Reason::RecordUnreadable
        }
        LogError::NotProvisioned { .. }
        | LogError::Locked { .. }
        | LogError::Drift { .. }
        | LogError::Version { .. }
        | LogError::Option { .. } => Reason::InternalFault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic::Code;

    #[test]
    fn what_is_for_the_operator_stays_here() {
        let secret = "/var/lib/matters: permission denied".to_owned();
        let failures = [
            Failure::Append(AppendError::Unavailable {
                reason: secret.clone(),
            }),
            Failure::Append(AppendError::OutcomeUnknown {
                reason: secret.clone(),
            }),
            Failure::Log(LogError::Unavailable {
                reason: secret.clone(),
            }),
            Failure::Log(LogError::Corrupt {
                sequence: Some(7),
                reason: secret.clone(),
            }),
            Failure::Fault {
                cause: secret.clone(),
            },
            Failure::Unreadable {
                what: "PCP/2018/014".to_owned(),
                cause: secret.clone(),
            },
        ];
        for failure in failures {
            assert!(failure.cause().is_some_and(|cause| cause.contains(&secret)));
            let status = failure.into_status(Some(Uuid::from_u128(7)));
            let details = String::from_utf8_lossy(status.details()).into_owned();
            assert!(!status.message().contains(&secret), "{status}");
            assert!(!details.contains(&secret), "{details}");
        }
    }

    #[test]
    fn who_may_try_again_is_told_when() {
        let id = Uuid::from_u128(7);
        let unknown = Failure::Append(AppendError::OutcomeUnknown {
            reason: String::new(),
        })
        .into_status(Some(id));
        let details = unknown.get_error_details();
        assert_eq!(unknown.code(), Code::Unavailable);
        let delay = details.retry_info().and_then(|retry| retry.retry_delay);
        assert_eq!(delay, Some(RETRY_AFTER));
        let request = details.request_info().map(|info| info.request_id.clone());
        assert_eq!(request, Some(id.to_string()));
        let reused = Failure::RequestIdReused { id }.into_status(Some(id));
        assert!(reused.get_error_details().retry_info().is_none());
    }
}
