//! `eventsourced` with `eventsourced-nats`: its entities on a JetStream stream of its own.

use super::Store;
use super::event::Changed;
use super::view;
use crate::measure::{Latencies, ours};
use anyhow::{Context, Result, anyhow};
use async_trait::async_trait;
use eventsourced::binarize::serde_json::{SerdeJsonBinarize, from_bytes, to_bytes};
use eventsourced::event_log::EventLog;
use eventsourced::snapshot_store::noop::NoopSnapshotStore;
use eventsourced::{Command, CommandEffect, EventSourced, EventSourcedExt};
use eventsourced_nats::{NatsEventLog, NatsEventLogConfig};
use futures::future::try_join_all;
use futures::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use std::collections::HashMap;
use std::num::{NonZeroU64, NonZeroUsize};
use std::pin::pin;
use std::time::Instant;

/// Writers while a history is kept.
const WRITERS: usize = 64;

/// Whether anything happened to it yet.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Tracked {
    events: u64,
    status: String,
}

impl EventSourced for Tracked {
    type Id = String;
    type Event = Changed;
    const TYPE_NAME: &'static str = "action";

    fn handle_event(self, event: Changed) -> Self {
        Self {
            events: self.events + 1,
            status: event.status,
        }
    }
}

/// Something happens to an action.
#[derive(Debug)]
struct Change(Changed);

impl Command<Tracked> for Change {
    type Reply = ();
    type Error = ();

    fn handle_command(self, _: &String, _: &Tracked) -> CommandEffect<Tracked, (), ()> {
        CommandEffect::emit(self.0)
    }
}

/// The store. Its read model is a table of PostgreSQL, as in `eventsourced-projection`.
pub(crate) struct Sourced {
    name: &'static str,
    beside: &'static str,
    log: NatsEventLog<String>,
    history: NatsEventLog<String>,
    kept: std::sync::atomic::AtomicU64,
    views: PgPool,
}

impl Sourced {
    /// On a server that syncs every message or does not, with a database for its read model.
    pub(crate) async fn open(sync_always: bool, server: &str, views: &str) -> Result<Self> {
        let (name, beside) = match sync_always {
            false => ("eventsourced-nats, default sync", ours::NATS),
            true => ("eventsourced-nats, sync always", ours::NATS_ALWAYS),
        };
        let pool = view::pool_for_views(views).await?;
        sqlx::raw_sql("DROP TABLE IF EXISTS view")
            .execute(&pool)
            .await?;
        sqlx::raw_sql(view::TABLE).execute(&pool).await?;
        let log = |stream: &str| {
            NatsEventLog::new(NatsEventLogConfig {
                server_addr: server.to_owned(),
                event_stream_name: stream.to_owned(),
                setup: true,
                ..NatsEventLogConfig::default()
            })
        };
        Ok(Self {
            name,
            beside,
            log: log("lives").await?,
            history: log("history").await?,
            kept: std::sync::atomic::AtomicU64::new(0),
            views: pool,
        })
    }
}

/// A reference as one token of a subject.
fn token(reference: &str) -> String {
    reference.replace(['/', '.', ' '], "_")
}

#[async_trait]
impl Store for Sourced {
    fn name(&self) -> &'static str {
        self.name
    }

    fn appends_beside(&self) -> &'static str {
        self.beside
    }

    fn rebuild_beside(&self) -> &'static str {
        ours::REBUILT_NATS
    }

    async fn live(&self, life: &[Changed], latency: &mut Latencies) -> Result<()> {
        let first = life.first().context("an empty life")?;
        let mut begun = Instant::now();
        let entity = Tracked::default()
            .entity()
            .spawn(
                token(&first.reference),
                None,
                NonZeroUsize::MIN,
                self.log.clone(),
                NoopSnapshotStore::new(),
                SerdeJsonBinarize,
            )
            .await?;
        for changed in life {
            let done = entity.handle_command(Change(changed.clone())).await?;
            done.map_err(|()| anyhow!("eventsourced: refused"))?;
            latency.add(begun.elapsed());
            begun = Instant::now();
        }
        Ok(())
    }

    async fn fill(&self, history: &[Changed]) -> Result<()> {
        // On a stream of its own, which lives do not add to.
        if self.kept.load(std::sync::atomic::Ordering::Relaxed) > 0 {
            return Ok(());
        }
        let mut shares: Vec<Vec<&Changed>> = vec![Vec::new(); WRITERS];
        let mut writer_of = HashMap::new();
        for changed in history {
            let next = writer_of.len() % WRITERS;
            let writer = *writer_of.entry(&changed.reference).or_insert(next);
            shares[writer].push(changed);
        }
        let writing = shares.into_iter().map(|share| async {
            let mut log = self.history.clone();
            let mut lasts: HashMap<&str, NonZeroU64> = HashMap::new();
            for changed in share {
                let last = lasts.get(changed.reference.as_str()).copied();
                let id = token(&changed.reference);
                let at = log.persist("action", &id, last, changed, &to_bytes).await?;
                lasts.insert(&changed.reference, at);
            }
            anyhow::Ok(())
        });
        try_join_all(writing).await?;
        let kept = u64::try_from(history.len())?;
        self.kept.store(kept, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }

    async fn rebuild(&self) -> Result<()> {
        sqlx::query("TRUNCATE view").execute(&self.views).await?;
        let kept = self.kept.load(std::sync::atomic::Ordering::Relaxed);
        let events = self
            .history
            .events_by_type("action", NonZeroU64::MIN, from_bytes::<Changed>)
            .await?;
        let mut events = pin!(events.take(usize::try_from(kept)?));
        while let Some((_, changed)) = events.try_next().await? {
            view::upsert(&self.views, &changed).await?;
        }
        Ok(())
    }

    async fn page(&self) -> Result<Vec<String>> {
        view::page(&self.views).await
    }
}
