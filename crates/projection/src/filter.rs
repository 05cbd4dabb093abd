//! Which actions a list shows.

use chrono::NaiveDate;
use domain::action::{Coverage, Kind, Rag, Status};
use domain::reference::Reference;
use domain::text::Slug;
use serde::{Deserialize, Serialize};

use crate::row::Row;
use crate::view::Facts;

/// A selection: every field that is given must hold. It is applied to what the reader may see, so
/// a hidden topic is never found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Of one of these kinds; empty: of any.
    pub kinds: Vec<Kind>,
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
    /// With one of these delivery confidences; empty: with any or none.
    pub rags: Vec<Rag>,
    /// Overdue, or not.
    pub overdue: Option<bool>,
    /// Due on this day or later.
    pub due_from: Option<NaiveDate>,
    /// Due on this day or earlier.
    pub due_to: Option<NaiveDate>,
    /// Restricted, or not.
    pub restricted: Option<bool>,
    /// Answered as a whole as far as one of these; empty: however far.
    pub coverages: Vec<Coverage>,
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
        let told = row.told();
        among(&self.kinds, told.map(|told| told.kind))
            && is(&self.asked_of, told.map(|told| &told.asked_of.id))
            && is(&self.raised_by, told.map(|told| &told.raised_by.id))
            && is(&self.delegated_to, row.delegated_to.as_ref().map(|p| &p.id))
            && is(&self.meeting, row.meeting.as_ref().map(|m| &m.id))
            && same(self.topic.as_deref(), row.topic.as_deref())
            && same(self.theme.as_deref(), row.theme.as_deref())
            && among(&self.statuses, Some(row.status))
            && self.open.is_none_or(|open| open == row.status.is_open())
            && among(&self.rags, row.rag)
            && among(&self.coverages, told.map(|told| told.coverage))
            && self
                .restricted
                .is_none_or(|r| r == row.restriction.is_some())
            && self.due_in_range(row.due_on)
            && self
                .overdue
                .is_none_or(|overdue| overdue == row.overdue(as_at))
            && self.text.as_deref().is_none_or(|text| says(row, text))
    }

    /// Whether the indexes of open actions know all that is asked but for the text: which body or group,
    /// of one part.
    pub(crate) fn is_of_one_part(&self) -> bool {
        let parts = [&self.delegated_to, &self.asked_of, &self.raised_by];
        let rest = Self {
            open: Some(true),
            text: self.text.clone(),
            delegated_to: self.delegated_to.clone(),
            asked_of: self.asked_of.clone(),
            raised_by: self.raised_by.clone(),
            ..Self::default()
        };
        *self == rest && parts.into_iter().flatten().count() <= 1
    }

    /// Whether the facts of an action, as the reader sees them, are selected, its texts apart: the
    /// same rules as [`Filter::matches`].
    pub(crate) fn matches_facts(&self, facts: &Facts, as_at: NaiveDate) -> bool {
        let is = |wanted: &Option<Slug>, there: Option<&str>| {
            wanted
                .as_ref()
                .is_none_or(|slug| there == Some(slug.as_str()))
        };
        let told = !facts.stub;
        among(&self.kinds, told.then_some(facts.kind))
            && self.open.is_none_or(|open| open == facts.status.is_open())
            && among(&self.statuses, Some(facts.status))
            && is(&self.asked_of, told.then(|| &*facts.asked_of))
            && is(&self.raised_by, told.then(|| &*facts.raised_by))
            && is(&self.delegated_to, facts.delegated_to.as_deref())
            && is(&self.meeting, facts.meeting.as_deref())
            && among(&self.rags, facts.rag)
            && among(&self.coverages, told.then_some(facts.coverage))
            && self.restricted.is_none_or(|r| r == facts.restricted)
            && self.due_in_range(facts.due_on)
            && self
                .overdue
                .is_none_or(|overdue| overdue == facts.overdue(as_at))
            && same(self.topic.as_deref(), facts.topic.as_deref())
            && same(self.theme.as_deref(), facts.theme.as_deref())
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

/// Whether a value is one of those that are wanted; none wanted is any.
fn among<T: PartialEq>(wanted: &[T], there: Option<T>) -> bool {
    wanted.is_empty() || there.is_some_and(|there| wanted.contains(&there))
}

fn same(wanted: Option<&str>, there: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| there.is_some_and(|there| alike(there.trim(), wanted.trim())))
}

fn alike(a: &str, b: &str) -> bool {
    let fold = |text: &str| {
        text.chars()
            .flat_map(char::to_lowercase)
            .collect::<Vec<_>>()
    };
    a == b || (a.len().abs_diff(b.len()) < 16 && fold(a) == fold(b))
}

/// Characters that are looked for without regard to case.
pub(crate) struct Needle(String);

impl Needle {
    pub(crate) fn new(text: &str) -> Self {
        Self(folded(text.trim()))
    }

    /// The characters, in lower case.
    pub(crate) fn folded(&self) -> &str {
        &self.0
    }

    /// Whether signatures can tell anything of it, see `view/signatures.rs`.
    pub(crate) fn has_signature(&self) -> bool {
        self.0.len() >= 3
    }

    pub(crate) fn is_in(&self, text: &str) -> bool {
        folded(text).contains(&self.0)
    }

    /// Whether an action says it, to who may read its texts.
    pub(crate) fn is_said_in(&self, row: &Row) -> bool {
        texts(row).any(|text| self.is_in(text))
    }

    /// Whether it is in what is told of an action to who may not read it.
    pub(crate) fn is_told(&self, reference: &Reference, title: Option<&str>) -> bool {
        self.is_in(reference.as_str()) || title.is_some_and(|title| self.is_in(title))
    }
}

/// Without regard to case, as far as a search goes.
pub(crate) fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// What a search looks through.
pub(crate) fn texts(row: &Row) -> impl Iterator<Item = &str> {
    [row.reference.as_str(), &row.text]
        .into_iter()
        .chain(row.topic.as_deref())
        .chain(row.parts.iter().map(|part| part.text.as_str()))
}

/// Whether a row says a text, as the reader sees it. A public title is only shown to who may not read
/// the text.
fn says(row: &Row, text: &str) -> bool {
    let needle = Needle::new(text);
    if row.stub {
        let restriction = row.restriction.as_ref();
        let title = restriction.and_then(|restriction| restriction.public_title.as_deref());
        return needle.is_told(&row.reference, title);
    }
    needle.is_said_in(row)
}
