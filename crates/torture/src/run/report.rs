//! The table and the JSON at the end of a campaign.

use super::tally::{Fault, Tally};
use crate::check::Problem;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// What a campaign came to.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Its seed.
    pub seed: u64,
    /// Which log.
    pub on: String,
    /// How long faults were injected, in seconds.
    pub seconds: f64,
    /// Each kind of fault.
    pub faults: Vec<FaultRow>,
    /// Requests that were acknowledged, those sent again in the end included.
    pub acknowledged: u64,
    /// Messages in the log.
    pub messages: u64,
    /// Reads that were answered.
    pub reads: u64,
    /// Reads that were not.
    pub reads_unanswered: u64,
    /// Attempts that had to be sent again, by what was answered.
    pub sent_again: BTreeMap<String, u64>,
    /// How often services were started.
    pub starts: u64,
    /// Acknowledged and not in the log.
    pub lost: u64,
    /// In the log more than once.
    pub doubled: u64,
    /// Everything that is wrong, in words.
    pub problems: Vec<String>,
    /// The longest time without an acknowledgement, in seconds.
    pub longest_outage: f64,
}

/// One kind of fault.
#[derive(Clone, Debug, Serialize)]
pub struct FaultRow {
    /// What was done.
    pub fault: String,
    /// How often.
    pub times: u64,
    /// The longest time without an acknowledgement around it, in seconds.
    pub longest_outage: f64,
    /// The longest time from its end to the next acknowledgement, in seconds.
    pub slowest_recovery: f64,
}

impl Report {
    pub(super) fn new(seed: u64, on: String, lasted: Duration, tally: &Tally) -> Self {
        let (acknowledged, reads, reads_unanswered) = tally.counts();
        let row = |(fault, known): (String, Fault)| FaultRow {
            fault,
            times: known.times,
            longest_outage: known.outage.as_secs_f64(),
            slowest_recovery: known.recovery.as_secs_f64(),
        };
        Self {
            seed,
            on,
            seconds: lasted.as_secs_f64(),
            faults: tally.faults().into_iter().map(row).collect(),
            acknowledged,
            messages: 0,
            reads,
            reads_unanswered,
            sent_again: tally.retried(),
            starts: 0,
            lost: 0,
            doubled: 0,
            problems: Vec::new(),
            longest_outage: tally.longest_gap().as_secs_f64(),
        }
    }

    /// Something is wrong besides.
    pub(super) fn wrong(&mut self, what: impl IntoIterator<Item = String>) {
        self.problems.extend(what);
    }

    pub(super) fn found(&mut self, problems: &[Problem]) {
        let count = |kind: &str| problems.iter().filter(|p| p.kind() == kind).count() as u64;
        self.lost = count("lost");
        self.doubled = count("doubled");
        self.wrong(problems.iter().map(ToString::to_string));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<42} {:>6} {:>12} {:>12}",
            "fault", "times", "outage s", "recovery s"
        )?;
        for row in &self.faults {
            writeln!(
                f,
                "{:<42} {:>6} {:>12.2} {:>12.2}",
                row.fault, row.times, row.longest_outage, row.slowest_recovery
            )?;
        }
        let faults: u64 = self.faults.iter().map(|row| row.times).sum();
        writeln!(f)?;
        for (what, number) in [
            ("faults injected", faults),
            ("starts of services", self.starts),
            ("requests acknowledged", self.acknowledged),
            ("attempts sent again", self.sent_again.values().sum()),
            ("messages in the log", self.messages),
            ("reads answered and checked", self.reads),
            ("lost", self.lost),
            ("doubled", self.doubled),
            (
                "anything else wrong",
                self.problems.len() as u64 - self.lost - self.doubled,
            ),
        ] {
            writeln!(f, "{what:<42} {number:>6}")?;
        }
        writeln!(f, "{:<42} {:>6.2} s", "longest outage", self.longest_outage)?;
        writeln!(
            f,
            "seed {} on {}, {:.0} s of faults",
            self.seed, self.on, self.seconds
        )?;
        self.problems
            .iter()
            .take(50)
            .try_for_each(|problem| writeln!(f, "{problem}"))
    }
}
