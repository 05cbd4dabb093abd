//! What each rejection of the domain is to a program: a reason, and its facts.

use super::Reason;
use domain::{action, register, returns};
use std::fmt::Display;

/// Names and values of a failure, for the metadata of `ErrorInfo`.
pub(super) type Facts = Vec<(&'static str, String)>;

macro_rules! facts {
    ($($name:ident),* $(,)?) => { vec![$((stringify!($name), say($name))),*] };
}

/// Dates and identifiers as programs write them.
fn say(value: &impl Display) -> String {
    value.to_string()
}

pub(super) fn of_action(rejection: &action::Rejection) -> (Reason, Facts) {
    use Reason::*;
    use action::Rejection as R;
    match rejection {
        R::Unknown { reference } => (ActionUnknown, facts![reference]),
        R::ReferenceTaken {
            reference,
            raised_on,
        } => (ReferenceTaken, facts![reference, raised_on]),
        R::Closed {
            reference,
            on,
            outcome,
        } => (ActionClosed, facts![reference, on, outcome]),
        R::Withdrawn { reference, on } => (ActionClosed, facts![reference, on]),
        R::NotClosed { reference } => (ActionOpen, facts![reference]),
        R::ReopenedBeforeClosed {
            reference,
            on,
            closed_on,
        } => (DateOutOfOrder, facts![reference, on, closed_on]),
        R::InFuture { on, today } => (DateOutOfOrder, facts![on, today]),
        R::BeforeRaised {
            reference,
            on,
            raised_on,
        } => (DateOutOfOrder, facts![reference, on, raised_on]),
        R::BeforeStep {
            reference,
            on,
            step,
            since,
        } => (DateOutOfOrder, facts![reference, on, step, since]),
        R::BeforeMeeting {
            meeting,
            on,
            held_on,
        } => (DateOutOfOrder, facts![meeting, on, held_on]),
        R::CorrectionBeforeResponse { on, responded_on } => {
            (DateOutOfOrder, facts![on, responded_on])
        }
        R::ResumedBeforePaused {
            reference,
            on,
            since,
        } => (DateOutOfOrder, facts![reference, on, since]),
        R::ReviewNotAfter { review_on, on } => (DateOutOfOrder, facts![review_on, on]),
        R::UnknownMeeting { meeting } => (NotInRegister, facts![meeting]),
        R::UnknownParty { name } => (NotInRegister, facts![name]),
        R::PartyNotActive { name, on } => (RegisterDiffers, facts![name, on]),
        R::Due(_) | R::DueReason(_) | R::NoNewDueDate => (DueDateWrong, vec![]),
        R::DueInPast { due, on } => (DueDateWrong, facts![due, on]),
        R::DueUnchanged { reference, due } => (ClockDiffers, facts![reference, due]),
        R::UnknownPart {
            reference,
            part,
            parts,
        } => (CoverageWrong, facts![reference, part, parts]),
        R::PartTwice { part } => (ContentWrong, facts![part]),
        R::TooManyParts { count, limit } => (ContentWrong, facts![count, limit]),
        R::NotDelegated { reference } => (DelegationDiffers, facts![reference]),
        R::DelegatedElsewhere {
            reference,
            holder,
            since,
        }
        | R::TransferToItself {
            reference,
            holder,
            since,
        } => (DelegationDiffers, facts![reference, holder, since]),
        R::DeclinedAlready { reference, holder } | R::AcceptedAlready { reference, holder } => {
            (DelegationDiffers, facts![reference, holder])
        }
        R::NoRecovery { rag } => (ContentWrong, facts![rag]),
        R::NothingCovered { reference } => (CoverageWrong, facts![reference]),
        R::HoldingCovers | R::CoversAsPending => (CoverageWrong, vec![]),
        R::UnknownResponse {
            reference,
            response,
            known,
        } => (ResponseUnknown, facts![reference, response, known]),
        R::CorrectsNothing => (ContentWrong, vec![]),
        R::ClockStopped { reference, since } => (ClockDiffers, facts![reference, since]),
        R::ClockRunning { reference } => (ClockDiffers, facts![reference]),
        R::UnknownParagraph { paragraph } => (ContentWrong, facts![paragraph]),
        R::RestrictedAlready { reference, since } => (RestrictionDiffers, facts![reference, since]),
        R::NotRestricted { reference } => (RestrictionDiffers, facts![reference]),
        R::SharedAcrossRestriction { restricted, public } => {
            (RestrictionDiffers, facts![restricted, public])
        }
        R::CorrectsAcrossRestriction {
            reference,
            response,
            restricted,
        } => (RestrictionDiffers, facts![reference, response, restricted]),
        R::TooManyKin { reference, limit } => (RestrictionDiffers, facts![reference, limit]),
        R::NotAnswered { reference } => (NotAnswered, facts![reference]),
        R::PartNotAnswered {
            reference,
            part,
            coverage,
        } => (NotAnswered, facts![reference, part, coverage]),
        R::SupersededByNothing | R::NotSuperseded => (ContentWrong, vec![]),
        R::WithdrawInstead { reference } | R::LinkToItself { reference } => {
            (ContentWrong, facts![reference])
        }
        R::LinkCycle { reference, chain } => (ContentWrong, facts![reference, chain]),
        R::LinkChainTooLong { reference, limit } => (ContentWrong, facts![reference, limit]),
        R::SplitTooSmall { reference, count } => (ContentWrong, facts![reference, count]),
        R::ChildTwice { child } => (ContentWrong, facts![child]),
    }
}

pub(super) fn of_register(rejection: &register::Rejection) -> (Reason, Facts) {
    use Reason::*;
    use register::Rejection as R;
    match rejection {
        R::IdTaken { id, .. } => (IdentifierTaken, facts![id]),
        R::UnknownBody { id } | R::UnknownGroup { id } => (NotInRegister, facts![id]),
        R::Ended { id, until } => (RegisterDiffers, facts![id, until]),
        R::BeforeItBegan { id, from, on } => (DateOutOfOrder, facts![id, from, on]),
        R::LeadBodies { count } => (ContentWrong, facts![count]),
        R::SameReferences { pattern, other } => (IdentifierTaken, facts![pattern, other]),
        R::NotABoard { id } => (RegisterDiffers, facts![id]),
        R::Schedule(_) => (ContentWrong, vec![]),
        R::SucceedsItself { id } => (ContentWrong, facts![id]),
    }
}

pub(super) fn of_return(rejection: &returns::Rejection) -> (Reason, Facts) {
    use Reason::*;
    use returns::Rejection as R;
    match rejection {
        R::InFuture { on, today } => (DateOutOfOrder, facts![on, today]),
        R::BeforeQuarter {
            quarter,
            begins,
            on,
        } => (DateOutOfOrder, facts![quarter, begins, on]),
        R::QuarterNotOver { quarter, ends } => (ReturnDiffers, facts![quarter, ends]),
        R::SentAlready { group, quarter, on } => (ReturnDiffers, facts![group, quarter, on]),
        R::NotSent { group, quarter } => (ReturnDiffers, facts![group, quarter]),
        R::CorrectedBeforeSent { on, sent_on } => (DateOutOfOrder, facts![on, sent_on]),
        R::NotOurs { reference, group } => (NotTheGroups, facts![reference, group]),
        R::NamedTwice { reference } => (ContentWrong, facts![reference]),
        R::Update { reference, why } => {
            let (reason, mut facts) = of_action(why);
            facts.push(("reference", say(reference)));
            (reason, facts)
        }
        R::NoOverall => (ContentWrong, vec![]),
        R::TooMany { count } => (ContentWrong, facts![count]),
    }
}
