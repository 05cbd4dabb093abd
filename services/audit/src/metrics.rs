//! Figures for Prometheus: audits by method and outcome, how long they take, what was verified, how
//! far the read model is that the record is held against.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use api::clock::Clock;
use api::failure::Reason;
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
struct Call {
    method: &'static str,
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refusal {
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
    rejections: Family<Refusal, Counter>,
    seconds: Family<Method, Histogram>,
    unsound: Gauge,
    held: Held,
}

impl Metrics {
    /// Makes the figures and enters them in a registry.
    pub fn new(registry: &mut Registry) -> Self {
        let mut figures = Figures::under(registry, "matters_audit");
        let held = Held::default();
        figures.collect(held.clone());
        Self {
            calls: figures.enter(
                "calls",
                "Calls by method; reason is OK, or why there was no answer",
            ),
            rejections: figures.enter(
                "rejections",
                "Tokens that were refused, by reason, before any method saw them",
            ),
            seconds: figures.timed(
                "call_seconds",
                "From a call to its answer, or to the first piece of it",
                || Histogram::new(exponential_buckets(0.001, 2.0, 16)),
            ),
            unsound: figures.enter(
                "unsound",
                "1 when the last check of the record found something wrong",
            ),
            held,
        }
    }

    /// Tells of this read model from now on.
    pub(crate) fn tell_of(&self, model: ReadModel, clock: Clock) {
        // A service has one read model for as long as it lives.
        let _ = self.held.model.set((model, clock));
    }

    pub(crate) fn call(&self, method: &'static str, reason: &'static str, took: Duration) {
        self.calls.get_or_create(&Call { method, reason }).inc();
        self.seconds
            .get_or_create(&Method { method })
            .observe(took.as_secs_f64());
    }

    pub(crate) fn rejected(&self, reason: Reason) {
        let reason = reason.as_str();
        self.rejections.get_or_create(&Refusal { reason }).inc();
    }

    pub(crate) fn verified(&self, sound: bool) {
        self.unsound.set(i64::from(!sound));
    }
}

/// The read model that the record is held against, asked of it at each scrape; nothing where there
/// is none.
#[derive(Clone, Default)]
struct Held {
    model: Arc<OnceLock<(ReadModel, Clock)>>,
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").finish_non_exhaustive()
    }
}

impl Collector for Held {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), fmt::Error> {
        let Some((model, clock)) = self.model.get() else {
            return Ok(());
        };
        read_figures::encode(&model.status(clock()), &mut encoder)
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text::encode;

    use super::*;
    use crate::Service;
    use crate::tests::world::World;

    #[tokio::test]
    async fn an_auditor_alone_tells_how_far_it_is() {
        let world = World::with_a_meeting().await;
        let mut registry = Registry::default();
        let metrics = Metrics::new(&mut registry);
        let told = |registry: &Registry| {
            let mut text = String::new();
            encode(&mut text, registry).unwrap();
            text
        };
        assert!(!told(&registry).contains("matters_audit_position"));
        let log = Arc::new(world.log.clone());
        let _service = Service::new(Some(world.model.clone()), log, world.clock(), metrics);
        let text = told(&registry);
        let position = world.model.position();
        for line in [
            format!("matters_audit_position {position}"),
            "matters_audit_lag_events 0".to_owned(),
            "matters_audit_lag_seconds 0".to_owned(),
            "matters_audit_stopped 0".to_owned(),
        ] {
            assert!(text.lines().any(|told| told == line), "{line}:\n{text}");
        }
    }
}
