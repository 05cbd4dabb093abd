//! Working days: every day but Saturdays, Sundays and bank holidays.
//!
//! Two calendars. England and Wales is the default. The one for the whole of the United Kingdom
//! skips a bank holiday of any part of it, as the Freedom of Information Act 2000, section 10(6)
//! does for requests.

use std::fmt;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::bank_holidays::{self, Division};
use super::dates::say_date;

pub use super::bank_holidays::CALENDAR_VERSION;

/// Which bank holidays are not working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkingCalendar {
    /// The bank holidays of England and Wales.
    #[default]
    EnglandAndWales,
    /// The bank holidays of any part of the United Kingdom (the freedom of information calendar).
    UkWide,
}

/// Why a day is not a working day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NonWorking {
    /// A Saturday.
    Saturday,
    /// A Sunday.
    Sunday,
    /// A bank holiday on a weekday.
    BankHoliday {
        /// Its name, such as `Good Friday`.
        name: String,
        /// A division that has it: England and Wales when it does.
        division: Division,
    },
}

/// A date for which there is no bank holiday data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} is outside the bank holiday data, which covers {} to {}",
    say_date(self.date),
    bank_holidays::FIRST_YEAR,
    bank_holidays::LAST_YEAR
)]
pub struct OutOfRange {
    /// The date that was reached.
    pub date: NaiveDate,
}

impl WorkingCalendar {
    /// Whether `date` is a working day.
    ///
    /// # Errors
    /// When the data does not cover the date.
    pub fn is_working_day(self, date: NaiveDate) -> Result<bool, OutOfRange> {
        Ok(self.why_not_working(date)?.is_none())
    }

    /// Why `date` is not a working day; `None` when it is one. A weekend day is called so even
    /// when a bank holiday falls on it.
    ///
    /// # Errors
    /// When the data does not cover the date.
    pub fn why_not_working(self, date: NaiveDate) -> Result<Option<NonWorking>, OutOfRange> {
        if !bank_holidays::covers(date) {
            return Err(OutOfRange { date });
        }
        Ok(match date.weekday() {
            Weekday::Sat => Some(NonWorking::Saturday),
            Weekday::Sun => Some(NonWorking::Sunday),
            _ => self.bank_holiday(date),
        })
    }

    /// The `days`th working day after `from`, which is day zero; `from` itself for 0 days.
    ///
    /// # Errors
    /// When the count runs past the data.
    pub fn add_working_days(self, from: NaiveDate, days: u16) -> Result<NaiveDate, OutOfRange> {
        self.count(from, days, NaiveDate::succ_opt)
    }

    /// The `days`th working day before `from`, which is day zero; `from` itself for 0 days.
    ///
    /// # Errors
    /// When the count runs past the data.
    pub fn subtract_working_days(
        self,
        from: NaiveDate,
        days: u16,
    ) -> Result<NaiveDate, OutOfRange> {
        self.count(from, days, NaiveDate::pred_opt)
    }

    /// How many working days come after `after`, up to and including `until`; 0 when `until` is
    /// not later.
    ///
    /// # Errors
    /// When the data does not cover every day between.
    pub fn working_days_between(
        self,
        after: NaiveDate,
        until: NaiveDate,
    ) -> Result<u32, OutOfRange> {
        let mut working = 0;
        // Ends at the edge of the data at the latest, since a day outside it is an error.
        for date in after.iter_days().skip(1).take_while(|date| *date <= until) {
            working += u32::from(self.is_working_day(date)?);
        }
        Ok(working)
    }

    fn count(
        self,
        from: NaiveDate,
        days: u16,
        step: impl Fn(&NaiveDate) -> Option<NaiveDate>,
    ) -> Result<NaiveDate, OutOfRange> {
        let mut date = from;
        let mut left = days;
        while left > 0 {
            date = step(&date).ok_or(OutOfRange { date })?;
            left -= u16::from(self.is_working_day(date)?);
        }
        Ok(date)
    }

    fn bank_holiday(self, date: NaiveDate) -> Option<NonWorking> {
        let divisions: &[Division] = match self {
            Self::EnglandAndWales => &[Division::EnglandAndWales],
            Self::UkWide => &Division::ALL,
        };
        divisions.iter().find_map(|division| {
            bank_holidays::on(date, *division).map(|name| NonWorking::BankHoliday {
                name: name.to_owned(),
                division: *division,
            })
        })
    }
}

