//! Quarters of the United Kingdom's financial year, which runs from 1 April to 31 March.
//!
//! Q1 2018/19 is April to June 2018; Q4 2018/19 is January to March 2019.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::dates::{FIRST_YEAR, LAST_YEAR, quotable, say_date};

/// One quarter of one financial year. Ordered by time.
///
/// Stored and sent as its [token](Quarter::token).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Quarter {
    start_year: i32,
    number: u8,
}

/// Why something is not a quarter. The display says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuarterError {
    /// Not written in any form of a quarter.
    #[error("{text:?} is not a quarter: write Q3 2018/19 or 2018-19-q3")]
    NotAQuarter {
        /// What was written, cut to a length fit to repeat.
        text: String,
    },
    /// A single year, which does not say which financial year is meant.
    #[error(
        "Q{number} {year} does not name a financial year: write Q{number} {}",
        financial_year(*year)
    )]
    OneYear {
        /// The quarter that was written.
        number: u8,
        /// The year that was written.
        year: i32,
    },
    /// The number is not 1 to 4.
    #[error("there is no quarter {number}: a financial year has quarters 1 to 4")]
    NoSuchQuarter {
        /// The number that was given.
        number: u8,
    },
    /// The second year is not the one after the first.
    #[error(
        "{start_year}/{end_year} is not a financial year: the one that starts in {start_year} is {}",
        financial_year(*start_year)
    )]
    YearsDoNotFollow {
        /// The first year as written.
        start_year: i32,
        /// The second year as written, in two digits or four.
        end_year: String,
    },
    /// The financial year starts outside 2000 to 2100.
    #[error("a financial year that starts in {start_year} is outside 2000/01 to 2100/01")]
    YearOutOfRange {
        /// The first year.
        start_year: i32,
    },
    /// The date belongs to no quarter that is kept.
    #[error("{} is outside the financial years 2000/01 to 2100/01", say_date(*date))]
    DateOutOfRange {
        /// The date.
        date: NaiveDate,
    },
}

impl Quarter {
    /// Quarter `number` (1 to 4) of the financial year that starts on 1 April of `start_year`.
    ///
    /// # Errors
    /// When the number is not 1 to 4, or the year is outside 2000 to 2100.
    pub fn new(start_year: i32, number: u8) -> Result<Self, QuarterError> {
        if !(1..=4).contains(&number) {
            return Err(QuarterError::NoSuchQuarter { number });
        }
        if !(FIRST_YEAR..=LAST_YEAR).contains(&start_year) {
            return Err(QuarterError::YearOutOfRange { start_year });
        }
        Ok(Self { start_year, number })
    }

    /// The quarter that holds `date`.
    ///
    /// # Errors
    /// When the date is before 1 April 2000 or after 31 March 2101.
    pub fn containing(date: NaiveDate) -> Result<Self, QuarterError> {
        let (start_year, number) = match date.month() {
            1..=3 => (date.year() - 1, 4),
            4..=6 => (date.year(), 1),
            7..=9 => (date.year(), 2),
            _ => (date.year(), 3),
        };
        Self::new(start_year, number).map_err(|_| QuarterError::DateOutOfRange { date })
    }

    /// The year in which the financial year starts: 2018 for 2018/19.
    #[must_use]
    pub fn start_year(self) -> i32 {
        self.start_year
    }

    /// 1 (April to June) to 4 (January to March).
    #[must_use]
    pub fn number(self) -> u8 {
        self.number
    }

