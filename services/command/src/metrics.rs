//! Figures for Prometheus: appends, duplicates, conflicts, rejections, how long a write takes.

use api::failure::{Reason, code_name};
use api::figures::Figures;
use event_log::ConflictCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Method {
    method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Aggregate {
    aggregate: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Conflict {
    aggregate: &'static str,
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Rejection {
    reason: &'static str,
    code: &'static str,
}

/// The write side's figures. Clones count together.
#[derive(Debug, Clone)]
pub struct Metrics {
    appends: Family<Aggregate, Counter>,
    duplicates: Family<Method, Counter>,
    conflicts: Family<Conflict, Counter>,
    rejections: Family<Rejection, Counter>,
    recovered: Counter,
    unfinished: Counter,
    seconds: Family<Method, Histogram>,
}

impl Metrics {
    /// Makes the figures and enters them in a registry.
    pub fn new(registry: &mut Registry) -> Self {
        let mut figures = Figures::under(registry, "matters_command");
        Self {
            appends: figures.enter("appends", "Messages appended to the log"),
            duplicates: figures.enter("duplicates", "Requests that had been recorded before"),
            conflicts: figures.enter(
                "conflicts",
                "Appends that lost to another writer and were decided again; code is what the log noticed it by",
            ),
            rejections: figures.enter("rejections", "Requests that were refused, by reason"),
            recovered: figures.enter(
                "recovered",
                "Requests that a crash left half done and a start finished",
            ),
            unfinished: figures.enter(
                "unfinished",
                "Requests that a crash left half done and a start could not finish; they stay in the journal",
            ),
            seconds: figures.timed("write_seconds", "From a request to its answer", || {
                Histogram::new(exponential_buckets(0.0005, 2.0, 14))
            }),
        }
    }

    pub(crate) fn appended(&self, aggregate: &'static str) {
        self.appends.get_or_create(&Aggregate { aggregate }).inc();
    }

    pub(crate) fn duplicate(&self, method: &'static str) {
        self.duplicates.get_or_create(&Method { method }).inc();
    }

    pub(crate) fn conflict(&self, aggregate: &'static str, code: ConflictCode) {
        let code = code.as_str();
        let labels = Conflict { aggregate, code };
        self.conflicts.get_or_create(&labels).inc();
    }

    pub(crate) fn rejected(&self, reason: Reason) {
        let labels = Rejection {
            reason: reason.as_str(),
            code: code_name(reason.code()),
        };
        self.rejections.get_or_create(&labels).inc();
    }

    pub(crate) fn finished_after_a_crash(&self) {
        self.recovered.inc();
    }

    pub(crate) fn left_unfinished(&self) {
        self.unfinished.inc();
    }

    pub(crate) fn took(&self, method: &'static str, time: Duration) {
        self.seconds
            .get_or_create(&Method { method })
            .observe(time.as_secs_f64());
    }
}
