//! Instants as they are read off a clock in London.
//!
//! The law of dates is civil dates; this is the one place where an instant becomes one. The rules
//! of summer time are those of the IANA time zone database, zone Europe/London.

use chrono::{
    DateTime, Datelike, FixedOffset, MappedLocalTime, NaiveDate, NaiveTime, Offset, TimeDelta,
    TimeZone, Timelike, Utc,
};
use chrono_tz::Europe::London;
use chrono_tz::OffsetName;

pub use super::dates::say_date;

/// The date in London at `instant`.
#[must_use]
pub fn civil_date(instant: DateTime<Utc>) -> NaiveDate {
    // At the edges of chrono's range the offset cannot be added; no real instant is there.
    instant
        .naive_utc()
        .checked_add_offset(london_offset(instant))
        .map_or_else(|| instant.date_naive(), |local| local.date())
}

/// The first instant of `date` in London.
#[must_use]
pub fn start_of_day(date: NaiveDate) -> DateTime<Utc> {
    let midnight = date.and_time(NaiveTime::MIN);
    match London.from_local_datetime(&midnight) {
        MappedLocalTime::Single(start) | MappedLocalTime::Ambiguous(start, _) => {
            start.with_timezone(&Utc)
        }
        // London's clocks change at 1am, so midnight always exists; were it skipped, the day
        // would start when the clocks go forward, at the midnight of the earlier offset.
        MappedLocalTime::None => midnight.and_utc(),
    }
}

/// The last instant of `date` in London, to the nanosecond: compare with `<=`.
#[must_use]
pub fn end_of_day(date: NaiveDate) -> DateTime<Utc> {
    date.succ_opt()
        .and_then(|next| start_of_day(next).checked_sub_signed(TimeDelta::nanoseconds(1)))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// An instant in words: `22 November 2026 at 9:14am`. In the hour that happens twice when the
/// clocks go back, the name of the time is added: `25 October 2026 at 1:30am BST`.
#[must_use]
pub fn say_instant(instant: DateTime<Utc>) -> String {
    if !(1..=9_998).contains(&instant.year()) {
        return say_date(instant.date_naive());
    }
    let local = instant.with_timezone(&London);
    let (afternoon, hour) = local.hour12();
    let half = if afternoon { "pm" } else { "am" };
    let twice = matches!(
        London.from_local_datetime(&local.naive_local()),
        MappedLocalTime::Ambiguous(..)
    );
    let which = match local.offset().abbreviation() {
        Some(name) if twice => format!(" {name}"),
        _ => String::new(),
    };
    let date = say_date(local.date_naive());
    format!("{date} at {hour}:{:02}{half}{which}", local.minute())
}

fn london_offset(instant: DateTime<Utc>) -> FixedOffset {
    London.offset_from_utc_datetime(&instant.naive_utc()).fix()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn says_what_the_clock_in_london_says() {
        let table = [
            ("2026-11-22T09:14:59Z", "22 November 2026 at 9:14am"),
            ("2018-06-30T23:30:00Z", "1 July 2018 at 12:30am"),
            ("2018-07-01T11:00:00Z", "1 July 2018 at 12:00pm"),
            ("2018-12-31T23:59:00Z", "31 December 2018 at 11:59pm"),
            // The clocks go forward on 29 March 2026: 1am to 2am does not happen.
            ("2026-03-29T00:59:59Z", "29 March 2026 at 12:59am"),
            ("2026-03-29T01:00:00Z", "29 March 2026 at 2:00am"),
            // They go back on 25 October 2026: 1am to 2am happens twice.
            ("2026-10-24T23:30:00Z", "25 October 2026 at 12:30am"),
            ("2026-10-25T00:30:00Z", "25 October 2026 at 1:30am BST"),
            ("2026-10-25T01:30:00Z", "25 October 2026 at 1:30am GMT"),
            ("2026-10-25T02:00:00Z", "25 October 2026 at 2:00am"),
        ];
        for (instant, said) in table {
            assert_eq!(say_instant(at(instant)), said, "{instant}");
        }
    }

    #[test]
    fn days_are_as_long_as_the_clocks_make_them() {
        let table = [
            (ymd(2018, 11, 9), "2018-11-09T00:00:00Z", 24),
            (ymd(2018, 7, 1), "2018-06-30T23:00:00Z", 24),
            (ymd(2026, 3, 29), "2026-03-29T00:00:00Z", 23),
            (ymd(2026, 10, 25), "2026-10-24T23:00:00Z", 25),
        ];
        for (date, start, hours) in table {
            assert_eq!(start_of_day(date), at(start), "{date}");
            let length = end_of_day(date) - start_of_day(date) + TimeDelta::nanoseconds(1);
            assert_eq!(length, TimeDelta::hours(hours), "{date}");
        }
    }

    #[test]
    fn the_edges_of_time_do_not_panic() {
        for instant in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let _ = (civil_date(instant), say_instant(instant));
        }
        for date in [NaiveDate::MIN, NaiveDate::MAX] {
            let _ = (start_of_day(date), end_of_day(date));
        }
    }

    proptest! {
        #[test]
        fn every_instant_is_within_its_day(seconds in 946_684_800i64..4_133_980_800) {
            let instant = DateTime::from_timestamp(seconds, 0).unwrap();
            let date = civil_date(instant);
            prop_assert!(start_of_day(date) <= instant && instant <= end_of_day(date));
            prop_assert_eq!(civil_date(start_of_day(date)), date);
            prop_assert_eq!(civil_date(end_of_day(date)), date);
            prop_assert_eq!(start_of_day(date.succ_opt().unwrap()), end_of_day(date) + TimeDelta::nanoseconds(1));
        }
    }
}
