//! `cqrs-es` with `postgres-es`: its tables, its framework for commands, its replay for a query.

use super::Store;
use super::event::Changed;
use super::view;
use crate::measure::Latencies;
use anyhow::{Context, Result, anyhow};
use async_trait::async_trait;
use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::QueryReplay;
use cqrs_es::{Aggregate, DomainEvent, EventEnvelope, Query};
use postgres_es::{PostgresCqrs, PostgresEventRepository, postgres_cqrs};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use std::sync::Mutex;
use std::time::Instant;

/// As `postgres-es` has it in its own `db/init.sql`; snapshots are not used.
const TABLES: &str = "
    CREATE TABLE events (
        aggregate_type text NOT NULL,
        aggregate_id text NOT NULL,
        sequence bigint CHECK (sequence >= 0) NOT NULL,
        event_type text NOT NULL,
        event_version text NOT NULL,
        payload json NOT NULL,
        metadata json NOT NULL,
        PRIMARY KEY (aggregate_type, aggregate_id, sequence)
    );";

/// Whether anything happened to it yet.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Tracked {
    events: u64,
    status: String,
}

impl DomainEvent for Changed {
    fn event_type(&self) -> String {
        self.kind.clone()
    }

    fn event_version(&self) -> String {
        "1.0".to_owned()
    }
}

/// A command that is never refused.
#[derive(Debug, thiserror::Error)]
#[error("refused")]
struct Refused;

impl Aggregate for Tracked {
    const TYPE: &'static str = "action";
    type Command = Changed;
    type Event = Changed;
    type Error = Refused;
    type Services = ();

    async fn handle(
        &mut self,
        command: Changed,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Refused> {
        sink.write(command, self).await;
        Ok(())
    }

    fn apply(&mut self, event: Changed) {
        self.events += 1;
        self.status = event.status;
    }
}

/// Keeps the view; what went wrong is told at the end of a replay.
struct Viewer {
    pool: PgPool,
    failed: &'static Mutex<Option<String>>,
}

static FAILED: Mutex<Option<String>> = Mutex::new(None);

#[async_trait]
impl Query<Tracked> for Viewer {
    async fn dispatch(&self, _: &str, events: &[EventEnvelope<Tracked>]) {
        for event in events {
            if let Err(error) = view::upsert(&self.pool, &event.payload).await
                && let Ok(mut failed) = self.failed.lock()
            {
                *failed = Some(error.to_string());
            }
        }
    }
}

/// The store.
pub(crate) struct Cqrs {
    framework: PostgresCqrs<Tracked>,
    pool: PgPool,
    views: PgPool,
}

impl Cqrs {
    pub(crate) async fn open(url: &str, clients: u32) -> Result<Self> {
        let pool = view::pool(url, clients).await?;
        sqlx::raw_sql(TABLES).execute(&pool).await?;
        sqlx::raw_sql(view::TABLE).execute(&pool).await?;
        Ok(Self {
            framework: postgres_cqrs(pool.clone(), vec![], ()),
            views: view::pool_for_views(url).await?,
            pool,
        })
    }
}

#[async_trait]
impl Store for Cqrs {
    fn name(&self) -> &'static str {
        "cqrs-es + postgres-es"
    }

    async fn live(&self, life: &[Changed], latency: &mut Latencies) -> Result<()> {
        for changed in life {
            let begun = Instant::now();
            let done = self.framework.execute(&changed.reference, changed.clone());
            done.await.map_err(|error| anyhow!("cqrs-es: {error}"))?;
            latency.add(begun.elapsed());
        }
        Ok(())
    }

    async fn fill(&self, history: &[Changed]) -> Result<()> {
        sqlx::query("TRUNCATE events").execute(&self.pool).await?;
        for chunk in super::numbered(history).chunks(1_000) {
            let mut insert = sqlx::QueryBuilder::new(
                "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, \
                 event_version, payload, metadata) ",
            );
            let payloads: Result<Vec<_>, _> = chunk
                .iter()
                .map(|(_, changed)| serde_json::to_value(changed))
                .collect();
            let rows = chunk.iter().zip(payloads?);
            insert.push_values(rows, |mut row, ((number, changed), payload)| {
                row.push_bind("action")
                    .push_bind(&changed.reference)
                    .push_bind(*number)
                    .push_bind(&changed.kind)
                    .push_bind("1.0")
                    .push_bind(payload)
                    .push_bind(serde_json::json!({}));
            });
            insert.build().execute(&self.pool).await?;
        }
        sqlx::query("VACUUM ANALYZE events")
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn rebuild(&self) -> Result<()> {
        sqlx::query("TRUNCATE view").execute(&self.views).await?;
        let repository =
            PostgresEventRepository::new(self.pool.clone()).with_streaming_channel_size(1_000);
        let viewer = Viewer {
            pool: self.views.clone(),
            failed: &FAILED,
        };
        let replay = QueryReplay::<_, _, Tracked>::new(repository, viewer);
        let done = replay.replay_all().await;
        done.map_err(|error| anyhow!("cqrs-es: {error}"))?;
        let failed = FAILED.lock().ok().context("the replay ended")?.take();
        failed.map_or(Ok(()), |failed| Err(anyhow!("cqrs-es: {failed}")))
    }

    async fn page(&self) -> Result<Vec<String>> {
        view::page(&self.pool).await
    }
}
