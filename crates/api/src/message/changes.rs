//! What happened to an action, in a word.

use projection::ChangeKind;

/// The word of a kind of change. A word is never given another meaning.
#[must_use]
pub fn change_word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Raised => "raised",
        ChangeKind::Triaged => "triaged",
        ChangeKind::Delegated => "delegated",
        ChangeKind::Updated => "updated",
        ChangeKind::Held => "held",
        ChangeKind::Answered => "answered",
        ChangeKind::Corrected => "corrected",
        ChangeKind::Moved => "moved",
        ChangeKind::Paused => "paused",
        ChangeKind::Resumed => "resumed",
        ChangeKind::Restricted => "restricted",
        ChangeKind::Lifted => "lifted",
        ChangeKind::Proposed => "proposed",
        ChangeKind::Closed => "closed",
        ChangeKind::Reopened => "reopened",
        ChangeKind::Withdrawn => "withdrawn",
        ChangeKind::Linked => "linked",
        ChangeKind::Split => "split",
    }
}
