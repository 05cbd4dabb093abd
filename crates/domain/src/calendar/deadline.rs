//! When an answer is due, and how that date was reached.
//!
//! The panel sets the date of a written response (Police Reform and Social Responsibility Act
//! 2011, section 29(3)); there is no statutory number of days. The day of receipt is day zero, a
//! thing is due until the end of its day, and overdue from the day after.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::agenda;
use super::dates::say_date;
use super::working_days::{CALENDAR_VERSION, OutOfRange, WorkingCalendar};

pub use super::agenda::agenda_published_by;
pub use super::explanation::{Explanation, Skipped};

/// The most working days that a rule may give.
pub const MOST_DAYS: u16 = 250;
/// The most characters in the reason for having no date.
pub const LONGEST_REASON: usize = 1_000;

/// How a due date is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum DueRule {
    /// On a date that was agreed.
    OnDate {
        /// The date.
        date: NaiveDate,
    },
    /// A number of working days after receipt.
    WorkingDays {
        /// How many, 1 to 250.
        days: u16,
        /// Which bank holidays are skipped.
        calendar: WorkingCalendar,
    },
    /// The day before the agenda of a meeting must be published.
    BeforeAgendaOf {
        /// The day of the meeting.
        meeting_on: NaiveDate,
    },
    /// No date, for a reason.
    NoneAgreed {
        /// Why there is none.
        reason: String,
    },
}

/// A due date with the way it was reached. Stored in events, so a change of its form needs an
/// upcaster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// Due until the end of this day in London.
    pub due_on: NaiveDate,
    /// How the day was reached.
    pub explanation: Explanation,
}

/// Why a rule gives no due date. The display says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DueError {
    /// The number of working days is not 1 to 250.
    #[error("{days} working days cannot be counted: give 1 to {MOST_DAYS}")]
    DaysOutOfRange {
        /// The number that was given.
        days: u16,
    },
    /// The date is before the day of receipt.
    #[error(
        "the due date {} is before {}, the day of receipt: give that day or a later one",
        say_date(*date),
        say_date(*received_on)
    )]
    BeforeReceipt {
        /// The date that was given.
        date: NaiveDate,
        /// The day of receipt.
        received_on: NaiveDate,
    },
    /// The papers of the meeting are due before the day of receipt.
    #[error(
        "papers for the meeting of {} were due on {}, before {}, the day of receipt: choose a later meeting",
        say_date(*meeting_on),
        say_date(*due_on),
        say_date(*received_on)
    )]
    AgendaTooSoon {
        /// The day of the meeting.
        meeting_on: NaiveDate,
        /// The day its papers were due.
        due_on: NaiveDate,
        /// The day of receipt.
        received_on: NaiveDate,
    },
    /// No date, and no reason why.
    #[error("say why no date was agreed")]
    NoReason,
    /// The reason is too long.
    #[error(
        "the reason for having no date has {characters} characters: give at most {LONGEST_REASON}"
    )]
    ReasonTooLong {
        /// How many characters it has.
        characters: usize,
    },
    /// The count left the years with bank holiday data.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

impl DueRule {
    /// The deadline of a thing received on `received_on`; `None` when no date was agreed.
    ///
    /// # Errors
    /// [`DueError`] when the rule cannot be followed from that day.
    pub fn deadline(&self, received_on: NaiveDate) -> Result<Option<Deadline>, DueError> {
        match self {
            Self::OnDate { date } => self.on_date(received_on, *date).map(Some),
            Self::WorkingDays { days, calendar } => {
                self.working_days(received_on, *days, *calendar).map(Some)
            }
            Self::BeforeAgendaOf { meeting_on } => {
                self.before_agenda(received_on, *meeting_on).map(Some)
            }
            Self::NoneAgreed { reason } if reason.trim().is_empty() => Err(DueError::NoReason),
            Self::NoneAgreed { reason } => match reason.chars().count() {
                characters if characters > LONGEST_REASON => {
                    Err(DueError::ReasonTooLong { characters })
                }
                _ => Ok(None),
            },
        }
    }

    fn on_date(&self, received_on: NaiveDate, date: NaiveDate) -> Result<Deadline, DueError> {
        if date < received_on {
            return Err(DueError::BeforeReceipt { date, received_on });
        }
        Ok(Deadline {
            due_on: date,
            explanation: Explanation {
                rule: self.clone(),
                from: received_on,
                agenda_by: None,
                counted: None,
                skipped: Vec::new(),
                version: None,
            },
        })
    }

    fn working_days(
        &self,
        received_on: NaiveDate,
        days: u16,
        calendar: WorkingCalendar,
    ) -> Result<Deadline, DueError> {
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(DueError::DaysOutOfRange { days });
        }
        let due_on = calendar.add_working_days(received_on, days)?;
        Ok(Deadline {
            due_on,
            explanation: Explanation {
                rule: self.clone(),
                from: received_on,
                agenda_by: None,
                counted: Some(days),
                skipped: Skipped::between(calendar, received_on, due_on)?,
                version: Some(CALENDAR_VERSION.to_owned()),
            },
        })
    }

    fn before_agenda(
        &self,
        received_on: NaiveDate,
        meeting_on: NaiveDate,
    ) -> Result<Deadline, DueError> {
        let agenda_by = agenda_published_by(meeting_on)?;
        let due_on = agenda_by.pred_opt().ok_or(OutOfRange { date: agenda_by })?;
        if due_on < received_on {
            return Err(DueError::AgendaTooSoon {
                meeting_on,
                due_on,
                received_on,
            });
        }
        Ok(Deadline {
            due_on,
            explanation: Explanation {
                rule: self.clone(),
                from: received_on,
                agenda_by: Some(agenda_by),
                counted: Some(agenda::CLEAR_DAYS),
                skipped: Skipped::between(agenda::CALENDAR, agenda_by, meeting_on)?,
                version: Some(CALENDAR_VERSION.to_owned()),
            },
        })
    }
}

impl Deadline {
    /// How the date was reached, in sentences for people.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        self.explanation.sentences(self.due_on)
    }
}

/// Whether a thing due on `due_on` is overdue as at the day `as_at`: it is from the day after.
#[must_use]
pub fn overdue(due_on: NaiveDate, as_at: NaiveDate) -> bool {
    as_at > due_on
}

/// How many calendar days a thing due on `due_on` is overdue as at `as_at`; 0 while it is not.
#[must_use]
pub fn days_overdue(due_on: NaiveDate, as_at: NaiveDate) -> u32 {
    u32::try_from((as_at - due_on).num_days()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
