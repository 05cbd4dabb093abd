//! What was measured: latencies, and figures as a table and as JSON.

use hdrhistogram::Histogram;
use serde::Serialize;
use std::fmt::Write as _;
use std::time::Duration;

/// One measured thing.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    pub(crate) log: String,
    pub(crate) events: u64,
    pub(crate) what: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// The same work at the limit of the machine, in the same unit and run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) beside: Option<f64>,
    /// Latencies in milliseconds, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latency_ms: Option<Percentiles>,
}

impl Figure {
    /// A value with nothing beside it.
    pub(crate) fn of(
        log: &str,
        events: u64,
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
    ) -> Self {
        Self {
            log: log.to_owned(),
            events,
            what: what.into(),
            value,
            unit,
            beside: None,
            latency_ms: None,
        }
    }
}

/// Percentiles in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

/// Collects latencies, from one microsecond to a minute.
#[derive(Debug, Clone)]
pub(crate) struct Latencies(Histogram<u64>);

impl Latencies {
    pub(crate) fn new() -> anyhow::Result<Self> {
        Ok(Self(Histogram::new_with_bounds(1, 60_000_000, 3)?))
    }

    pub(crate) fn add(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.0.saturating_record(micros.max(1));
    }

    pub(crate) fn merge(&mut self, other: &Self) -> anyhow::Result<()> {
        Ok(self.0.add(&other.0)?)
    }

    /// How many were added.
    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    pub(crate) fn percentiles(&self) -> Percentiles {
        let at = |quantile: f64| millis(self.0.value_at_quantile(quantile));
        Percentiles {
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            max: millis(self.0.max()),
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}

/// Things per second.
#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub(crate) fn rate(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64().max(1e-9)
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The figures as a table for people.
pub(crate) fn table(figures: &[Figure]) -> String {
    let mut out = String::from(
        "| log | events | what | value | limit | ratio | p50 ms | p90 ms | p99 ms |\n\
         |---|---:|---|---:|---:|---:|---:|---:|---:|\n",
    );
    for f in figures {
        let beside = f.beside.map_or(String::new(), said);
        let ratio = f
            .beside
            .map_or(String::new(), |limit| format!("{:.2}", f.value / limit));
        let at = |pick: fn(&Percentiles) -> f64| {
            f.latency_ms
                .as_ref()
                .map_or(String::new(), |p| format!("{:.2}", pick(p)))
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} {} | {beside} | {ratio} | {} | {} | {} |",
            f.log,
            f.events,
            f.what,
            said(f.value),
            f.unit,
            at(|p| p.p50),
            at(|p| p.p90),
            at(|p| p.p99),
        );
    }
    out
}

fn said(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}
