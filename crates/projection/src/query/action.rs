//! One action, and the register.

use domain::reference::Reference;
use domain::register::Register;
use domain::text::Slug;
use event_log::Sequence;
use uuid::Uuid;

use super::Question;
use crate::as_of::AsOf;
use crate::error::ReadError;
use crate::model::ReadModel;
use crate::row::Row;

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
        let _ = (question, reference);
        Ok(None)
    }

    /// The register of an area.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn register(&self, area: &Slug, as_of: &AsOf) -> Result<Register, ReadError> {
        let _ = (area, as_of);
        Ok(Register::default())
    }

    /// The areas of which the log speaks.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn areas(&self) -> Result<Vec<Slug>, ReadError> {
        Ok(Vec::new())
    }

    /// Where the message of a request id stands.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn request(&self, id: Uuid) -> Result<Option<Sequence>, ReadError> {
        let _ = id;
        Ok(None)
    }
}