impl fmt::Display for WorkingCalendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EnglandAndWales => "England and Wales",
            Self::UkWide => "any part of the United Kingdom",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use WorkingCalendar::{EnglandAndWales, UkWide};
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn the_letter_of_2018() {
        let (meeting, letter) = (ymd(2018, 9, 12), ymd(2018, 11, 9));
        assert_eq!((letter - meeting).num_days(), 58);
        assert_eq!(
            EnglandAndWales.working_days_between(meeting, letter),
            Ok(42)
        );
        assert_eq!(EnglandAndWales.working_days_between(letter, meeting), Ok(0));
        assert_eq!(
            EnglandAndWales.add_working_days(meeting, 20),
            Ok(ymd(2018, 10, 10))
        );
    }

    #[test]
    fn the_two_calendars_differ_where_only_one_division_rests() {
        let table = [
            // from, days, England and Wales, United Kingdom
            (ymd(2018, 12, 31), 1, ymd(2019, 1, 2), ymd(2019, 1, 3)),
            (ymd(2018, 3, 16), 1, ymd(2018, 3, 19), ymd(2018, 3, 20)),
            (ymd(2018, 7, 11), 1, ymd(2018, 7, 12), ymd(2018, 7, 13)),
            (ymd(2018, 8, 3), 1, ymd(2018, 8, 6), ymd(2018, 8, 7)),
            (ymd(2018, 8, 24), 1, ymd(2018, 8, 28), ymd(2018, 8, 28)),
            (ymd(2018, 11, 29), 1, ymd(2018, 11, 30), ymd(2018, 12, 3)),
            (ymd(2026, 6, 12), 1, ymd(2026, 6, 15), ymd(2026, 6, 16)),
            (ymd(2019, 4, 18), 1, ymd(2019, 4, 23), ymd(2019, 4, 23)),
            (ymd(2022, 6, 1), 1, ymd(2022, 6, 6), ymd(2022, 6, 6)),
            (ymd(2021, 12, 24), 1, ymd(2021, 12, 29), ymd(2021, 12, 29)),
            // Received on a Saturday: Monday is the first day.
            (ymd(2018, 9, 15), 1, ymd(2018, 9, 17), ymd(2018, 9, 17)),
            (ymd(2018, 9, 15), 0, ymd(2018, 9, 15), ymd(2018, 9, 15)),
        ];
        for (from, days, england, uk) in table {
            assert_eq!(
                EnglandAndWales.add_working_days(from, days),
                Ok(england),
                "{from}"
            );
            assert_eq!(UkWide.add_working_days(from, days), Ok(uk), "{from}");
        }
    }

    #[test]
    fn says_why() {
        let why = |date| UkWide.why_not_working(date).unwrap();
        assert_eq!(why(ymd(2018, 9, 15)), Some(NonWorking::Saturday));
        assert_eq!(why(ymd(2018, 9, 16)), Some(NonWorking::Sunday));
        assert_eq!(why(ymd(2018, 9, 17)), None);
        let bank_holiday = |name: &str, division| {
            Some(NonWorking::BankHoliday {
                name: name.to_owned(),
                division,
            })
        };
        assert_eq!(
            why(ymd(2018, 1, 1)),
            bank_holiday("New Year's Day", Division::EnglandAndWales)
        );
        assert_eq!(
            why(ymd(2018, 1, 2)),
            bank_holiday("2 January", Division::Scotland)
        );
    }

    #[test]
    fn beyond_the_data_is_an_error_not_a_guess() {
        let refused = EnglandAndWales
            .add_working_days(ymd(2030, 12, 30), 2)
            .unwrap_err();
        assert_eq!(
            refused.to_string(),
            "1 January 2031 is outside the bank holiday data, which covers 2010 to 2030"
        );
        for date in [
            ymd(2009, 12, 31),
            ymd(2031, 1, 4),
            NaiveDate::MAX,
            NaiveDate::MIN,
        ] {
            assert!(EnglandAndWales.is_working_day(date).is_err());
        }
        assert!(EnglandAndWales.add_working_days(NaiveDate::MAX, 1).is_err());
        assert!(UkWide.subtract_working_days(NaiveDate::MIN, 1).is_err());
        assert!(
            UkWide
                .working_days_between(NaiveDate::MIN, NaiveDate::MAX)
                .is_err()
        );
    }

    fn calendar() -> impl Strategy<Value = WorkingCalendar> {
        prop_oneof![Just(EnglandAndWales), Just(UkWide)]
    }

    proptest! {
        #[test]
        fn counting_back_undoes_counting_on(calendar in calendar(), day in 0i64..6_900, days in 1u16..=250) {
            let from = ymd(2010, 1, 1) + TimeDelta::days(day);
            let due = calendar.add_working_days(from, days).unwrap();
            prop_assert!(calendar.is_working_day(due).unwrap());
            prop_assert_eq!(calendar.working_days_between(from, due), Ok(u32::from(days)));
            let back = calendar.subtract_working_days(due, days).unwrap_or(from);
            if calendar.is_working_day(from).unwrap() {
                prop_assert_eq!(back, from);
            } else {
                prop_assert!(back <= from);
            }
        }

        #[test]
        fn later_or_longer_is_never_sooner(calendar in calendar(), day in 0i64..6_900, days in 1u16..=249) {
            let from = ymd(2010, 1, 1) + TimeDelta::days(day);
            let due = calendar.add_working_days(from, days).unwrap();
            prop_assert!(calendar.add_working_days(from + TimeDelta::days(1), days).unwrap() >= due);
            prop_assert!(calendar.add_working_days(from, days + 1).unwrap() > due);
            prop_assert!(UkWide.add_working_days(from, days).unwrap() >= due);
        }

        #[test]
        fn spans_add_up(calendar in calendar(), day in 0i64..7_000, first in 0i64..300, second in 0i64..300) {
            let a = ymd(2010, 1, 1) + TimeDelta::days(day);
            let b = a + TimeDelta::days(first);
            let c = b + TimeDelta::days(second);
            prop_assert_eq!(
                calendar.working_days_between(a, c).unwrap(),
                calendar.working_days_between(a, b).unwrap()
                    + calendar.working_days_between(b, c).unwrap()
            );
        }
    }
}
