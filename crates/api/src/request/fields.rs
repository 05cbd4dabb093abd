//! Reads fields one by one and remembers what is wrong with each.

use crate::failure::Violations;
use crate::words::{self, Word};
use chrono::NaiveDate;
use domain::action::{Lookup, PartId};
use domain::calendar::deadline::DueRule;
use domain::calendar::{Quarter, dates};
use domain::reference::Reference;
use domain::text::{LINE_LIMIT, Line, Slug, TEXT_LIMIT, Text, TextProblem};
use std::fmt::Display;
use uuid::Uuid;

/// The most bytes of one character in UTF-8: a longer text need not be counted to be too long.
const CHARACTER_BYTES: usize = 4;

/// Gathers what is wrong, under the path of each field.
///
/// A reader of a field answers `None` when it is wrong (or, of an optional one, empty); the message is
/// refused by [`Fields::done`] when anything was wrong.
#[derive(Debug, Default)]
pub struct Fields {
    path: String,
    violations: Violations,
    next_agenda: bool,
}

impl Fields {
    /// Nothing is wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value, when nothing was wrong.
    ///
    /// # Errors
    /// Everything that was.
    pub fn done<T>(self, value: Option<T>) -> Result<T, Violations> {
        self.violations.or(value)
    }

    /// Remembers that the due date is counted to a meeting that the register must name, and answers a
    /// rule to put its day into.
    pub(super) fn next_agenda(&mut self) -> DueRule {
        self.next_agenda = true;
        DueRule::BeforeAgendaOf {
            meeting_on: NaiveDate::MAX,
        }
    }

    /// Whether the due date is counted to a meeting that the register must name.
    pub(super) fn is_next_agenda(&self) -> bool {
        self.next_agenda
    }

    /// Remembers that a field is wrong, and what would be right. The empty name is the message or
    /// the entry of a list that is being read.
    pub fn wrong(&mut self, field: &str, description: impl Display) {
        let path = match (self.path.as_str(), field) {
            ("", field) => field.to_owned(),
            (path, "") => path.to_owned(),
            (path, field) => format!("{path}.{field}"),
        };
        self.violations.add(path, description);
    }

    /// Reads the fields of a message within the message.
    pub fn under<T>(&mut self, field: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.path.clone();
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(field);
        let value = read(self);
        self.path = outer;
        value
    }

    /// Reads every element of a list of at most `limit`.
    pub fn each<E, T>(
        &mut self,
        field: &str,
        elements: &[E],
        limit: usize,
        mut read: impl FnMut(&mut Self, &E) -> Option<T>,
    ) -> Vec<T> {
        if elements.len() > limit {
            let count = elements.len();
            self.wrong(field, format!("has {count} entries; at most {limit} are"));
            return vec![];
        }
        let mut values = Vec::with_capacity(elements.len());
        for (at, element) in elements.iter().enumerate() {
            let value = self.under(&format!("{field}[{at}]"), |fields| read(fields, element));
            values.extend(value);
        }
        values
    }

