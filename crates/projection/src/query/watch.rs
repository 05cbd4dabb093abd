//! Live changes.

use std::collections::VecDeque;

use chrono::NaiveDate;
use domain::policy::Principal;
use domain::reference::Reference;
use domain::text::Slug;
use event_log::Sequence;
use futures::stream::{self, BoxStream, StreamExt};

use super::Question;
use crate::as_of::{AsOf, Cut};
use crate::error::ReadError;
use crate::filter::Filter;
use crate::model::ReadModel;
use crate::row::Row;
use crate::store::Store;

/// A live change to a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An action is in the list, new or changed.
    Row {
        /// As the reader may see it.
        row: Box<Row>,
        /// The message that changed it.
        position: Sequence,
    },
    /// An action was in the list and no longer is.
    Removed {
        /// Which.
        reference: Reference,
        /// The message that changed it.
        position: Sequence,
    },
}

impl ReadModel {
    /// The changes to the list of a filter after a position (that of a page, say), then those that
    /// come, without an end. Several changes of one action may arrive as one. Overdue is judged on
    /// the day `today` gives at each change.
    pub fn watch(
        &self,
        area: Slug,
        filter: Filter,
        reader: Principal,
        from: Sequence,
        today: impl Fn() -> NaiveDate + Send + 'static,
    ) -> BoxStream<'static, Result<Change, ReadError>> {
        let watcher = Watcher {
            positions: self.positions(),
            model: self.clone(),
            area,
            filter,
            reader,
            today,
            after: from,
            ready: VecDeque::new(),
        };
        stream::unfold(Some(watcher), |watcher| async move {
            let mut watcher = watcher?;
            match watcher.next().await {
                Ok(Some(change)) => Some((Ok(change), Some(watcher))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
        .boxed()
    }
}

/// Most changes that are read ahead of the client.
const AHEAD: usize = 256;

struct Watcher<F> {
    model: ReadModel,
    positions: tokio::sync::watch::Receiver<Sequence>,
    area: Slug,
    filter: Filter,
    reader: Principal,
    today: F,
    after: Sequence,
    ready: VecDeque<Change>,
}

impl<F: Fn() -> NaiveDate + Send> Watcher<F> {
    /// The next change; `None` when the read model is gone.
    async fn next(&mut self) -> Result<Option<Change>, ReadError> {
        loop {
            if let Some(change) = self.ready.pop_front() {
                return Ok(Some(change));
            }
            self.positions.mark_unchanged();
            if self.model.position() > self.after {
                let model = self.model.clone();
                model.ask(|store| self.read(store))?;
            } else if self.positions.changed().await.is_err() {
                return Ok(None);
            }
        }
    }

    /// Reads what changed since the last look, oldest first.
    fn read(&mut self, store: &Store) -> Result<(), ReadError> {
        let today = (self.today)();
        let question = Question {
            area: &self.area,
            as_of: AsOf::NOW,
            today,
            reader: &self.reader,
        };
        if self.after < store.books().rebuilt_to() {
            store.warm(&self.area, Cut::NOW)?;
        }
        let books = store.books();
        let known = Cut {
            known: self.after,
            true_on: None,
        };
        let (mut up_to, mut last) = (books.position(), self.after);
        for reference in store.changed_after(&books, &self.area, self.after)? {
            let Some(now) = store.row(&self.area, &reference)? else {
                continue;
            };
            let position = now.position;
            // Between messages only, so that none is shown in part.
            if self.ready.len() >= AHEAD && position > last {
                up_to = last;
                break;
            }
            last = position;
            let row = question.seen(&books, now);
            if self.filter.matches(&row, today) {
                let row = Box::new(row);
                self.ready.push_back(Change::Row { row, position });
            } else {
                let before = store.row_at(&books, &self.area, &reference, known)?;
                let before = before.map(|row| question.seen(&books, row));
                // What is hidden now may have been seen before: it goes from the list.
                let was =
                    before.is_some_and(|before| self.filter.matches(&before, today)) || row.stub;
                if was {
                    self.ready.push_back(Change::Removed {
                        reference,
                        position,
                    });
                }
            }
        }
        self.after = up_to;
        Ok(())
    }
}
