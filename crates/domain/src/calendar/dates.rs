//! Civil dates as people and programs write them, read strictly.
//!
//! Three forms: `2018-11-09`, `9 November 2018` (or `9 Nov 2018`) and `09/11/2018`, always the
//! day first. Years are 2000 to 2100 and written in full: no two-digit year is guessed at.

use chrono::{Datelike, Months, NaiveDate};

/// The first year that a date, or a financial year, may start in.
pub const FIRST_YEAR: i32 = 2000;
/// The last year that a date, or a financial year, may start in.
pub const LAST_YEAR: i32 = 2100;

/// Longest text considered; the longest date, `30 September 2018`, has 17 characters.
const LONGEST: usize = 40;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Why a text is not a date. The display says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Nothing was written.
    #[error("a date is needed, such as 9 November 2018 or 2018-11-09")]
    Empty,
    /// None of the three forms.
    #[error("{text:?} is not a date: write 9 November 2018, 2018-11-09 or 09/11/2018 (day first)")]
    NotADate {
        /// What was written, cut to a length fit to repeat.
        text: String,
    },
    /// The year has two digits.
    #[error("{text:?} has a year of two digits: write the year in full, such as 2018")]
    TwoDigitYear {
        /// What was written.
        text: String,
    },
    /// The month number is not 1 to 12.
    #[error("there is no month {month}: the day comes first in 09/11/2018, the year in 2018-11-09")]
    NoSuchMonth {
        /// The number that stood where the month belongs.
        month: u32,
    },
    /// The month has no such day.
    #[error("there is no {day} {month}: {month} {year} has {days} days", month = month_name(*month))]
    NoSuchDay {
        /// The day that was asked for.
        day: u32,
        /// The month, 1 to 12.
        month: u32,
        /// The year.
        year: i32,
        /// How many days that month has in that year.
        days: u32,
    },
    /// The year is outside [`FIRST_YEAR`] to [`LAST_YEAR`].
    #[error("the year {year} is outside 2000 to 2100")]
    YearOutOfRange {
        /// The year that was written.
        year: i32,
    },
}

/// Reads a date in one of the three forms.
///
/// # Errors
/// [`DateError`], which names what is wrong and what would be right.
pub fn parse(text: &str) -> Result<NaiveDate, DateError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(DateError::Empty);
    }
    let not_a_date = || DateError::NotADate {
        text: quotable(text),
    };
    if text.len() > LONGEST {
        return Err(not_a_date());
    }
    let (year, month, day) = split(text).ok_or_else(not_a_date)?;
    let month = month_number(month).ok_or_else(not_a_date)?;
    let day = digits(day, 1, 2).ok_or_else(not_a_date)?;
    if digits(year, 2, 2).is_some() {
        return Err(DateError::TwoDigitYear {
            text: quotable(text),
        });
    }
    let year = digits(year, 4, 4)
        .and_then(|year| i32::try_from(year).ok())
        .ok_or_else(not_a_date)?;
    civil(year, month, day)
}

/// The date of a year, a month and a day that came as numbers.
///
/// # Errors
/// [`DateError`] when the year is out of range, or there is no such month or day.
pub fn civil(year: i32, month: u32, day: u32) -> Result<NaiveDate, DateError> {
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return Err(DateError::YearOutOfRange { year });
    }
    let first = NaiveDate::from_ymd_opt(year, month, 1).ok_or(DateError::NoSuchMonth { month })?;
    first.with_day(day).ok_or(DateError::NoSuchDay {
        day,
        month,
        year,
        days: last_day_of_month(first).day(),
    })
}

/// The last day of the month that holds `date`.
pub(crate) fn last_day_of_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1)
        .and_then(|first| first.checked_add_months(Months::new(1)))
        .and_then(|next| next.pred_opt())
        .unwrap_or(date)
}

/// A date in words: `9 November 2018`.
#[must_use]
pub fn say_date(date: NaiveDate) -> String {
    format!(
        "{} {} {}",
        date.day(),
        month_name(date.month()),
        date.year()
    )
}

