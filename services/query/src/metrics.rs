//! Figures for Prometheus: reads by method and code, how long they take, how far the read model is.

use std::fmt;
use std::time::Duration;

use api::clock::Clock;
use api::failure::{Reason, code_name};
use api::figures::Figures;
use api::read_figures;
use projection::ReadModel;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Read {
    method: &'static str,
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refusal {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Method {
    method: &'static str,
}

/// The read side's figures. Clones count together.
#[derive(Debug, Clone)]
pub struct Metrics {
    reads: Family<Read, Counter>,
    rejections: Family<Refusal, Counter>,
    seconds: Family<Method, Histogram>,
    watchers: Gauge,
    slow_watchers: Counter,
}

impl Metrics {
    /// Makes the figures and enters them in a registry, those of the read model with them.
    pub fn new(registry: &mut Registry, model: &ReadModel, clock: &Clock) -> Self {
        let mut figures = Figures::under(registry, "matters_query");
        figures.collect(Freshness {
            model: model.clone(),
            clock: clock.clone(),
        });
        Self {
            reads: figures.enter("reads", "Reads by method and gRPC code"),
            rejections: figures.enter(
                "rejections",
                "Reads that were refused, by reason; bad tokens too, which no method sees",
            ),
            seconds: figures.timed("read_seconds", "From a question to its answer", || {
                Histogram::new(exponential_buckets(0.0001, 2.0, 16))
            }),
            watchers: figures.enter("watchers", "Live streams"),
            slow_watchers: figures.enter(
                "slow_watchers",
                "Live streams that were ended because their reader was too slow",
            ),
        }
    }

    pub(crate) fn read(&self, method: &'static str, code: tonic::Code, took: Duration) {
        let code = code_name(code);
        self.reads.get_or_create(&Read { method, code }).inc();
        self.seconds
            .get_or_create(&Method { method })
            .observe(took.as_secs_f64());
    }

    pub(crate) fn rejected(&self, reason: Reason) {
        let reason = reason.as_str();
        self.rejections.get_or_create(&Refusal { reason }).inc();
    }

    pub(crate) fn watching(&self, more: i64) {
        self.watchers.inc_by(more);
    }

    pub(crate) fn slow_watcher(&self) {
        self.slow_watchers.inc();
    }
}

/// How far the read model is, asked of it at each scrape.
struct Freshness {
    model: ReadModel,
    clock: Clock,
}

impl fmt::Debug for Freshness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Freshness").finish_non_exhaustive()
    }
}

impl Collector for Freshness {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), fmt::Error> {
        read_figures::encode(&self.model.status((self.clock)()), &mut encoder)
    }
}