    /// The first day of the quarter.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        match self.number {
            1 => day(self.start_year, 4, 1),
            2 => day(self.start_year, 7, 1),
            3 => day(self.start_year, 10, 1),
            _ => day(self.start_year + 1, 1, 1),
        }
    }

    /// The last day of the quarter.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        match self.number {
            1 => day(self.start_year, 6, 30),
            2 => day(self.start_year, 9, 30),
            3 => day(self.start_year, 12, 31),
            _ => day(self.start_year + 1, 3, 31),
        }
    }

    /// The quarter after this one; none after Q4 2100/01.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        match self.number {
            4 => Self::new(self.start_year + 1, 1).ok(),
            number => Self::new(self.start_year, number + 1).ok(),
        }
    }

    /// The quarter before this one; none before Q1 2000/01.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        match self.number {
            1 => Self::new(self.start_year - 1, 4).ok(),
            number => Self::new(self.start_year, number - 1).ok(),
        }
    }

    /// The financial year as it is written: `2018/19`.
    #[must_use]
    pub fn financial_year(self) -> String {
        financial_year(self.start_year)
    }

    /// The form that goes into subjects, keys and stored events: `2018-19-q3`.
    #[must_use]
    pub fn token(self) -> String {
        let end = (self.start_year + 1) % 100;
        format!("{}-{end:02}-q{}", self.start_year, self.number)
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Q{} {}", self.number, self.financial_year())
    }
}

impl FromStr for Quarter {
    type Err = QuarterError;

    /// Reads `Q3 2018/19`, `2018/19 Q3`, `2018/19-Q3`, `2018-19-q3`, `Q3 2018-19`; the second
    /// year may also be written in full.
    fn from_str(text: &str) -> Result<Self, QuarterError> {
        let not_a_quarter = || QuarterError::NotAQuarter {
            text: quotable(text),
        };
        let (number, years) = quarter_and_years(text.trim()).ok_or_else(not_a_quarter)?;
        let (start, end) = match years.split_once(['/', '-']) {
            Some((start, end)) => (start, Some(end)),
            None => (years, None),
        };
        let start_year = year(start, &[4]).ok_or_else(not_a_quarter)?;
        let Some(end) = end else {
            let year = start_year;
            return Err(match Self::new(year, number) {
                Ok(_) => QuarterError::OneYear { number, year },
                Err(refused) => refused,
            });
        };
        let end_year = year(end, &[2, 4]).ok_or_else(not_a_quarter)?;
        let follows = match end.len() {
            2 => (start_year + 1) % 100,
            _ => start_year + 1,
        };
        if end_year != follows {
            return Err(QuarterError::YearsDoNotFollow {
                start_year,
                end_year: end.to_owned(),
            });
        }
        Self::new(start_year, number)
    }
}

impl From<Quarter> for String {
    fn from(quarter: Quarter) -> Self {
        quarter.token()
    }
}

impl TryFrom<String> for Quarter {
    type Error = QuarterError;

    fn try_from(text: String) -> Result<Self, QuarterError> {
        text.parse()
    }
}

/// Splits the number of the quarter from the years, whichever comes first.
fn quarter_and_years(text: &str) -> Option<(u8, &str)> {
    if text.len() > 20 || !text.is_ascii() {
        return None;
    }
    let is_q = |b: &u8| b.eq_ignore_ascii_case(&b'q');
    let digit = |b: &u8| b.is_ascii_digit().then(|| b - b'0');
    let separators = [' ', '-'];
    match text.as_bytes() {
        [q, n, ..] if is_q(q) => {
            let years = text[2..].strip_prefix(separators)?;
            Some((digit(n)?, years.trim_start()))
        }
        [.., q, n] if is_q(q) => {
            let years = text[..text.len() - 2].strip_suffix(separators)?;
            Some((digit(n)?, years.trim_end()))
        }
        _ => None,
    }
}

