//! `disintegrate` with `disintegrate-postgres`: its decisions, its event listener for a read model.

use super::Store;
use super::event::Changed;
use super::view;
use crate::measure::Latencies;
use anyhow::{Result, anyhow, ensure};
use async_trait::async_trait;
use disintegrate::serde::json::Json;
use disintegrate::{
    Decision, Event, EventListener, EventStore, NoSnapshot, PersistedEvent, StateMutate,
    StateQuery, StreamQuery, query,
};
use disintegrate_postgres::{
    PgDecisionMaker, PgEventId, PgEventListener, PgEventListenerConfig, PgEventStore,
    decision_maker,
};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How often the listener looks for events, and we for its end.
const POLL: Duration = Duration::from_millis(20);

/// How often a decision is made again: with 64 clients most transactions meet another.
const TRIES: u32 = 5_000;

/// What its own setting up leaves undone on a PostgreSQL before 16, which does not know the number
/// in hexadecimal that one of its functions is written with: that function (it marks, for as long as
/// its transaction lasts, the last event before it), and the column of the identifier.
const BEFORE_16: &str = "
    CREATE OR REPLACE FUNCTION event_store_begin_epoch() RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        last bigint := (SELECT last_value FROM seq_event_event_id);
        here integer := (SELECT oid::integer FROM pg_database WHERE datname = current_database());
    BEGIN
        PERFORM pg_try_advisory_xact_lock_shared(here, 0),
            pg_try_advisory_xact_lock_shared(1, (last % 4294967296)::bit(32)::integer),
            pg_try_advisory_xact_lock_shared(2, (last >> 32)::integer);
    END;
    $$;
    ALTER TABLE event ADD COLUMN IF NOT EXISTS reference text;
    CREATE INDEX IF NOT EXISTS idx_event_reference ON event (reference)
        WHERE reference IS NOT NULL;";

/// The events.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[stream(ActionEvent, [ActionChanged])]
enum PanelEvent {
    ActionChanged {
        #[id]
        reference: String,
        changed: Box<Changed>,
    },
}

/// What a decision looks at.
#[derive(Debug, Clone, Default, StateQuery, Serialize, Deserialize)]
#[state_query(ActionEvent)]
struct Tracked {
    #[id]
    reference: String,
    events: u64,
    status: String,
}

impl StateMutate for Tracked {
    fn mutate(&mut self, event: Self::Event) {
        let ActionEvent::ActionChanged { changed, .. } = event;
        self.events += 1;
        self.status = changed.status;
    }
}

/// Something happens to an action.
struct Change(Changed);

/// A decision that is never refused.
#[derive(Debug, thiserror::Error)]
#[error("refused")]
struct Refused;

impl Decision for Change {
    type Event = PanelEvent;
    type StateQuery = Tracked;
    type Error = Refused;

    fn state_query(&self) -> Tracked {
        Tracked {
            reference: self.0.reference.clone(),
            ..Tracked::default()
        }
    }

    fn process(&self, _: &Tracked) -> Result<Vec<PanelEvent>, Refused> {
        Ok(vec![event(&self.0)])
    }
}

fn event(changed: &Changed) -> PanelEvent {
    PanelEvent::ActionChanged {
        reference: changed.reference.clone(),
        changed: Box::new(changed.clone()),
    }
}

/// Keeps the view.
struct Viewer {
    pool: PgPool,
    query: StreamQuery<PgEventId, ActionEvent>,
}

#[async_trait]
impl EventListener<PgEventId, ActionEvent> for Viewer {
    type Error = sqlx::Error;

    fn id(&self) -> &'static str {
        "open-actions"
    }

    fn query(&self) -> &StreamQuery<PgEventId, ActionEvent> {
        &self.query
    }

    async fn handle(
        &self,
        event: PersistedEvent<PgEventId, ActionEvent>,
    ) -> Result<(), sqlx::Error> {
        let ActionEvent::ActionChanged { changed, .. } = event.into_inner();
        view::upsert(&self.pool, &changed).await
    }
}

/// The store.
pub(crate) struct Disintegrated {
    maker: PgDecisionMaker<PanelEvent, Json<PanelEvent>, NoSnapshot>,
    store: PgEventStore<PanelEvent, Json<PanelEvent>>,
    pool: PgPool,
    views: PgPool,
}

impl Disintegrated {
    pub(crate) async fn open(url: &str, clients: u32) -> Result<Self> {
        let pool = view::pool(url, clients).await?;
        let store = match PgEventStore::try_new(pool.clone(), Json::default()).await {
            Ok(store) => store,
            Err(_) => {
                sqlx::raw_sql(BEFORE_16).execute(&pool).await?;
                PgEventStore::new_uninitialized(pool.clone(), Json::default())
            }
        };
        sqlx::raw_sql(view::TABLE).execute(&pool).await?;
        Ok(Self {
            maker: decision_maker(store.clone(), NoSnapshot),
            views: view::pool_for_views(url).await?,
            store,
            pool,
        })
    }

    async fn head(&self) -> Result<i64> {
        let head = sqlx::query_scalar("SELECT coalesce(max(event_id), 0) FROM event");
        Ok(head.fetch_one(&self.pool).await?)
    }
}

#[async_trait]
impl Store for Disintegrated {
    fn name(&self) -> &'static str {
        "disintegrate-postgres"
    }

    async fn live(&self, life: &[Changed], latency: &mut Latencies) -> Result<()> {
        for changed in life {
            let begun = Instant::now();
            let mut tries = 0;
            // Serializable transactions meet even where the streams do not; its documentation leaves
            // trying again to the caller.
            loop {
                match self.maker.make(Change(changed.clone())).await {
                    Ok(_) => break,
                    Err(_) if tries < TRIES => {
                        tries += 1;
                        tokio::task::yield_now().await;
                    }
                    Err(error) => return Err(anyhow!("disintegrate: {error}")),
                }
            }
            latency.add(begun.elapsed());
        }
        Ok(())
    }

    async fn fill(&self, history: &[Changed]) -> Result<()> {
        sqlx::query("TRUNCATE event").execute(&self.pool).await?;
        for chunk in history.chunks(1_000) {
            let events = chunk.iter().map(event).collect();
            self.store.append_without_validation(events).await?;
        }
        sqlx::query("VACUUM ANALYZE event")
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn rebuild(&self) -> Result<()> {
        sqlx::query("TRUNCATE view").execute(&self.views).await?;
        sqlx::raw_sql("DROP TABLE IF EXISTS event_listener")
            .execute(&self.pool)
            .await?;
        let head = self.head().await?;
        let viewer = Viewer {
            pool: self.views.clone(),
            query: query!(ActionEvent),
        };
        let stop = CancellationToken::new();
        let listener = PgEventListener::builder(self.store.clone())
            .register_listener(viewer, PgEventListenerConfig::poller(POLL))
            .start_with_shutdown(stop.clone().cancelled_owned());
        let listening = tokio::spawn(listener);
        let mut again = tokio::time::interval(POLL);
        loop {
            again.tick().await;
            ensure!(!listening.is_finished(), "disintegrate: the listener ended");
            let last = "SELECT last_processed_event_id FROM event_listener";
            // The table is made by the listener.
            let last: Option<i64> = sqlx::query_scalar(last)
                .fetch_optional(&self.pool)
                .await
                .unwrap_or_default();
            if last.unwrap_or_default() >= head {
                break;
            }
        }
        stop.cancel();
        listening.await??;
        Ok(())
    }

    async fn page(&self) -> Result<Vec<String>> {
        view::page(&self.pool).await
    }
}