    fn kept<T, E: Display>(&mut self, field: &str, read: Result<T, E>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(problem) => {
                self.wrong(field, problem);
                None
            }
        }
    }

    fn short(&mut self, field: &str, text: &str, limit: usize) -> bool {
        let bytes = text.len();
        let short = bytes <= limit * CHARACTER_BYTES;
        if !short {
            self.wrong(
                field,
                format!("has {bytes} bytes; at most {limit} characters are kept"),
            );
        }
        short
    }

    /// A text that is needed.
    pub fn text(&mut self, field: &str, text: &str) -> Option<Text> {
        let short = self.short(field, text, TEXT_LIMIT);
        short.then(|| self.kept(field, Text::new(text))).flatten()
    }

    /// A text that may be empty.
    pub fn maybe_text(&mut self, field: &str, text: &str) -> Option<Text> {
        (!text.is_empty()).then(|| self.text(field, text)).flatten()
    }

    /// A line that is needed.
    pub fn line(&mut self, field: &str, text: &str) -> Option<Line> {
        let short = self.short(field, text, LINE_LIMIT);
        short.then(|| self.kept(field, Line::new(text))).flatten()
    }

    /// A line that may be empty.
    pub fn maybe_line(&mut self, field: &str, text: &str) -> Option<Line> {
        (!text.is_empty()).then(|| self.line(field, text)).flatten()
    }

    /// A body or group that is needed: identifier, name or alias.
    pub fn lookup(&mut self, field: &str, text: &str) -> Option<Lookup> {
        self.line(field, text).map(Lookup)
    }

    /// An identifier that is needed.
    pub fn slug(&mut self, field: &str, text: &str) -> Option<Slug> {
        if text.is_empty() {
            return self.kept(field, Err(TextProblem::Empty));
        }
        self.kept(field, Slug::new(text))
    }

    /// An identifier that may be empty.
    pub fn maybe_slug(&mut self, field: &str, text: &str) -> Option<Slug> {
        (!text.is_empty()).then(|| self.slug(field, text)).flatten()
    }

    /// A reference that is needed.
    pub fn reference(&mut self, field: &str, text: &str) -> Option<Reference> {
        if text.is_empty() {
            self.wrong(field, "is empty; give a reference such as PCP/2018/014");
            return None;
        }
        self.kept(field, Reference::new(text))
    }

    /// A reference that may be empty.
    pub fn maybe_reference(&mut self, field: &str, text: &str) -> Option<Reference> {
        (!text.is_empty())
            .then(|| self.reference(field, text))
            .flatten()
    }

    /// A date that is needed.
    pub fn date(&mut self, field: &str, text: &str) -> Option<NaiveDate> {
        self.kept(field, dates::parse(text))
    }

    /// A date that may be empty.
    pub fn maybe_date(&mut self, field: &str, text: &str) -> Option<NaiveDate> {
        (!text.is_empty()).then(|| self.date(field, text)).flatten()
    }

    /// A quarter that is needed.
    pub fn quarter(&mut self, field: &str, text: &str) -> Option<Quarter> {
        self.kept(field, text.parse::<Quarter>())
    }

    /// A quarter that may be empty.
    pub fn maybe_quarter(&mut self, field: &str, text: &str) -> Option<Quarter> {
        (!text.is_empty())
            .then(|| self.quarter(field, text))
            .flatten()
    }

    /// A UUID that is needed.
    pub fn uuid(&mut self, field: &str, text: &str) -> Option<Uuid> {
        match Uuid::try_parse(text) {
            Ok(id) if !id.is_nil() => Some(id),
            _ => {
                self.wrong(
                    field,
                    "is not a UUID; choose one, such as 1b4e28ba-2fa1-41d2-883f-0016d3cca427, and keep it for every retry",
                );
                None
            }
        }
    }

    /// A request id. In one spelling only: a retry is told by its bytes, and another spelling of the
    /// same id would be another request.
    pub fn request_id(&mut self, field: &str, text: &str) -> Option<Uuid> {
        let id = self.uuid(field, text)?;
        let plain = id.hyphenated().to_string();
        if text != plain {
            self.wrong(field, format!("is not spelled as is usual; send {plain}"));
            return None;
        }
        Some(id)
    }

    /// An etag as a read gave it out.
    pub fn etag(&mut self, field: &str, text: &str) -> Option<u64> {
        let etag = text.parse::<u64>().ok();
        if etag.is_none() {
            self.wrong(
                field,
                "is not an etag; give the one that came with the read",
            );
        }
        etag
    }

    /// The letter of a part.
    pub fn part(&mut self, field: &str, text: &str) -> Option<PartId> {
        let part = PartId::parse(text);
        if part.is_none() {
            self.wrong(field, "is not a part; a part is a letter, a to z");
        }
        part
    }

    /// A value of a closed set that is needed.
    pub fn word<W: Word>(&mut self, field: &str, number: i32) -> Option<W> {
        let word = self.maybe_word(field, number);
        if number == 0 {
            let choices = words::choices::<W>();
            self.wrong(field, format!("is missing; give {choices}"));
        }
        word
    }

    /// A value of a closed set that may be unspecified.
    pub fn maybe_word<W: Word>(&mut self, field: &str, number: i32) -> Option<W> {
        self.kept(field, words::given(number)).flatten()
    }

    /// A number that must lie within bounds.
    pub fn number<T: TryFrom<u32>>(
        &mut self,
        field: &str,
        number: u32,
        from: u32,
        to: u32,
    ) -> Option<T> {
        let within = (from..=to).contains(&number);
        let value = within.then(|| T::try_from(number).ok()).flatten();
        if value.is_none() {
            self.wrong(field, format!("is {number}; give {from} to {to}"));
        }
        value
    }
}