fn year(text: &str, lengths: &[usize]) -> Option<i32> {
    let fits = lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

fn financial_year(start_year: i32) -> String {
    format!("{start_year}/{:02}", (start_year + 1).rem_euclid(100))
}

/// A date that exists by construction: fixed first and last days of months, years bounded by
/// [`Quarter::new`]. The default is unreachable, and better than a panic.
fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn quarter(start_year: i32, number: u8) -> Quarter {
        Quarter::new(start_year, number).unwrap()
    }

    #[test]
    fn reads_every_form_of_one_quarter() {
        for text in [
            "Q3 2018/19",
            "q3 2018/19",
            "2018/19 Q3",
            "2018-19-q3",
            "Q3 2018-19",
            "2018/19-Q3",
            "Q3-2018/19",
            " Q3 2018/2019 ",
        ] {
            assert_eq!(text.parse(), Ok(quarter(2018, 3)), "{text}");
        }
        assert_eq!("Q4 2099/00".parse(), Ok(quarter(2099, 4)));
        assert_eq!("Q1 2000-01".parse(), Ok(quarter(2000, 1)));
    }

    #[test]
    fn says_why_a_text_is_no_quarter() {
        let table = [
            (
                "Q3 2018/20",
                "2018/20 is not a financial year: the one that starts in 2018 is 2018/19",
            ),
            (
                "2018-18-q1",
                "2018/18 is not a financial year: the one that starts in 2018 is 2018/19",
            ),
            (
                "Q3 2018",
                "Q3 2018 does not name a financial year: write Q3 2018/19",
            ),
            (
                "Q5 2018/19",
                "there is no quarter 5: a financial year has quarters 1 to 4",
            ),
            (
                "Q0 2018",
                "there is no quarter 0: a financial year has quarters 1 to 4",
            ),
            (
                "Q1 1999/00",
                "a financial year that starts in 1999 is outside 2000/01 to 2100/01",
            ),
            (
                "2018/19",
                "\"2018/19\" is not a quarter: write Q3 2018/19 or 2018-19-q3",
            ),
        ];
        for (text, message) in table {
            let refused = text.parse::<Quarter>().unwrap_err();
            assert_eq!(refused.to_string(), message, "{text}");
        }
        for text in [
            "",
            "Q",
            "Q3",
            "Q32018/19",
            "Qx 2018/19",
            "Q3 18/19",
            "Q3 2018/19/20",
            "é3 2018/19",
        ] {
            let refused = text.parse::<Quarter>().unwrap_err();
            assert!(
                matches!(refused, QuarterError::NotAQuarter { .. }),
                "{text}: {refused}"
            );
        }
    }

    #[test]
    fn the_edges_of_the_range() {
        assert_eq!(quarter(2000, 1).previous(), None);
        assert_eq!(quarter(2100, 4).next(), None);
        let early = NaiveDate::from_ymd_opt(2000, 3, 31).unwrap();
        assert_eq!(
            Quarter::containing(early).unwrap_err().to_string(),
            "31 March 2000 is outside the financial years 2000/01 to 2100/01"
        );
        assert!(Quarter::containing(NaiveDate::MAX).is_err());
        assert!(Quarter::containing(NaiveDate::MIN).is_err());
    }

    #[test]
    fn stored_as_its_token() {
        let json = serde_json::to_string(&quarter(2018, 3)).unwrap();
        assert_eq!(json, "\"2018-19-q3\"");
        assert_eq!(
            serde_json::from_str::<Quarter>(&json).unwrap(),
            quarter(2018, 3)
        );
        assert!(serde_json::from_str::<Quarter>("\"2018-20-q3\"").is_err());
    }

    proptest! {
        #[test]
        fn quarters_tile_the_days(start_year in 2000i32..=2100, number in 1u8..=4, into in 0i64..92) {
            let quarter = quarter(start_year, number);
            let date = (quarter.first_day() + TimeDelta::days(into)).min(quarter.last_day());
            prop_assert_eq!(Quarter::containing(date), Ok(quarter));
            if let Some(next) = quarter.next() {
                prop_assert_eq!(quarter.last_day().succ_opt(), Some(next.first_day()));
                prop_assert_eq!(next.previous(), Some(quarter));
                prop_assert!(quarter < next);
            }
        }

        #[test]
        fn what_is_shown_is_read_back(start_year in 2000i32..=2100, number in 1u8..=4) {
            let quarter = quarter(start_year, number);
            prop_assert_eq!(quarter.to_string().parse(), Ok(quarter));
            prop_assert_eq!(quarter.token().parse(), Ok(quarter));
        }

        #[test]
        fn no_text_panics(text in ".{0,24}") {
            let _ = text.parse::<Quarter>();
        }
    }
}
