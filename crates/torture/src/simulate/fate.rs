//! What befalls an append or a read: everything that the contract of the log permits, and nothing that
//! it forbids.

use crate::chance::Chance;

/// How much of what is allowed happens. Shares are of a hundred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faults {
    /// Appends that do not go plainly.
    pub appends: u64,
    /// Reads that are refused.
    pub reads: u64,
    /// Times in which a replica, or all, reach nothing.
    pub outages: u64,
    /// Times at which a replica is killed.
    pub crashes: u64,
    /// Attempts whose client hangs up before the answer.
    pub hurry: u64,
}

impl Faults {
    /// A log that always answers, at once.
    pub const NONE: Self = Self {
        appends: 0,
        reads: 0,
        outages: 0,
        crashes: 0,
        hurry: 0,
    };

    /// How bad a seed is: some seeds are calm in one way and bad in another.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut chance = Chance::of(seed, "faults");
        let mut level = |levels: &[u64]| chance.pick(levels).copied().unwrap_or(0);
        Self {
            appends: level(&[5, 20, 40, 60]),
            reads: level(&[0, 3, 10]),
            outages: level(&[0, 1, 2]),
            crashes: level(&[0, 1, 3]),
            hurry: level(&[0, 20, 60]),
        }
    }

    /// Whether there is nothing to wait for.
    #[must_use]
    pub fn none(&self) -> bool {
        *self == Self::NONE
    }

    pub(super) fn outages(&self, seed: u64) -> Vec<Outage> {
        let mut chance = Chance::of(seed, "outages");
        let outages = (0..self.outages).map(|_| {
            let begin = chance.below(4_000);
            Outage {
                begin,
                end: begin + chance.between(50, 1_500),
                replica: chance.percent(50).then(|| usize::from(chance.percent(50))),
            }
        });
        outages.collect()
    }
}

/// A time in which the log is not reached.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outage {
    begin: u64,
    end: u64,
    /// By one replica, or by none.
    replica: Option<usize>,
}

impl Outage {
    pub(super) fn holds(&self, now: u64, replica: usize) -> bool {
        (self.begin..self.end).contains(&now) && self.replica.is_none_or(|one| one == replica)
    }
}

/// What becomes of one append. Times are in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fate {
    /// It arrives and is answered.
    Plain,
    /// It arrives; its sender hears of it only by asking again, which may say "duplicate" or not.
    AskedAgain {
        /// What the second answer says.
        duplicate: bool,
    },
    /// It arrives and is answered, and arrives once more.
    TwiceSent {
        /// How much later.
        later: u64,
    },
    /// It arrives; nobody answers.
    Unheard,
    /// It never arrives; nobody answers.
    Swallowed,
    /// Nobody answers, and it arrives afterwards.
    Zombie {
        /// How much later.
        later: u64,
    },
    /// It is held up, with its sender waiting, and answered in the end.
    HeldUp {
        /// For how long.
        later: u64,
    },
    /// It is refused before anything is written.
    Refused,
}

impl Fate {
    pub(super) fn draw(chance: &mut Chance, faults: Faults, calm: bool) -> Self {
        if calm || !chance.percent(faults.appends) {
            return Self::Plain;
        }
        // Most zombies are soon; some come long after everybody has given up.
        let later = match chance.below(10) {
            0 => chance.between(5_000, 40_000),
            1..4 => chance.between(500, 5_000),
            _ => chance.between(5, 500),
        };
        match chance.below(10) {
            0 => Self::AskedAgain {
                duplicate: chance.percent(50),
            },
            1 => Self::TwiceSent { later },
            2..4 => Self::Unheard,
            4..5 => Self::Swallowed,
            5..7 => Self::Zombie { later },
            7..9 => Self::HeldUp {
                later: chance.between(100, 3_000),
            },
            _ => Self::Refused,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::AskedAgain { duplicate: true } => "own write told as a duplicate",
            Self::AskedAgain { duplicate: false } => "own write found by asking again",
            Self::TwiceSent { .. } => "sent twice",
            Self::Unheard => "written, answer lost",
            Self::Swallowed => "not written, answer lost",
            Self::Zombie { .. } => "written after the time-out",
            Self::HeldUp { .. } => "held up",
            Self::Refused => "refused",
        }
    }
}
