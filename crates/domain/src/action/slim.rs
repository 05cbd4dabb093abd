//! Slim copies of events, for read models that replay many of them.

use super::event::ActionEvent;
use crate::text::Text;

impl ActionEvent {
    /// The event without the long texts that the state does not keep, and without the days that the
    /// account of a due date passed over. But for these days, folding slim events gives the same
    /// state as folding the full ones (a tested property), at a fraction of the size.
    #[must_use]
    pub fn slim(mut self) -> ActionEvent {
        match &mut self {
            ActionEvent::Triaged { note, .. } | ActionEvent::Delegated { note, .. } => *note = None,
            ActionEvent::DelegationDeclined { reason, .. }
            | ActionEvent::Transferred { reason, .. }
            | ActionEvent::ClockPaused { reason }
            | ActionEvent::RestrictionLifted { reason }
            | ActionEvent::ClosureProposed { reason, .. }
            | ActionEvent::Reopened { reason, .. }
            | ActionEvent::Withdrawn { reason }
            | ActionEvent::Split { reason, .. } => *reason = Text::blank(),
            ActionEvent::Restricted { reason, also, .. } => {
                *reason = Text::blank();
                also.clear();
            }
            ActionEvent::Updated {
                narrative,
                recovery,
                evidence,
                ..
            } => {
                *narrative = Text::blank();
                *recovery = None;
                evidence.clear();
            }
            ActionEvent::Responded {
                text, citations, ..
            } => {
                *text = Text::blank();
                citations.clear();
            }
            ActionEvent::ResponseCorrected {
                text,
                citations,
                reason,
                ..
            } => {
                *text = None;
                *citations = None;
                *reason = Text::blank();
            }
            ActionEvent::Closed { reason, .. } => *reason = None,
            ActionEvent::DueDateMoved { to, reason, .. } => {
                to.explanation.skipped = Vec::new();
                *reason = Text::blank();
            }
            ActionEvent::Raised(raised) => raised.due.slim(),
            ActionEvent::DelegationAccepted { .. }
            | ActionEvent::ClockResumed { .. }
            | ActionEvent::Linked { .. }
            | ActionEvent::UndertakingGiven { .. } => {}
        }
        self
    }
}
