//! The three ways in which it is asked.

use crate::day;

/// How much is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Phase {
    /// As in the busiest hour of a panel's day, by every area together.
    Day,
    /// Ten times that.
    TenTimes,
    /// A tenth more than the most that is answered, which is looked for first.
    Saturation,
}

impl Phase {
    /// In the order in which they run.
    pub const ALL: [Phase; 3] = [Phase::Day, Phase::TenTimes, Phase::Saturation];

    /// Its name, in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Phase::Day => "a panel's day",
            Phase::TenTimes => "ten times a day",
            Phase::Saturation => "beyond saturation",
        }
    }

    /// Requests a second; `None` where they have to be found.
    pub(crate) fn per_second(self) -> Option<f64> {
        match self {
            Phase::Day => Some(day::per_second()),
            Phase::TenTimes => Some(day::per_second() * 10.0),
            Phase::Saturation => None,
        }
    }
}
