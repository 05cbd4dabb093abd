//! The other stores, each as its own documentation says, behind one small trait.

pub(crate) mod cqrs;
pub(crate) mod disintegrated;
pub(crate) mod event;
pub(crate) mod message_db;
pub(crate) mod plain;
pub(crate) mod sourced;
pub(crate) mod view;

use crate::measure::{Latencies, ours};
use anyhow::Result;
use async_trait::async_trait;
use event::Changed;

/// A store that keeps events of actions and shows what is open.
#[async_trait]
pub(crate) trait Store: Send + Sync {
    /// Its name in the table.
    fn name(&self) -> &'static str;

    /// The row of ours that its appends are held against: as safe on disk, on the same kind of log.
    fn appends_beside(&self) -> &'static str {
        ours::EMBEDDED
    }

    /// The row of ours that its rebuild is held against: out of the same kind of log.
    fn rebuild_beside(&self) -> &'static str {
        ours::REBUILT
    }

    /// The life of one new action: each event decided on what is there and appended with that as its
    /// expectation, one after the other.
    async fn live(&self, life: &[Changed], latency: &mut Latencies) -> Result<()>;

    /// Keeps a history, by the fastest way that leaves what appends would have left.
    async fn fill(&self, history: &[Changed]) -> Result<()>;

    /// Builds the read model again from its own log, from nothing.
    async fn rebuild(&self) -> Result<()>;

    /// The references on the page of 50 open actions, from its read model.
    async fn page(&self) -> Result<Vec<String>>;
}

/// Each event with its number in the life of its action, from 1.
pub(crate) fn numbered(history: &[Changed]) -> Vec<(i64, &Changed)> {
    let mut lives: std::collections::HashMap<&str, i64> = std::collections::HashMap::new();
    history
        .iter()
        .map(|changed| {
            let number = lives.entry(&changed.reference).or_default();
            *number += 1;
            (*number, changed)
        })
        .collect()
}
