//! When the agenda of a meeting is published: five clear days before it.
//!
//! The Local Government Act 1972, section 100B, has the agenda and the reports open to the public
//! for a number of clear days before the meeting: three in the Act, five for councils in England
//! since SI 2002/715, and the same in the published rules of procedure of the Cambridgeshire and
//! Peterborough panel. Clear days leave out the day of publication and the day of the meeting.
//!
//! The Act does not say whether a weekend counts. In R v Swansea City Council, ex parte Elitestone
//! Ltd (Court of Appeal, 5 May 1993; read in the summaries of swarb.co.uk and the Estates Gazette)
//! the days of section 100B were held to be working days: a Saturday and a Sunday did not count.
//! Section 243 of the Act (Sundays, holiday breaks, days of mourning) is narrower and, in
//! practice notes, applied to parish councils. So the reading here is the strict one, which is
//! never too late: five working days of England and Wales, published on a working day.
//! Maundy Thursday, Christmas Eve and local closures are counted as working days.

use chrono::NaiveDate;

use super::working_days::{OutOfRange, WorkingCalendar};

/// How many clear days the papers are open before the meeting.
pub const CLEAR_DAYS: u16 = 5;

/// The calendar by which clear days are counted.
pub const CALENDAR: WorkingCalendar = WorkingCalendar::EnglandAndWales;

/// The last day on which the agenda of a meeting on `meeting_on` can be published.
///
/// # Errors
/// When the bank holiday data does not cover the days before the meeting.
pub fn agenda_published_by(meeting_on: NaiveDate) -> Result<NaiveDate, OutOfRange> {
    CALENDAR.subtract_working_days(meeting_on, CLEAR_DAYS + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn five_clear_working_days() {
        let table = [
            // A Wednesday: published on the Tuesday of the week before.
            (ymd(2018, 9, 12), ymd(2018, 9, 4)),
            // A Monday: the Friday ten days before.
            (ymd(2018, 9, 17), ymd(2018, 9, 7)),
            // Across the August bank holiday.
            (ymd(2018, 8, 30), ymd(2018, 8, 21)),
            // Across Easter 2019.
            (ymd(2019, 4, 25), ymd(2019, 4, 15)),
            // Across Christmas and New Year.
            (ymd(2019, 1, 3), ymd(2018, 12, 21)),
        ];
        for (meeting_on, published_by) in table {
            assert_eq!(
                agenda_published_by(meeting_on),
                Ok(published_by),
                "{meeting_on}"
            );
        }
        assert!(agenda_published_by(ymd(2031, 6, 1)).is_err());
        assert!(agenda_published_by(ymd(2010, 1, 5)).is_err());
    }

    proptest! {
        #[test]
        fn the_days_between_are_five_and_one_day_later_is_too_late(day in 30i64..7_600) {
            let meeting_on = ymd(2010, 1, 1) + chrono::TimeDelta::days(day);
            let published = agenda_published_by(meeting_on).unwrap();
            let eve = meeting_on.pred_opt().unwrap();
            prop_assert_eq!(CALENDAR.working_days_between(published, eve), Ok(5));
            prop_assert!(CALENDAR.is_working_day(published).unwrap());
            let next = CALENDAR.add_working_days(published, 1).unwrap();
            prop_assert_eq!(CALENDAR.working_days_between(next, eve), Ok(4));
        }
    }
}
