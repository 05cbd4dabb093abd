//! Figures for Prometheus: audits by method and outcome, how long they take, what was verified.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    method: &'static str,
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Method {
    method: &'static str,
}

/// The auditor's figures. Clones count together.
#[derive(Debug, Clone)]
pub struct Metrics {
    calls: Family<Call, Counter>,
    seconds: Family<Method, Histogram>,
    unsound: Gauge,
}

impl Metrics {
    /// Makes the figures and enters them in a registry.
    pub fn new(registry: &mut Registry) -> Self {
        let metrics = Self {
            calls: Family::default(),
            seconds: Family::new_with_constructor(|| {
                Histogram::new(exponential_buckets(0.001, 2.0, 16))
            }),
            unsound: Gauge::default(),
        };
        let sub = registry.sub_registry_with_prefix("matters_audit");
        sub.register(
            "calls",
            "Calls by method; reason is OK, or why there was no answer",
            metrics.calls.clone(),
        );
        sub.register(
            "call_seconds",
            "From a call to its answer, or to the first piece of it",
            metrics.seconds.clone(),
        );
        sub.register(
            "unsound",
            "1 when the last check of the record found something wrong",
            metrics.unsound.clone(),
        );
        metrics
    }

    pub(crate) fn call(&self, method: &'static str, reason: &'static str, took: Duration) {
        self.calls.get_or_create(&Call { method, reason }).inc();
        self.seconds
            .get_or_create(&Method { method })
            .observe(took.as_secs_f64());
    }

    pub(crate) fn verified(&self, sound: bool) {
        self.unsound.set(i64::from(!sound));
    }
}
