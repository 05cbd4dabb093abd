//! message-db: PostgreSQL functions, brought from its npm package when a run needs them. Nothing of
//! it is kept in this repository.

use super::Store;
use super::event::Changed;
use super::view;
use crate::measure::Latencies;
use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use futures::future::try_join_all;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use tokio_postgres::{Client, NoTls, Statement};
use uuid::Uuid;

/// Its package, and the version that was tried.
const PACKAGE: &str = "@eventide/message-db@1.3.1";
/// In the order in which its own installer runs them.
const FILES: [&str; 19] = [
    "schema/message-store.sql",
    "extensions/pgcrypto.sql",
    "tables/messages.sql",
    "types/message.sql",
    "functions/message-store-version.sql",
    "functions/hash-64.sql",
    "functions/acquire-lock.sql",
    "functions/category.sql",
    "functions/is-category.sql",
    "functions/id.sql",
    "functions/cardinal-id.sql",
    "functions/stream-version.sql",
    "functions/write-message.sql",
    "functions/get-stream-messages.sql",
    "functions/get-category-messages.sql",
    "functions/get-last-stream-message.sql",
    "indexes/messages-id.sql",
    "indexes/messages-stream.sql",
    "indexes/messages-category.sql",
];
/// Messages that a consumer asks for at a time, its own default.
const BATCH: i64 = 1_000;

/// Brings the package through npm, with the machine's own settings; the folder of its SQL.
pub(crate) fn bring(into: &Path) -> Result<PathBuf> {
    let packed = Command::new("npm")
        .args(["pack", "--silent", PACKAGE])
        .current_dir(into)
        .output()
        .context("npm is not on the PATH")?;
    ensure!(packed.status.success(), "npm could not bring {PACKAGE}");
    let said = String::from_utf8(packed.stdout)?;
    let file = said.lines().last().context("npm named no file")?.trim();
    let unpacked = Command::new("tar")
        .args(["-xzf", file])
        .current_dir(into)
        .status()?;
    ensure!(unpacked.success(), "{file} could not be unpacked");
    Ok(into.join("package").join("database"))
}

/// One connection with its statements.
struct Desk {
    client: Client,
    load: Statement,
    write: Statement,
}

/// The store: one connection for each client, as one process of its library has.
pub(crate) struct MessageDb {
    desks: Vec<tokio::sync::Mutex<Desk>>,
    turn: std::sync::atomic::AtomicUsize,
    url: String,
    views: sqlx::PgPool,
}

async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    client
        .batch_execute("SET search_path TO message_store, public")
        .await?;
    Ok(client)
}

async fn desk(url: &str) -> Result<Desk> {
    let client = connect(url).await?;
    let load = "SELECT position, type, data FROM get_stream_messages($1::varchar, 0, 1000)";
    let write = "SELECT write_message($1::varchar, $2::varchar, $3::varchar, $4::jsonb, NULL, $5)";
    Ok(Desk {
        load: client.prepare(load).await?,
        write: client.prepare(write).await?,
        client,
    })
}

impl MessageDb {
    pub(crate) async fn open(url: &str, sql: &Path, clients: usize) -> Result<Self> {
        let client = connect(url).await?;
        for file in FILES {
            let text = std::fs::read_to_string(sql.join(file)).context(file)?;
            client.batch_execute(&text).await.context(file)?;
        }
        let desks = try_join_all((0..clients).map(|_| desk(url))).await?;
        let views = view::pool_for_views(url).await?;
        sqlx::raw_sql(view::TABLE).execute(&views).await?;
        Ok(Self {
            desks: desks.into_iter().map(tokio::sync::Mutex::new).collect(),
            turn: std::sync::atomic::AtomicUsize::new(0),
            url: url.to_owned(),
            views,
        })
    }
}

fn stream(reference: &str) -> String {
    format!("action-{reference}")
}

#[allow(
    clippy::disallowed_methods,
    reason = "what is written in a measurement is never replayed"
)]
fn fresh_id() -> String {
    Uuid::new_v4().to_string()
}

#[async_trait]
impl Store for MessageDb {
    fn name(&self) -> &'static str {
        "message-db"
    }

    async fn live(&self, life: &[Changed], latency: &mut Latencies) -> Result<()> {
        let turn = self.turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let desk = self.desks[turn % self.desks.len()].lock().await;
        for changed in life {
            let begun = Instant::now();
            let stream = stream(&changed.reference);
            let there = desk.client.query(&desk.load, &[&stream]).await?;
            let last: i64 = there.last().map_or(-1, |row| row.get(0));
            let data = serde_json::to_value(changed)?;
            let id = fresh_id();
            desk.client
                .query_one(&desk.write, &[&id, &stream, &changed.kind, &data, &last])
                .await?;
            latency.add(begun.elapsed());
        }
        Ok(())
    }

    async fn fill(&self, history: &[Changed]) -> Result<()> {
        let client = connect(&self.url).await?;
        client
            .batch_execute("TRUNCATE messages RESTART IDENTITY")
            .await?;
        let insert = client
            .prepare(
                "INSERT INTO messages (stream_name, position, type, data) \
                 SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::jsonb[])",
            )
            .await?;
        for chunk in super::numbered(history).chunks(1_000) {
            let streams: Vec<String> = chunk.iter().map(|(_, c)| stream(&c.reference)).collect();
            let positions: Vec<i64> = chunk.iter().map(|(number, _)| number - 1).collect();
            let kinds: Vec<&str> = chunk.iter().map(|(_, c)| c.kind.as_str()).collect();
            let data: Result<Vec<_>, _> =
                chunk.iter().map(|(_, c)| serde_json::to_value(c)).collect();
            let data = data?;
            client
                .execute(&insert, &[&streams, &positions, &kinds, &data])
                .await?;
        }
        client.batch_execute("VACUUM ANALYZE messages").await?;
        Ok(())
    }

    async fn rebuild(&self) -> Result<()> {
        sqlx::query("TRUNCATE view").execute(&self.views).await?;
        let client = connect(&self.url).await?;
        let next = client
            .prepare(
                "SELECT global_position, data::jsonb FROM get_category_messages('action', $1, $2)",
            )
            .await?;
        let mut position = 1_i64;
        loop {
            let messages = client.query(&next, &[&position, &BATCH]).await?;
            let Some(last) = messages.last() else {
                return Ok(());
            };
            position = last.get::<_, i64>(0) + 1;
            // A consumer may keep its position now and then; here with each batch.
            let mut together = self.views.begin().await?;
            for message in &messages {
                let changed: Changed = serde_json::from_value(message.get(1))?;
                view::upsert(&mut *together, &changed).await?;
            }
            together.commit().await?;
        }
    }

    async fn page(&self) -> Result<Vec<String>> {
        view::page(&self.views).await
    }
}
