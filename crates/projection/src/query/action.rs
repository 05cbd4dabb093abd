//! One action, and the register.

use domain::reference::Reference;
use domain::register::Register;
use domain::text::Slug;
use event_log::Sequence;
use uuid::Uuid;

use super::{Question, cut};
use crate::as_of::AsOf;
use crate::error::ReadError;
use crate::model::ReadModel;
use crate::row::Row;
use crate::store::{Store, parked_cell};
use crate::trail;

/// One action and where its story stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionStory {
    /// The row, as the reader may see it.
    pub row: Row,
    /// The messages that touched it, returns included, in order; none when the row is a stub.
    pub messages: Vec<Sequence>,
    /// The last message in the answer.
    pub position: Sequence,
}

impl ReadModel {
    /// One action; `None` when it is not on record at that time.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn action(
        &self,
        question: &Question<'_>,
        reference: &Reference,
    ) -> Result<Option<ActionStory>, ReadError> {
        self.ask(|store| store.story(question, reference))
    }

    /// The register of an area.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn register(&self, area: &Slug, as_of: &AsOf) -> Result<Register, ReadError> {
        self.with_register(area, as_of, Register::clone)
    }

    /// Looks something up in the register of an area. That of the present is not copied for it.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn with_register<T>(
        &self,
        area: &Slug,
        as_of: &AsOf,
        look_up: impl FnOnce(&Register) -> T,
    ) -> Result<T, ReadError> {
        self.ask(|store| {
            if as_of.is_now() {
                let books = store.books();
                return Ok(match books.registers.get(area) {
                    Some(register) => look_up(register),
                    None => look_up(&Register::default()),
                });
            }
            Ok(look_up(&store.register(area, cut(store, as_of)?)?))
        })
    }

    /// Whether the log speaks of an area; of an empty one nobody can tell, and it does.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn speaks_of(&self, area: &Slug) -> Result<bool, ReadError> {
        self.ask(|store| {
            let books = store.books();
            Ok(books.areas.is_empty() || books.areas.contains(area))
        })
    }

    /// The areas of which the log speaks.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn areas(&self) -> Result<Vec<Slug>, ReadError> {
        self.ask(|store| Ok(store.books().areas.iter().cloned().collect()))
    }

    /// Where the message of a request id stands.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn request(&self, id: Uuid) -> Result<Option<Sequence>, ReadError> {
        self.ask(|store| Ok(store.request(id)?))
    }
}

impl Store {
    fn story(
        &self,
        question: &Question<'_>,
        reference: &Reference,
    ) -> Result<Option<ActionStory>, ReadError> {
        let cut = cut(self, &question.as_of)?;
        let books = self.books();
        let entries = self.trail(question.area, reference, cut)?;
        let parked = parked_cell(&books.parked, question.area, reference, cut);
        let mut messages: Vec<Sequence> = entries.iter().map(|entry| entry.sequence).collect();
        messages.dedup();
        messages.extend(parked.as_ref().map(|parked| parked.sequence));
        let Some(row) = trail::fold(entries, cut).row(parked.as_ref()) else {
            return Ok(None);
        };
        let row = question.seen(&books, row);
        if row.stub {
            messages.clear();
        }
        Ok(Some(ActionStory {
            row,
            messages,
            position: books.position().min(cut.known),
        }))
    }
}
