//! The data against the rules of the Acts, reckoned afresh, and against the one-off days.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{TimeDelta, Weekday};

use super::*;

fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Easter Sunday in the Gregorian calendar (the anonymous algorithm of 1876).
fn easter(year: i32) -> NaiveDate {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e, f) = (b / 4, b % 4, (b + 8) / 25);
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    ymd(
        year,
        u32::try_from(n / 31).unwrap(),
        u32::try_from(n % 31 + 1).unwrap(),
    )
}

fn first_monday(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, 1).unwrap()
}

fn last_monday(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, 5)
        .or_else(|| NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, 4))
        .unwrap()
}

/// The days themselves when on weekdays; for each at a weekend, the next weekday still free.
fn observed(days: &[NaiveDate]) -> BTreeSet<NaiveDate> {
    let weekend = |day: NaiveDate| matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let mut kept: BTreeSet<_> = days.iter().copied().filter(|day| !weekend(*day)).collect();
    for day in days.iter().copied().filter(|day| weekend(*day)) {
        let substitute = day
            .iter_days()
            .find(|day| !weekend(*day) && !kept.contains(day))
            .unwrap();
        kept.insert(substitute);
    }
    kept
}

fn one_off(year: i32, division: Division) -> Vec<NaiveDate> {
    match (year, division) {
        (2011, _) => vec![ymd(2011, 4, 29)],
        (2012, _) => vec![ymd(2012, 6, 5)],
        (2022, _) => vec![ymd(2022, 6, 3), ymd(2022, 9, 19)],
        (2023, _) => vec![ymd(2023, 5, 8)],
        (2026, Division::Scotland) => vec![ymd(2026, 6, 15)],
        _ => vec![],
    }
}

fn by_rule(year: i32, division: Division) -> BTreeSet<NaiveDate> {
    let mut days = BTreeSet::new();
    let good_friday = easter(year) - TimeDelta::days(2);
    days.insert(good_friday);
    days.insert(match year {
        2020 => ymd(2020, 5, 8),
        _ => first_monday(year, 5),
    });
    days.insert(match year {
        2012 => ymd(2012, 6, 4),
        2022 => ymd(2022, 6, 2),
        _ => last_monday(year, 5),
    });
    days.extend(observed(&[ymd(year, 12, 25), ymd(year, 12, 26)]));
    if division == Division::Scotland {
        days.extend(observed(&[ymd(year, 1, 1), ymd(year, 1, 2)]));
        days.insert(first_monday(year, 8));
        days.extend(observed(&[ymd(year, 11, 30)]));
    } else {
        days.extend(observed(&[ymd(year, 1, 1)]));
        days.insert(easter(year) + TimeDelta::days(1));
        days.insert(last_monday(year, 8));
    }
    if division == Division::NorthernIreland {
        days.extend(observed(&[ymd(year, 3, 17)]));
        days.extend(observed(&[ymd(year, 7, 12)]));
    }
    days.extend(one_off(year, division));
    days
}

#[test]
fn the_file_states_the_version_and_the_range_of_this_module() {
    assert!(DATA.contains(&format!("\n# version {CALENDAR_VERSION}\n")));
    assert!(DATA.contains(&format!(
        "\n# covers {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31\n"
    )));
    assert!(DATA.contains("\ndate,division,name\n"));
}

#[test]
fn every_year_of_every_division_is_what_the_rules_give() {
    let mut held: BTreeMap<(i32, Division), BTreeSet<NaiveDate>> = BTreeMap::new();
    for (date, division, _) in all() {
        held.entry((date.year(), division))
            .or_default()
            .insert(date);
    }
    for year in FIRST_YEAR..=LAST_YEAR {
        for division in Division::ALL {
            let data = held.remove(&(year, division)).unwrap_or_default();
            assert_eq!(data, by_rule(year, division), "{year} {division}");
        }
    }
    assert_eq!(held, BTreeMap::new(), "rows outside the range");
}

#[test]
fn known_days_carry_their_names() {
    use Division::{EnglandAndWales, NorthernIreland, Scotland};
    let table = [
        (
            ymd(2010, 12, 27),
            EnglandAndWales,
            "Christmas Day (substitute day)",
        ),
        (ymd(2011, 4, 29), EnglandAndWales, "Royal wedding"),
        (ymd(2012, 1, 3), Scotland, "New Year's Day (substitute day)"),
        (
            ymd(2012, 6, 4),
            NorthernIreland,
            "Spring bank holiday (moved)",
        ),
        (ymd(2012, 6, 5), Scotland, "Queen's Diamond Jubilee"),
        (
            ymd(2014, 7, 14),
            NorthernIreland,
            "Battle of the Boyne (substitute day)",
        ),
        (
            ymd(2018, 3, 19),
            NorthernIreland,
            "St Patrick's Day (substitute day)",
        ),
        (ymd(2019, 4, 19), EnglandAndWales, "Good Friday"),
        (
            ymd(2020, 5, 8),
            EnglandAndWales,
            "Early May bank holiday (VE Day)",
        ),
        (
            ymd(2021, 12, 28),
            EnglandAndWales,
            "Boxing Day (substitute day)",
        ),
        (ymd(2022, 1, 4), Scotland, "2 January (substitute day)"),
        (ymd(2022, 6, 3), EnglandAndWales, "Queen's Platinum Jubilee"),
        (
            ymd(2022, 9, 19),
            NorthernIreland,
            "State Funeral of Queen Elizabeth II",
        ),
        (
            ymd(2022, 12, 27),
            EnglandAndWales,
            "Christmas Day (substitute day)",
        ),
        (ymd(2023, 5, 8), Scotland, "Coronation of King Charles III"),
        (
            ymd(2024, 12, 2),
            Scotland,
            "St Andrew's Day (substitute day)",
        ),
        (
            ymd(2025, 7, 14),
            NorthernIreland,
            "Battle of the Boyne (substitute day)",
        ),
        (ymd(2026, 6, 15), Scotland, "Men's football World Cup"),
        (ymd(2030, 8, 26), EnglandAndWales, "Summer bank holiday"),
    ];
    for (date, division, name) in table {
        assert_eq!(on(date, division), Some(name), "{date} {division}");
    }
    for (date, division) in [
        (ymd(2012, 5, 28), EnglandAndWales),
        (ymd(2020, 5, 4), Scotland),
        (ymd(2022, 5, 30), NorthernIreland),
        (ymd(2026, 6, 15), EnglandAndWales),
        (ymd(2018, 4, 2), Scotland),
        (ymd(2031, 1, 1), EnglandAndWales),
    ] {
        assert_eq!(on(date, division), None, "{date} {division}");
    }
}

#[test]
fn a_spoilt_file_is_refused_whole() {
    let head = "date,division,name\n";
    assert!(parse("").is_none());
    for row in [
        "2018-02-30,scotland,A day",
        "2018-01-01,wales,A day",
        "2018-01-01,scotland,",
        "2018-01-01,scotland",
        "2018-01-01,scotland,A day\n2018-01-01,scotland,A day",
    ] {
        let data: &'static str = Box::leak(format!("{head}{row}").into_boxed_str());
        assert!(parse(data).is_none(), "{row}");
    }
}
