//! Lists and the numbers that agree with them.

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BTreeMap, BinaryHeap};

use chrono::NaiveDate;
use domain::action::Status;
use event_log::Sequence;

use super::Question;
use super::select::Selection;
use crate::error::{ReadError, StoreError};
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
        self.ask(|store| {
            store.select(question, filter, |selected| {
                let mut counts = Counts {
                    position: selected.position(),
                    ..Counts::default()
                };
                let mut divided: Vec<(Status, u64)> = Vec::new();
                selected.each(|facts| {
                    counts.add(facts, as_at);
                    match divided.iter_mut().find(|(there, _)| *there == facts.status) {
                        Some((_, count)) => *count += 1,
                        None => divided.push((facts.status, 1)),
                    }
                })?;
                counts.by_status.extend(divided);
                Ok(counts)
            })
        })
    }
}

impl Counts {
    fn add(&mut self, facts: &Facts, as_at: NaiveDate) {
        self.total += 1;
        self.open += u64::from(facts.status.is_open());
        self.overdue += u64::from(facts.overdue(as_at));
    }
}

type Rows = (Vec<Row>, Sequence);

/// What it costs to come by a row of an open list, in nanoseconds, out of the medians that
/// `matters-bench beside` tells of 100,000 events: to pass over an entry of the index and read it (a page);
/// to pass over the facts of an action and put it in its place (an as-of list, its rows kept); to get a
/// row by its reference, read it and look for a text (common words). Only their ratios count.
const WALKED: usize = 2_000;
const SORTED: usize = 80;
const GOT: usize = 2_600;

/// Whether a page of open actions in due order comes sooner from the index, past what is not
/// selected, than from the facts of what may be.
fn walk_is_shorter(open: usize, candidates: usize, most: usize) -> bool {
    let passed = open.saturating_mul(most) / candidates.max(1);
    let walk = passed.min(open).saturating_mul(WALKED);
    let sort = candidates * SORTED + candidates.min(most) * GOT;
    walk < sort
}

impl Store {
    /// Open actions in due order: one range of an index whose entries are the rows, but where the
    /// filter leaves so few of them that it is shorter to fetch these.
    fn open_page(
        &self,
        question: &Question<'_>,
        filter: &Filter,
        most: usize,
        after: Option<&[u8]>,
    ) -> Result<Rows, ReadError> {
        if filter.text.is_none() && filter.is_of_one_part() {
            let books = self.books();
            return Ok(self.walk(&books, question, filter, most, after)?);
        }
        self.select(question, filter, |selected| {
            let candidates = selected.candidates().count();
            if walk_is_shorter(selected.view.count_open(), candidates, most) {
                self.walk(selected.books, question, filter, most, after)
            } else {
                sorted(selected, Sort::DUE, most, after)
            }
        })
    }

    fn walk(
        &self,
        books: &Books,
        question: &Question<'_>,
        filter: &Filter,
        most: usize,
        after: Option<&[u8]>,
    ) -> Result<Rows, StoreError> {
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
        let as_at = question.as_at();
        let mut rows = Vec::with_capacity(most.min(PAGE_LIMIT));
        for row in self.open_after(keys::of_scope(question.area, scope), after) {
            let row = question.seen(books, row?);
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
        self.select(question, filter, |selected| {
            sorted(selected, sort, most, after)
        })
    }
}

/// The first rows of a selection after a key, in an order. Whole keys are made only of what begins
/// like a row of the page, and only the rows of the page are read.
fn sorted(
    selected: &Selection<'_>,
    sort: Sort,
    most: usize,
    after: Option<&[u8]>,
) -> Result<Rows, StoreError> {
    let from = after.map_or(0, |after| sort.lead_of(after));
    let (mut found, mut leads) = (Vec::new(), Vec::new());
    for (reference, facts) in selected.candidates() {
        let lead = sort.lead(facts.due_on, facts.position);
        if lead >= from {
            leads.push(Reverse((lead, found.len())));
            found.push((reference, facts.due_on, facts.position));
        }
    }
    let mut leads = BinaryHeap::from(leads);
    let mut rows = Vec::new();
    while let Some(Reverse((lead, first))) = leads.pop() {
        let mut alike = vec![first];
        while let Some(next) = leads.peek_mut().filter(|next| next.0.0 == lead) {
            alike.push(PeekMut::pop(next).0.1);
        }
        let alike = alike.into_iter().filter_map(|at| found.get(at));
        let keyed = alike.map(|(reference, due, position)| {
            (sort.key_of(reference, *due, *position), *reference)
        });
        let mut keyed: Vec<_> = keyed
            .filter(|(key, _)| after.is_none_or(|after| key.as_slice() > after))
            .collect();
        keyed.sort_unstable();
        for (_, reference) in keyed {
            if rows.len() == most {
                return Ok((rows, selected.position()));
            }
            rows.extend(selected.row(reference)?);
        }
    }
    Ok((rows, selected.position()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_fetched_and_many_are_walked_past() {
        assert!(!walk_is_shorter(10_000, 0, 51));
        assert!(!walk_is_shorter(10_000, 10, 51));
        assert!(walk_is_shorter(10_000, 9_000, 51));
        // Everything is read before a page is full.
        assert!(!walk_is_shorter(10_000, 60, 51));
    }
}
