//! What became of requests: latencies from the intended start, refusals for want of room, errors.

use crate::day::Ask;
use anyhow::Result;
use hdrhistogram::Histogram;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// Kinds of errors that are told apart; further ones are counted as the last.
const ERRORS: usize = 20;

/// What became of one request.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answered,
    /// The server said that it has enough to do.
    Busy,
    Error(String),
}

impl Outcome {
    pub(crate) fn of<T>(answer: &Result<T, Status>) -> Self {
        let Err(status) = answer else {
            return Self::Answered;
        };
        let details = status.get_error_details();
        let reason = details.error_info().map_or("", |info| info.reason.as_str());
        if status.code() == Code::ResourceExhausted && reason == "BUSY" {
            return Self::Busy;
        }
        Self::Error(format!("{:?} {reason} {}", status.code(), status.message()))
    }
}

/// Percentiles in milliseconds.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
    pub(crate) max: f64,
}

/// What became of many.
#[derive(Debug)]
pub(crate) struct Tally {
    by_ask: BTreeMap<Ask, Histogram<u64>>,
    all: Histogram<u64>,
    pub(crate) answered: u64,
    pub(crate) busy: u64,
    pub(crate) errors: BTreeMap<String, u64>,
}

/// One microsecond to ten minutes, three digits.
fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, 600_000_000, 3)?)
}

impl Tally {
    pub(crate) fn new() -> Result<Self> {
        let by_ask = Ask::ALL.iter().map(|ask| Ok((*ask, histogram()?)));
        Ok(Self {
            by_ask: by_ask.collect::<Result<_>>()?,
            all: histogram()?,
            answered: 0,
            busy: 0,
            errors: BTreeMap::new(),
        })
    }

    /// Adds one; `took` is from its intended start.
    pub(crate) fn add(&mut self, ask: Ask, took: Duration, outcome: Outcome) {
        match outcome {
            Outcome::Answered => {
                self.answered += 1;
                let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
                self.all.saturating_record(micros);
                if let Some(histogram) = self.by_ask.get_mut(&ask) {
                    histogram.saturating_record(micros);
                }
            }
            Outcome::Busy => self.busy += 1,
            Outcome::Error(what) => {
                let what = format!("{}: {what}", ask.what());
                let is_known = self.errors.contains_key(&what) || self.errors.len() < ERRORS;
                let what = if is_known { what } else { "others".to_owned() };
                *self.errors.entry(what).or_insert(0) += 1;
            }
        }
    }

    pub(crate) fn error_count(&self) -> u64 {
        self.errors.values().sum()
    }

    pub(crate) fn all(&self) -> Percentiles {
        percentiles(&self.all)
    }

    /// What was asked, how often it was answered, and how fast.
    pub(crate) fn by_ask(&self) -> impl Iterator<Item = (Ask, u64, Percentiles)> {
        self.by_ask
            .iter()
            .map(|(ask, found)| (*ask, found.len(), percentiles(found)))
    }
}

fn percentiles(found: &Histogram<u64>) -> Percentiles {
    let at = |quantile| found.value_at_quantile(quantile) as f64 / 1_000.0;
    Percentiles {
        p50: at(0.5),
        p90: at(0.9),
        p99: at(0.99),
        p999: at(0.999),
        max: found.max() as f64 / 1_000.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_pressure_is_no_error_and_everything_else_is() {
        let busy = api::failure::Failure::Busy { limit: 7 }.into_status(None);
        assert!(matches!(Outcome::of::<()>(&Err(busy)), Outcome::Busy));
        let full = Status::resource_exhausted("h2 is full");
        assert!(matches!(Outcome::of::<()>(&Err(full)), Outcome::Error(_)));
        let mut tally = Tally::new().unwrap();
        tally.add(Ask::Show, Duration::from_millis(3), Outcome::Answered);
        tally.add(Ask::Show, Duration::from_millis(3), Outcome::Busy);
        for n in 0..100 {
            let outcome = Outcome::Error(format!("error {n}"));
            tally.add(Ask::Show, Duration::ZERO, outcome);
        }
        assert_eq!(
            (tally.answered, tally.busy, tally.error_count()),
            (1, 1, 100)
        );
        assert_eq!(tally.errors.len(), ERRORS + 1);
        assert!((2.9..3.1).contains(&tally.all().p50));
    }
}
