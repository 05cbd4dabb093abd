//! What was measured, as a table and as JSON, and what is wrong with it.

use crate::outcome::{Percentiles, Tally};
use crate::phase::Phase;
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// Memory of the last third beside that of the first: more is growth.
const FLAT: f64 = 1.25;

/// And so much more, in bytes: less than this is nobody's concern.
const LITTLE: u64 = 16 << 20;

/// Samples of memory below which nothing is said of growth: a minute.
const SAMPLES: usize = 60;

/// One phase.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) phase: Phase,
    pub(crate) rate: f64,
    pub(crate) sent: u64,
    pub(crate) asked_for: Duration,
    pub(crate) ended_after: Duration,
    pub(crate) tally: Tally,
    /// Of the server, in bytes, each second.
    pub(crate) memory: Vec<u64>,
    /// That were told to those who watch.
    pub(crate) changes: u64,
}

impl Measured {
    pub(crate) fn answered_per_second(&self) -> f64 {
        self.tally.answered as f64 / self.ended_after.as_secs_f64()
    }

    /// Median memory of the first and of the last third.
    fn thirds(&self) -> (u64, u64) {
        let third = self.memory.len() / 3;
        let median = |part: &[u64]| {
            let mut part = part.to_vec();
            part.sort_unstable();
            part.get(part.len() / 2).copied().unwrap_or(0)
        };
        let last = self.memory.len() - third;
        (median(&self.memory[..third]), median(&self.memory[last..]))
    }

    fn grew(&self) -> bool {
        let (first, last) = self.thirds();
        let much = last as f64 > first as f64 * FLAT && last > first + LITTLE;
        self.memory.len() >= SAMPLES && much
    }

    fn problems(&self) -> Vec<String> {
        let name = self.phase.name();
        let mut problems: Vec<String> = self
            .tally
            .errors
            .iter()
            .map(|(what, count)| format!("{name}: {count} times: {what}"))
            .collect();
        if self.tally.busy > 0 && self.phase != Phase::Saturation {
            let busy = self.tally.busy;
            problems.push(format!("{name}: {busy} refused for want of room"));
        }
        if self.grew() {
            let (first, last) = self.thirds();
            problems.push(format!(
                "{name}: memory grew from {} to {} MB",
                first >> 20,
                last >> 20
            ));
        }
        problems
    }

    fn json(&self) -> Value {
        let (first, last) = self.thirds();
        let asks = self.tally.by_ask().map(|(ask, answered, latency)| {
            json!({ "ask": ask.what(), "answered": answered, "latency_ms": latency })
        });
        json!({
            "phase": self.phase.name(),
            "asked_per_second": self.rate,
            "seconds": self.asked_for.as_secs_f64(),
            "sent": self.sent,
            "answered": self.tally.answered,
            "answered_per_second": self.answered_per_second(),
            "refused_for_want_of_room": self.tally.busy,
            "errors": self.tally.errors,
            "latency_ms": self.tally.all(),
            "asks": asks.collect::<Vec<_>>(),
            "changes_told_to_watchers": self.changes,
            "memory_first_third_bytes": first,
            "memory_last_third_bytes": last,
            "memory_peak_bytes": self.memory.iter().max(),
        })
    }
}

/// Everything that was measured.
#[derive(Debug)]
pub struct Report {
    pub(crate) measured: Vec<Measured>,
    pub(crate) seed: u64,
}

impl Report {
    /// What must not be: errors other than back-pressure, back-pressure below saturation, memory that
    /// grows.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        self.measured.iter().flat_map(Measured::problems).collect()
    }

    /// Requests that were answered.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.measured.iter().map(|of| of.tally.answered).sum()
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let phases: Vec<Value> = self.measured.iter().map(Measured::json).collect();
        json!({ "seed": self.seed, "phases": phases, "problems": self.problems() })
    }
}

fn millis(f: &mut fmt::Formatter<'_>, found: Percentiles) -> fmt::Result {
    let Percentiles {
        p50,
        p90,
        p99,
        p999,
        max,
    } = found;
    writeln!(
        f,
        " {p50:.1} | {p90:.1} | {p99:.1} | {p999:.1} | {max:.1} |"
    )
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| phase | asked/s | sent | answered/s | no room | errors | memory MB, first and last third, peak | p50 ms | p90 | p99 | p99.9 | max |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|---|---|---|---|")?;
        for of in &self.measured {
            let (first, last) = of.thirds();
            let peak = of.memory.iter().max().copied().unwrap_or(0);
            write!(
                f,
                "| {} | {:.1} | {} | {:.1} | {} | {} | {}, {}, {} |",
                of.phase.name(),
                of.rate,
                of.sent,
                of.answered_per_second(),
                of.tally.busy,
                of.tally.error_count(),
                first >> 20,
                last >> 20,
                peak >> 20
            )?;
            millis(f, of.tally.all())?;
        }
        for of in &self.measured {
            writeln!(
                f,
                "\n{}\n\n| asked | answered | p50 ms | p90 | p99 | p99.9 | max |",
                of.phase.name()
            )?;
            writeln!(f, "|---|---|---|---|---|---|---|")?;
            for (ask, answered, found) in of.tally.by_ask() {
                write!(f, "| {} | {answered} |", ask.what())?;
                millis(f, found)?;
            }
            writeln!(f, "\nchanges told to watchers: {}", of.changes)?;
        }
        for problem in self.problems() {
            writeln!(f, "problem: {problem}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(memory: Vec<u64>) -> Measured {
        Measured {
            phase: Phase::Day,
            rate: 9.5,
            sent: 0,
            asked_for: Duration::from_secs(90),
            ended_after: Duration::from_secs(90),
            tally: Tally::new().unwrap(),
            memory,
            changes: 0,
        }
    }

    #[test]
    fn growth_is_a_problem_and_a_little_is_none() {
        let mb = |n: u64| n << 20;
        let grown = |from: u64, to: u64| {
            (0..90)
                .map(move |at| mb(from + (to - from) * at / 90))
                .collect()
        };
        assert!(measured(grown(100, 110)).problems().is_empty());
        assert!(measured(grown(10, 20)).problems().is_empty());
        let problems = measured(grown(100, 200)).problems();
        assert_eq!(problems, ["a panel's day: memory grew from 116 to 183 MB"]);
        assert!(measured(vec![]).problems().is_empty());
    }
}
