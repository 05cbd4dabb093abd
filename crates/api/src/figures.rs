//! A service's figures for Prometheus, each made and entered in one line.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};
use std::fmt::Debug;
use std::hash::Hash;

/// The part of a registry that is a service's own.
#[derive(Debug)]
pub struct Figures<'a> {
    registry: &'a mut Registry,
}

impl<'a> Figures<'a> {
    /// All under a prefix, such as `matters_command`.
    #[must_use]
    pub fn under(registry: &'a mut Registry, prefix: &str) -> Self {
        Self {
            registry: registry.sub_registry_with_prefix(prefix),
        }
    }

    /// Makes a figure and enters it.
    pub fn enter<M: Metric + Clone + Default>(&mut self, name: &str, help: &str) -> M {
        let figure = M::default();
        self.registry.register(name, help, figure.clone());
        figure
    }

    /// Makes a family of durations, in the buckets of `made`, and enters it.
    pub fn timed<L>(
        &mut self,
        name: &str,
        help: &str,
        made: fn() -> Histogram,
    ) -> Family<L, Histogram>
    where
        L: Clone + Debug + Eq + Hash + EncodeLabelSet + Send + Sync + 'static,
    {
        let figure = Family::new_with_constructor(made);
        self.registry.register(name, help, figure.clone());
        figure
    }

    /// Enters figures that are looked up whenever they are asked for.
    pub fn collect(&mut self, collector: impl Collector) {
        self.registry.register_collector(Box::new(collector));
    }
}
