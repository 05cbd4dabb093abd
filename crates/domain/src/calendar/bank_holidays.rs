//! The bank holidays of the three divisions of the United Kingdom, 2010 to 2030, as data.
//!
//! The data file is `data/bank-holidays.csv`; [`CALENDAR_VERSION`] names its state, and a
//! deadline keeps the version that it was reckoned with. To add a proclaimed day, add its rows,
//! raise the version in the file and here, and name the source below.
//!
//! # What the rows rest on
//! - **By Act**: Easter Monday, the last Mondays of May and August, 26 December and Scotland's
//!   and Northern Ireland's own days come from the Banking and Financial Dealings Act 1971,
//!   Schedule 1, and St Andrew's Day from the St Andrew's Day Bank Holiday (Scotland) Act 2007.
//!   Good Friday and Christmas Day are common-law holidays in England, Wales and Northern
//!   Ireland, and are listed with the rest.
//! - **By yearly proclamation**: New Year's Day and the early May day outside Scotland, 12 July,
//!   and the days that stand in for a weekend.
//! - **Seen in a source**: 2012 to 2023 for the three divisions, in GOV.UK's own data files (as
//!   stored, so without the days proclaimed last); 2011, in a published list of UK bank holidays;
//!   the proclaimed days of 2020 and of 2023 to 2025 outside Scotland, in the London Gazette.
//! - **One-off days**, in all divisions: 29 April 2011, 4 and 5 June 2012, 8 May 2020 (the early
//!   May day, moved), 2 and 3 June 2022, 19 September 2022 and 8 May 2023; in Scotland only:
//!   15 June 2026, proclaimed in February 2026 (Scottish Government and press reports).
//! - **By rule only**: 2010; 2024 and 2025 but for the days in the Gazette; 2026 but for 15 June;
//!   2027 onwards. Lists by third parties for England and Wales in 2026 and 2027 agree. What is
//!   proclaimed after 2026 is not in this version.
//! - **In doubt**: 4 January 2010 and 4 January 2011 in Scotland. Published lists have them, but
//!   the Scottish Government is reported to have said that no proclamation was made.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// The version of the bank holiday data in this build.
pub const CALENDAR_VERSION: &str = "2026.1";
/// The first year with data.
pub const FIRST_YEAR: i32 = 2010;
/// The last year with data.
pub const LAST_YEAR: i32 = 2030;

const DATA: &str = include_str!("../../data/bank-holidays.csv");

/// A part of the United Kingdom with bank holidays of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Division {
    /// England and Wales.
    EnglandAndWales,
    /// Scotland.
    Scotland,
    /// Northern Ireland.
    NorthernIreland,
}

impl Division {
    /// Every division, in the order in which a day held in several is ascribed to one.
    pub const ALL: [Self; 3] = [Self::EnglandAndWales, Self::Scotland, Self::NorthernIreland];

    fn from_slug(slug: &str) -> Option<Self> {
        match slug {
            "england-and-wales" => Some(Self::EnglandAndWales),
            "scotland" => Some(Self::Scotland),
            "northern-ireland" => Some(Self::NorthernIreland),
            _ => None,
        }
    }
}

impl fmt::Display for Division {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EnglandAndWales => "England and Wales",
            Self::Scotland => "Scotland",
            Self::NorthernIreland => "Northern Ireland",
        })
    }
}

type Table = BTreeMap<(NaiveDate, Division), &'static str>;

/// The name of the bank holiday that `division` has on `date`, if it has one.
#[must_use]
pub fn on(date: NaiveDate, division: Division) -> Option<&'static str> {
    table()?.get(&(date, division)).copied()
}

/// Every bank holiday held, by date and then division.
pub fn all() -> impl Iterator<Item = (NaiveDate, Division, &'static str)> {
    table()
        .into_iter()
        .flatten()
        .map(|(&(date, division), &name)| (date, division, name))
}

/// Whether the data speaks for `date`. It speaks for no date if the embedded file is unreadable,
/// so that a broken build refuses to reckon rather than reckons wrongly.
pub(crate) fn covers(date: NaiveDate) -> bool {
    table().is_some() && (FIRST_YEAR..=LAST_YEAR).contains(&date.year())
}

fn table() -> Option<&'static Table> {
    static TABLE: OnceLock<Option<Table>> = OnceLock::new();
    TABLE.get_or_init(|| parse(DATA)).as_ref()
}

fn parse(data: &'static str) -> Option<Table> {
    let mut table = Table::new();
    let rows = data.lines().filter(|line| !line.starts_with('#')).skip(1);
    for row in rows {
        let (date, rest) = row.split_once(',')?;
        let (slug, name) = rest.split_once(',')?;
        let key = (date.parse().ok()?, Division::from_slug(slug)?);
        if name.is_empty() || table.insert(key, name).is_some() {
            return None;
        }
    }
    (!table.is_empty()).then_some(table)
}

#[cfg(test)]
mod tests;
