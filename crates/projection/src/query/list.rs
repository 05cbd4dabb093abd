//! Lists and the numbers that agree with them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::action::Status;
use event_log::Sequence;

use super::Question;
use crate::as_of::Cut;
use crate::error::ReadError;
use crate::filter::Filter;
use crate::keys::{self, Scope};
use crate::model::ReadModel;
use crate::row::Row;
use crate::sort::{Cursor, Sort};
use crate::store::{Books, Store};
use crate::view::Facts;

/// Most rows of one page.
pub const PAGE_LIMIT: usize = 1_000;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The rows, as the reader may see them.
    pub rows: Vec<Row>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
    /// The last message in the answer.
    pub position: Sequence,
}

/// How many, in the same selection as a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Selected.
    pub total: u64,
    /// Open among them.
    pub open: u64,
    /// Overdue among them.
    pub overdue: u64,
    /// By status; a status that none has is left out.
    pub by_status: BTreeMap<Status, u64>,
    /// The last message in the answer.
    pub position: Sequence,
}

impl ReadModel {
    /// A page of the actions that a filter selects, at most `page_size` (1 to [`PAGE_LIMIT`]).
    ///
    /// # Errors
    /// [`ReadError::WrongCursor`] when the cursor is of another order or time, and when there is
    /// nothing to answer from.
    pub fn list(
        &self,
        question: &Question<'_>,
        filter: &Filter,
        sort: Sort,
        page_size: usize,
        cursor: Option<&Cursor>,
    ) -> Result<Page, ReadError> {
        let asked = question;
        let question = &asked.of_page(cursor, sort, self.position())?;
        let page_size = page_size.clamp(1, PAGE_LIMIT);
        let after = cursor.map(|cursor| cursor.after.as_slice());
        let open = filter.open == Some(true) && question.as_of.is_now() && sort == Sort::DUE;
        let (mut rows, position) = self.ask(|store| {
            if open {
                store.open_page(question, filter, page_size + 1, after)
            } else {
                store.page(question, filter, sort, page_size + 1, after)
            }
        })?;
        let more = rows.len() > page_size;
        rows.truncate(page_size);
        let last = rows.last().filter(|_| more);
        let next = last.map(|last| asked.end_of_page(cursor, sort, position, last));
        Ok(Page {
            rows,
            next,
            position,
        })
    }

    /// How many actions a filter selects, and how they divide.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn counts(&self, question: &Question<'_>, filter: &Filter) -> Result<Counts, ReadError> {
        let as_at = question.as_at();
        let count = |books: &Books, cut: Cut, facts: Vec<Cow<'_, Facts>>| {
            let mut counts = Counts {
                position: books.position().min(cut.known),
                ..Counts::default()
            };
            for facts in &facts {
                counts.add(facts, as_at);
            }
            Ok(counts)
        };
        self.ask(|store| store.select(question, filter, count))
    }
}

impl Counts {
    fn add(&mut self, facts: &Facts, as_at: NaiveDate) {
        self.total += 1;
        self.open += u64::from(facts.status.is_open());
        self.overdue += u64::from(facts.overdue(as_at));
        *self.by_status.entry(facts.status).or_default() += 1;
    }
}

type Rows = (Vec<Row>, Sequence);

impl Store {
    /// Open actions in due order: one range of an index whose entries are the rows.
    fn open_page(
        &self,
        question: &Question<'_>,
        filter: &Filter,
        most: usize,
        after: Option<&[u8]>,
    ) -> Result<Rows, ReadError> {
        let scope = match filter {
            Filter {
                delegated_to: Some(slug),
                ..
            } => Scope::DelegatedTo(slug),
            Filter {
                asked_of: Some(slug),
                ..
            } => Scope::AskedOf(slug),
            Filter {
                raised_by: Some(slug),
                ..
            } => Scope::RaisedBy(slug),
            _ => Scope::All,
        };
        let (books, as_at) = (self.books(), question.as_at());
        let mut rows = Vec::new();
        for row in self.open_after(keys::of_scope(question.area, scope), after) {
            let row = question.seen(&books, row?);
            if filter.matches(&row, as_at) {
                rows.push(row);
            }
            if rows.len() == most {
                break;
            }
        }
        Ok((rows, books.position()))
    }

    /// Any other list: a pass over the facts of its view.
    fn page(
        &self,
        question: &Question<'_>,
        filter: &Filter,
        sort: Sort,
        most: usize,
        after: Option<&[u8]>,
    ) -> Result<Rows, ReadError> {
        self.select(question, filter, |books, cut, facts| {
            let key = |facts: &Facts| sort.key_of(&facts.reference, facts.due_on, facts.position);
            let mut keyed: Vec<_> = facts
                .iter()
                .map(|facts| (key(facts), &facts.reference))
                .filter(|(key, _)| after.is_none_or(|after| key.as_slice() > after))
                .collect();
            if keyed.len() > most {
                keyed.select_nth_unstable(most);
                keyed.truncate(most);
            }
            keyed.sort_unstable();
            let mut rows = Vec::with_capacity(keyed.len());
            for (_, reference) in keyed {
                if let Some(row) = self.row_at(books, question.area, reference, cut)? {
                    rows.push(question.seen(books, row));
                }
            }
            Ok((rows, books.position().min(cut.known)))
        })
    }
}
