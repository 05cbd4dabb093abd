//! A panel's day: what is asked, how often. The reasons stand in this crate's README.

use crate::chance::Chance;

/// Force areas of England and Wales outside London's two own arrangements: each has a panel.
pub(crate) const AREAS: usize = 43;

/// Delivery groups of an area.
pub(crate) const GROUPS: usize = 9;

/// The share of a day's requests that its busiest hour has: work is not spread evenly.
const BUSIEST_HOUR: f64 = 0.25;

macro_rules! asks {
    ($($name:ident = $what:literal, $a_day:literal;)+) => {
        /// Something that is asked.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum Ask { $($name,)+ }

        impl Ask {
            pub(crate) const ALL: &'static [Ask] = &[$(Ask::$name),+];

            /// What it is, for the table.
            pub(crate) fn what(self) -> &'static str {
                match self { $(Ask::$name => $what,)+ }
            }

            /// How often in one area on the day of a meeting that is also the last day for returns.
            pub(crate) fn a_day(self) -> usize {
                match self { $(Ask::$name => $a_day,)+ }
            }
        }
    };
}

asks! {
    Raise = "raise", 20;
    Triage = "triage", 20;
    Delegate = "delegate", 15;
    Accept = "accept", 15;
    Update = "update", 40;
    Draft = "save a draft return", 27;
    Submit = "submit a return", 9;
    Respond = "respond", 18;
    MoveDue = "move a due date", 4;
    Close = "close", 10;
    ListOpen = "page of what is open", 700;
    Show = "one action", 1_200;
    Count = "count", 300;
    Matrix = "returns matrix", 200;
    Coverage = "coverage of a meeting", 150;
    Search = "search in texts", 100;
    Changes = "what changed", 100;
    AsOf = "page as of a day", 50;
    Register = "register", 200;
}

impl Ask {
    /// Something of the day, as often as it is asked on it.
    pub(crate) fn any(chance: &mut Chance) -> Self {
        let mut at = chance.below(a_day());
        for ask in Self::ALL {
            if at < ask.a_day() {
                return *ask;
            }
            at -= ask.a_day();
        }
        Ask::Show
    }
}

/// Requests of one area on that day.
fn a_day() -> usize {
    Ask::ALL.iter().map(|ask| ask.a_day()).sum()
}

/// Requests a second of every area together in the busiest hour.
pub(crate) fn per_second() -> f64 {
    (AREAS * a_day()) as f64 * BUSIEST_HOUR / 3_600.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_as_the_readme_says() {
        assert_eq!(a_day(), 3_178);
        assert_eq!(format!("{:.1}", per_second()), "9.5");
        let mut chance = Chance::of(7);
        let shown = (0..10_000).filter(|_| Ask::any(&mut chance) == Ask::Show);
        assert!((3_500..4_050).contains(&shown.count()));
    }
}
