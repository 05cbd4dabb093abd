//! When a group's quarterly return is due.
//!
//! Returns arrive six to ten weeks after the quarter's end, so a board sets its own rule; the
//! default is the last day of the second month after the quarter (Q3 2018/19: 28 February 2019).

use std::fmt;

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::Quarter;
use super::dates::last_day_of_month;

/// The most months after a quarter's end.
pub const MOST_MONTHS: u8 = 12;
/// The most days after a quarter's end.
pub const MOST_DAYS: u16 = 366;

/// A board's rule for when returns are due. The day is a civil date, working day or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum ReturnDueRule {
    /// The last day of a month after the quarter.
    EndOfMonthAfter {
        /// Which month after the quarter's last, 1 to 12.
        months: u8,
    },
    /// A number of calendar days after the quarter's last day.
    DaysAfter {
        /// How many, 1 to 366.
        days: u16,
    },
}

/// A rule whose number is out of bounds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReturnDueError {
    /// Months not 1 to 12.
    #[error("a return cannot be due {months} months after the quarter: give 1 to {MOST_MONTHS}")]
    Months {
        /// The number that was given.
        months: u8,
    },
    /// Days not 1 to 366.
    #[error("a return cannot be due {days} days after the quarter: give 1 to {MOST_DAYS}")]
    Days {
        /// The number that was given.
        days: u16,
    },
}

impl Default for ReturnDueRule {
    fn default() -> Self {
        Self::EndOfMonthAfter { months: 2 }
    }
}

impl ReturnDueRule {
    /// Whether the rule's number is within bounds; to be asked before a rule is recorded.
    ///
    /// # Errors
    /// [`ReturnDueError`] when it is not.
    pub fn check(self) -> Result<(), ReturnDueError> {
        match self {
            Self::EndOfMonthAfter { months } if !(1..=MOST_MONTHS).contains(&months) => {
                Err(ReturnDueError::Months { months })
            }
            Self::DaysAfter { days } if !(1..=MOST_DAYS).contains(&days) => {
                Err(ReturnDueError::Days { days })
            }
            _ => Ok(()),
        }
    }

    /// The day until the end of which the return of `quarter` is due.
    #[must_use]
    pub fn due_on(self, quarter: Quarter) -> NaiveDate {
        let last_day = quarter.last_day();
        // Neither sum can leave the calendar: years end at 2101 and the numbers are small.
        match self {
            Self::EndOfMonthAfter { months } => last_day
                .checked_add_months(Months::new(u32::from(months)))
                .map_or(last_day, last_day_of_month),
            Self::DaysAfter { days } => last_day
                .checked_add_days(Days::new(u64::from(days)))
                .unwrap_or(last_day),
        }
    }
}

impl fmt::Display for ReturnDueRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndOfMonthAfter { months: 1 } => {
                f.write_str("the last day of the month after the quarter")
            }
            Self::EndOfMonthAfter { months: 2 } => {
                f.write_str("the last day of the second month after the quarter")
            }
            Self::EndOfMonthAfter { months } => {
                write!(f, "the last day of month {months} after the quarter")
            }
            Self::DaysAfter { days: 1 } => f.write_str("the day after the quarter"),
            Self::DaysAfter { days } => write!(f, "{days} days after the quarter"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn due_by_each_rule() {
        let default = ReturnDueRule::default();
        let month = ReturnDueRule::EndOfMonthAfter { months: 1 };
        let days = ReturnDueRule::DaysAfter { days: 42 };
        let table = [
            (default, "Q1 2018/19", ymd(2018, 8, 31)),
            (default, "Q2 2018/19", ymd(2018, 11, 30)),
            (default, "Q3 2018/19", ymd(2019, 2, 28)),
            (default, "Q3 2019/20", ymd(2020, 2, 29)),
            (default, "Q4 2018/19", ymd(2019, 5, 31)),
            (month, "Q1 2018/19", ymd(2018, 7, 31)),
            (month, "Q3 2018/19", ymd(2019, 1, 31)),
            (days, "Q3 2018/19", ymd(2019, 2, 11)),
            (days, "Q4 2100/01", ymd(2101, 5, 12)),
        ];
        for (rule, quarter, due_on) in table {
            assert_eq!(
                rule.due_on(quarter.parse().unwrap()),
                due_on,
                "{rule}, {quarter}"
            );
            assert_eq!(rule.check(), Ok(()));
        }
    }

    #[test]
    fn bounds_are_named() {
        let table = [
            (
                ReturnDueRule::EndOfMonthAfter { months: 13 },
                "a return cannot be due 13 months after the quarter: give 1 to 12",
            ),
            (
                ReturnDueRule::DaysAfter { days: 0 },
                "a return cannot be due 0 days after the quarter: give 1 to 366",
            ),
        ];
        for (rule, message) in table {
            assert_eq!(rule.check().unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn stored_with_its_name() {
        let json = serde_json::to_string(&ReturnDueRule::default()).unwrap();
        assert_eq!(json, r#"{"rule":"end_of_month_after","months":2}"#);
    }

    #[test]
    fn a_wild_number_from_storage_does_not_panic() {
        let last: Quarter = "Q4 2100/01".parse().unwrap();
        assert!(ReturnDueRule::DaysAfter { days: u16::MAX }.due_on(last) > last.last_day());
        assert!(ReturnDueRule::EndOfMonthAfter { months: u8::MAX }.due_on(last) > last.last_day());
    }
}
