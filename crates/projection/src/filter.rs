//! Which actions a list shows.

use chrono::NaiveDate;
use domain::action::{Coverage, Kind, Rag, Status};
use domain::text::Slug;
use serde::{Deserialize, Serialize};

use crate::row::Row;

/// A selection: every field that is given must hold. It is applied to what the reader may see, so
/// a hidden topic is never found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Of this kind.
    pub kind: Option<Kind>,
    /// Asked of this body or group.
    pub asked_of: Option<Slug>,
    /// Raised by this body or group.
    pub raised_by: Option<Slug>,
    /// With this body or group now.
    pub delegated_to: Option<Slug>,
    /// Under this heading, without regard to case.
    pub topic: Option<String>,
    /// Under this theme, without regard to case.
    pub theme: Option<String>,
    /// Raised at this meeting.
    pub meeting: Option<Slug>,
    /// In one of these; empty: in any.
    pub statuses: Vec<Status>,
    /// Open, or not.
    pub open: Option<bool>,
    /// With this delivery confidence.
    pub rag: Option<Rag>,
    /// Overdue, or not.
    pub overdue: Option<bool>,
    /// Due on this day or later.
    pub due_from: Option<NaiveDate>,
    /// Due on this day or earlier.
    pub due_to: Option<NaiveDate>,
    /// Restricted, or not.
    pub restricted: Option<bool>,
    /// Answered this far as a whole.
    pub coverage: Option<Coverage>,
    /// These characters somewhere in the reference, text, parts, topic or public title, without
    /// regard to case.
    pub text: Option<String>,
}

impl Filter {
    /// The open actions.
    #[must_use]
    pub fn open() -> Self {
        Self {
            open: Some(true),
            ..Self::default()
        }
    }

    /// Whether a row, as the reader sees it, is selected; `as_at` is the day on which overdue is
    /// judged.
    #[must_use]
    pub fn matches(&self, row: &Row, as_at: NaiveDate) -> bool {
        let is = |wanted: &Option<Slug>, party: Option<&Slug>| {
            wanted.as_ref().is_none_or(|slug| party == Some(slug))
        };
        self.kind.is_none_or(|kind| kind == row.kind)
            && is(&self.asked_of, Some(&row.asked_of.id))
            && is(&self.raised_by, Some(&row.raised_by.id))
            && is(&self.delegated_to, row.delegated_to.as_ref().map(|p| &p.id))
            && is(&self.meeting, row.meeting.as_ref().map(|m| &m.id))
            && same(self.topic.as_deref(), row.topic.as_deref())
            && same(self.theme.as_deref(), row.theme.as_deref())
            && (self.statuses.is_empty() || self.statuses.contains(&row.status))
            && self.open.is_none_or(|open| open == row.status.is_open())
            && self.rag.is_none_or(|rag| Some(rag) == row.rag)
            && self.coverage.is_none_or(|c| c == row.coverage)
            && self
                .restricted
                .is_none_or(|r| r == row.restriction.is_some())
            && self.due_in_range(row.due_on)
            && self
                .overdue
                .is_none_or(|overdue| overdue == row.overdue(as_at))
            && self.text.as_deref().is_none_or(|text| says(row, text))
    }

    fn due_in_range(&self, due: Option<NaiveDate>) -> bool {
        let from = self
            .due_from
            .is_none_or(|from| due.is_some_and(|due| due >= from));
        from && self
            .due_to
            .is_none_or(|to| due.is_some_and(|due| due <= to))
    }
}

fn same(wanted: Option<&str>, there: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| {
        there.is_some_and(|there| fold_case(there.trim()) == fold_case(wanted.trim()))
    })
}

fn fold_case(text: &str) -> String {
    text.to_lowercase()
}

fn says(row: &Row, text: &str) -> bool {
    let wanted = fold_case(text.trim());
    let has = |there: &str| fold_case(there).contains(&wanted);
    let title = row
        .restriction
        .as_ref()
        .and_then(|restriction| restriction.public_title.as_deref());
    has(row.reference.as_str())
        || has(&row.text)
        || row.topic.as_deref().is_some_and(has)
        || row.parts.iter().any(|part| has(&part.text))
        || title.is_some_and(has)
}