/// Year, month and day as written, whichever form it is.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    if !text.is_ascii() {
        return None;
    }
    let parts = |separator: char| -> Option<(&str, &str, &str)> {
        let mut parts = text.split(separator);
        let found = (parts.next()?, parts.next()?, parts.next()?);
        parts.next().is_none().then_some(found)
    };
    if let Some((year, month, day)) = parts('-') {
        // A year of two digits cannot lead: 18-11-09 could be read two ways.
        let whole = year.len() == 4 && month.len() == 2 && day.len() == 2;
        return (whole && digits(month, 2, 2).is_some()).then_some((year, month, day));
    }
    if let Some((day, month, year)) = parts('/') {
        return digits(month, 1, 2).is_some().then_some((year, month, day));
    }
    let mut words = text.split_ascii_whitespace();
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let named = month.bytes().all(|b| b.is_ascii_alphabetic());
    (named && words.next().is_none()).then_some((year, month, day))
}

/// The number of a month written as digits, as its name, or as the first three letters of it.
fn month_number(text: &str) -> Option<u32> {
    if let Some(number) = digits(text, 1, 2) {
        return Some(number);
    }
    let named = |name: &&str| {
        name.eq_ignore_ascii_case(text) || text.len() == 3 && name[..3].eq_ignore_ascii_case(text)
    };
    let index = MONTHS.iter().position(named)?;
    u32::try_from(index + 1).ok()
}

fn month_name(month: u32) -> &'static str {
    usize::try_from(month)
        .ok()
        .and_then(|month| MONTHS.get(month.checked_sub(1)?))
        .copied()
        .unwrap_or("month")
}

fn digits(text: &str, least: usize, most: usize) -> Option<u32> {
    let fits = (least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

/// The start of a text, short enough to repeat in a message; the display escapes the rest.
pub(crate) fn quotable(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn reads_each_form() {
        let table = [
            ("2018-11-09", ymd(2018, 11, 9)),
            ("9 November 2018", ymd(2018, 11, 9)),
            ("  09 nov 2018 ", ymd(2018, 11, 9)),
            ("09/11/2018", ymd(2018, 11, 9)),
            ("9/11/2018", ymd(2018, 11, 9)),
            ("1 May 2020", ymd(2020, 5, 1)),
            ("29 February 2020", ymd(2020, 2, 29)),
            ("2000-01-01", ymd(2000, 1, 1)),
            ("31/12/2100", ymd(2100, 12, 31)),
        ];
        for (text, date) in table {
            assert_eq!(parse(text), Ok(date), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let table = [
            (
                "",
                "a date is needed, such as 9 November 2018 or 2018-11-09",
            ),
            (
                "31 February 2018",
                "there is no 31 February: February 2018 has 28 days",
            ),
            (
                "2020-02-30",
                "there is no 30 February: February 2020 has 29 days",
            ),
            ("0/4/2018", "there is no 0 April: April 2018 has 30 days"),
            (
                "09/13/2018",
                "there is no month 13: the day comes first in 09/11/2018, the year in 2018-11-09",
            ),
            (
                "9/11/18",
                "\"9/11/18\" has a year of two digits: write the year in full, such as 2018",
            ),
            (
                "9 November 18",
                "\"9 November 18\" has a year of two digits: write the year in full, such as 2018",
            ),
            ("1 May 1999", "the year 1999 is outside 2000 to 2100"),
            ("2101-01-01", "the year 2101 is outside 2000 to 2100"),
        ];
        for (text, message) in table {
            assert_eq!(parse(text).unwrap_err().to_string(), message, "{text}");
        }
        for text in [
            "tomorrow",
            "18-11-09",
            "2018-11-9",
            "2018/11/09",
            "+1 May 2018",
            "9 Novembre 2018",
            "9 11 2018",
            "9 November 2018 10",
            "9 November\u{0} 2018",
            "٩ November 2018",
            "2018-11-09T00:00:00Z",
            "2018-November-09",
        ] {
            let refused = parse(text).unwrap_err();
            assert!(
                matches!(refused, DateError::NotADate { .. }),
                "{text}: {refused}"
            );
        }
        let long = "9".repeat(10_000);
        assert!(parse(&long).unwrap_err().to_string().len() < 200);
    }

    proptest! {
        #[test]
        fn what_is_said_is_read_back(days in 0i64..36_890) {
            let date = ymd(2000, 1, 1) + chrono::TimeDelta::days(days);
            prop_assert_eq!(parse(&say_date(date)), Ok(date));
            prop_assert_eq!(parse(&date.to_string()), Ok(date));
            prop_assert_eq!(parse(&date.format("%d/%m/%Y").to_string()), Ok(date));
        }

        #[test]
        fn no_text_panics(text in ".{0,60}") {
            let _ = parse(&text);
        }
    }
}
