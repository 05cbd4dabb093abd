//! What a team would do instead: a table that is updated in place, with a version, and a row of
//! history for each change.

use super::Store;
use super::event::Changed;
use super::view;
use crate::measure::Latencies;
use anyhow::{Result, ensure};
use async_trait::async_trait;
use std::time::Instant;
use tokio::sync::Mutex;
use tokio_postgres::{Client, NoTls, Statement};

const TABLES: &str = "
    CREATE TABLE action (
        reference text PRIMARY KEY,
        number bigint NOT NULL,
        version bigint NOT NULL,
        status text NOT NULL,
        open boolean NOT NULL,
        due_on date,
        grp text,
        text text
    ) WITH (fillfactor = 70);
    CREATE INDEX action_open ON action (due_on, number) WHERE open;
    CREATE TABLE history (
        reference text NOT NULL,
        number bigint NOT NULL,
        version bigint NOT NULL,
        kind text NOT NULL,
        status text NOT NULL,
        open boolean NOT NULL,
        due_on date,
        grp text,
        text text,
        data jsonb NOT NULL,
        PRIMARY KEY (reference, version)
    );";

const READ: &str = "SELECT version, status, due_on, grp FROM action WHERE reference = $1";

/// In one statement, so in one transaction and one round trip; no row comes back when the version
/// is another.
const RAISE: &str = "
    WITH now AS (
        INSERT INTO action (reference, number, version, status, open, due_on, grp, text)
        VALUES ($1, $9, 1, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
        RETURNING reference, number, version, status, open, due_on, grp, text)
    INSERT INTO history SELECT reference, number, version, $2, status, open, due_on, grp, text, $8 FROM now";
const CHANGE: &str = "
    WITH now AS (
        UPDATE action SET version = version + 1, status = $3, open = $4, due_on = $5, grp = $6
        WHERE reference = $1 AND version = $8
        RETURNING reference, number, version, status, open, due_on, grp)
    INSERT INTO history SELECT reference, number, version, $2, status, open, due_on, grp, NULL, $7 FROM now";

/// The table again, from its history alone: the last row of each action, and the text of the first.
const REBUILD: &str = "
    TRUNCATE action;
    INSERT INTO action
    SELECT DISTINCT ON (h.reference)
        h.reference, h.number, h.version, h.status, h.open, h.due_on, h.grp,
        (SELECT text FROM history f WHERE f.reference = h.reference AND f.version = 1)
    FROM history h ORDER BY h.reference, h.version DESC;";

const PAGE: &str = "
    SELECT reference, status, due_on, grp, text FROM action
    WHERE open ORDER BY due_on NULLS LAST, number LIMIT 50";

struct Desk {
    client: Client,
    read: Statement,
    raise: Statement,
    change: Statement,
}

/// The store.
pub(crate) struct Plain {
    desks: Vec<Mutex<Desk>>,
    turn: std::sync::atomic::AtomicUsize,
    pool: sqlx::PgPool,
    views: sqlx::PgPool,
}

async fn desk(url: &str) -> Result<Desk> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(Desk {
        read: client.prepare(READ).await?,
        raise: client.prepare(RAISE).await?,
        change: client.prepare(CHANGE).await?,
        client,
    })
}

impl Plain {
    pub(crate) async fn open(url: &str, clients: usize) -> Result<Self> {
        let pool = view::pool(url, 4).await?;
        sqlx::raw_sql(TABLES).execute(&pool).await?;
        let desks = futures::future::try_join_all((0..clients).map(|_| desk(url))).await?;
        Ok(Self {
            desks: desks.into_iter().map(Mutex::new).collect(),
            turn: std::sync::atomic::AtomicUsize::new(0),
            views: view::pool_for_views(url).await?,
            pool,
        })
    }
}

#[async_trait]
impl Store for Plain {
    fn name(&self) -> &'static str {
        "plain PostgreSQL table"
    }

    async fn live(&self, life: &[Changed], latency: &mut Latencies) -> Result<()> {
        let turn = self.turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let desk = self.desks[turn % self.desks.len()].lock().await;
        for c in life {
            let begun = Instant::now();
            let there = desk.client.query_opt(&desk.read, &[&c.reference]).await?;
            let written = match there.map(|row| row.get::<_, i64>(0)) {
                None => {
                    desk.client
                        .execute(
                            &desk.raise,
                            &[
                                &c.reference,
                                &c.kind,
                                &c.status,
                                &c.open,
                                &c.due_on,
                                &c.grp,
                                &c.text,
                                &c.data,
                                &c.number,
                            ],
                        )
                        .await?
                }
                Some(version) => {
                    desk.client
                        .execute(
                            &desk.change,
                            &[
                                &c.reference,
                                &c.kind,
                                &c.status,
                                &c.open,
                                &c.due_on,
                                &c.grp,
                                &c.data,
                                &version,
                            ],
                        )
                        .await?
                }
            };
            ensure!(written == 1, "{} changed meanwhile", c.reference);
            latency.add(begun.elapsed());
        }
        Ok(())
    }

    async fn fill(&self, history: &[Changed]) -> Result<()> {
        sqlx::query("TRUNCATE history").execute(&self.pool).await?;
        for chunk in super::numbered(history).chunks(1_000) {
            let mut insert = sqlx::QueryBuilder::new(
                "INSERT INTO history \
                 (reference, number, version, kind, status, open, due_on, grp, text, data) ",
            );
            insert.push_values(chunk, |mut row, (number, c)| {
                row.push_bind(&c.reference)
                    .push_bind(c.number)
                    .push_bind(number)
                    .push_bind(&c.kind)
                    .push_bind(&c.status)
                    .push_bind(c.open)
                    .push_bind(c.due_on)
                    .push_bind(&c.grp)
                    .push_bind(&c.text)
                    .push_bind(&c.data);
            });
            insert.build().execute(&self.pool).await?;
        }
        sqlx::query("VACUUM ANALYZE history")
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn rebuild(&self) -> Result<()> {
        sqlx::raw_sql(REBUILD).execute(&self.views).await?;
        Ok(())
    }

    async fn page(&self) -> Result<Vec<String>> {
        type Row = (
            String,
            String,
            Option<chrono::NaiveDate>,
            Option<String>,
            Option<String>,
        );
        let rows: Vec<Row> = sqlx::query_as(PAGE).fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(|(reference, ..)| reference).collect())
    }
}
