//! Latencies, rates and figures.

use anyhow::Result;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::time::Duration;

/// Percentiles in milliseconds.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// Collects latencies, from one microsecond to a minute.
#[derive(Debug, Clone)]
pub(crate) struct Latencies(Histogram<u64>);

impl Latencies {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self(Histogram::new_with_bounds(1, 60_000_000, 3)?))
    }

    pub(crate) fn add(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.0.saturating_record(micros.max(1));
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Result<()> {
        Ok(self.0.add(&other.0)?)
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    pub(crate) fn percentiles(&self) -> Percentiles {
        let at = |quantile: f64| self.0.value_at_quantile(quantile) as f64 / 1_000.0;
        Percentiles {
            p50: at(0.5),
            p99: at(0.99),
        }
    }
}

/// Things per second.
#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub(crate) fn rate(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64().max(1e-9)
}

/// The middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// How one side did the same work, round by round.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    /// The work.
    pub(crate) what: String,
    /// Who did it.
    pub(crate) who: String,
    /// Whose rate for the same work it is held against: the row of ours that keeps the same promise
    /// and is reached the same way. None for our own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) beside: Option<String>,
    /// How much of it the store held.
    pub(crate) events: u64,
    /// Per second, in each round.
    pub(crate) rounds: Vec<f64>,
    /// Percentiles of single calls, in each round; none where the work is one call.
    pub(crate) latencies: Vec<Percentiles>,
}

impl Figure {
    pub(crate) fn new(what: &str, who: &str, events: u64) -> Self {
        Self {
            what: what.to_owned(),
            who: who.to_owned(),
            beside: None,
            events,
            rounds: Vec::new(),
            latencies: Vec::new(),
        }
    }

    /// The same, held against a row of ours.
    pub(crate) fn beside(self, ours: &str) -> Self {
        Self {
            beside: Some(ours.to_owned()),
            ..self
        }
    }

    pub(crate) fn add(&mut self, per_second: f64, latency: Option<Percentiles>) {
        self.rounds.push(per_second);
        self.latencies.extend(latency);
    }

    fn value(&self) -> f64 {
        median(self.rounds.clone())
    }
}

/// The figures as a table for people; the row of ours that one is held against is over 1 times as
/// fast where we are ahead.
pub(crate) fn table(figures: &[Figure]) -> String {
    let mut out = String::from(
        "| work | events | who | per second | ours is | p50 ms | p99 ms |\n\
         |---|---:|---|---:|---:|---:|---:|\n",
    );
    for f in figures {
        let ours = figures
            .iter()
            .find(|other| other.what == f.what && Some(&other.who) == f.beside.as_ref());
        let beside = ours.map_or(String::new(), |ours| {
            format!("{:.2} ×", ours.value() / f.value())
        });
        let at = |pick: fn(&Percentiles) -> f64| match f.latencies.is_empty() {
            true => String::new(),
            false => format!("{:.2}", median(f.latencies.iter().map(pick).collect())),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {beside} | {} | {} |",
            f.what,
            grouped(f.events),
            f.who,
            said(f.value()),
            at(|p| p.p50),
            at(|p| p.p99),
        );
    }
    out
}

/// Our rows, as the others name them.
pub(crate) mod ours {
    pub(crate) const EMBEDDED: &str = "Matters Arising, gRPC, embedded log";
    pub(crate) const NATS: &str = "Matters Arising, gRPC, NATS, default sync";
    pub(crate) const NATS_ALWAYS: &str = "Matters Arising, gRPC, NATS, sync always, group commit";
    pub(crate) const REBUILT: &str = "Matters Arising, every read model, from its embedded log";
    pub(crate) const REBUILT_NATS: &str = "Matters Arising, every read model, from NATS";
    pub(crate) const INSIDE: &str = "Matters Arising, in process";
    pub(crate) const GRPC: &str = "Matters Arising, gRPC";
}

fn said(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v => format!("{v:.2}"),
    }
}

/// With commas; nothing for what does not depend on it.
fn grouped(count: u64) -> String {
    if count == 0 {
        return String::new();
    }
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_stands_beside_each_of_the_others() {
        let figure = |who: &str, rounds: &[f64]| Figure {
            rounds: rounds.to_vec(),
            ..Figure::new("append", who, 20_000)
        };
        let table = table(&[
            figure(ours::GRPC, &[30.0, 10.0, 20.0]),
            figure(ours::INSIDE, &[90.0]),
            figure("other", &[10.0]).beside(ours::GRPC),
        ]);
        assert!(table.contains("| append | 20,000 | Matters Arising, gRPC | 20.00 |  |  |  |"));
        assert!(table.contains("| append | 20,000 | other | 10.00 | 2.00 × |  |  |"));
    }
}
