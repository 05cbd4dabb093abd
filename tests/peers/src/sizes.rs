//! How much is measured.

/// How much of everything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// Events behind the questions.
    pub(crate) events: u64,
    /// Events that read models are rebuilt from.
    pub(crate) replay: u64,
    /// Appends of each store in a round.
    pub(crate) appends: u64,
    /// Rounds, in turns; a figure is their median.
    pub(crate) rounds: usize,
    /// For how long a question is asked in a round.
    pub(crate) millis: u64,
    /// Clients that append at once.
    pub(crate) clients: usize,
}

impl Sizes {
    /// Enough to see that everything works and is right.
    pub(crate) const SMALL: Self = Self {
        events: 6_000,
        replay: 2_000,
        appends: 160,
        rounds: 1,
        millis: 20,
        clients: 8,
    };
}
