//! The read model of the stores on PostgreSQL: a table of actions with the index of its one question.

use super::event::Changed;
use anyhow::Result;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Executor, PgPool, Postgres};
use std::str::FromStr;

/// The table and its index: open actions by due date.
pub(crate) const TABLE: &str = "
    CREATE TABLE view (
        reference text PRIMARY KEY,
        number bigint NOT NULL,
        status text NOT NULL,
        open boolean NOT NULL,
        due_on date,
        grp text,
        text text
    );
    CREATE INDEX view_open ON view (due_on, number) WHERE open;";

/// Keeps how a message leaves its action.
pub(crate) const UPSERT: &str = "
    INSERT INTO view (reference, number, status, open, due_on, grp, text)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (reference) DO UPDATE SET
        status = excluded.status, open = excluded.open, due_on = excluded.due_on,
        grp = excluded.grp, text = coalesce(excluded.text, view.text)";

/// A page of what is open.
pub(crate) const PAGE: &str = "
    SELECT reference, status, due_on, grp, text FROM view
    WHERE open ORDER BY due_on NULLS LAST, number LIMIT 50";

/// Connections for the appends: as many as clients.
pub(crate) async fn pool(url: &str, connections: u32) -> Result<PgPool> {
    Ok(PgPoolOptions::new()
        .max_connections(connections)
        .connect(url)
        .await?)
}

/// Connections for what can be rebuilt at any time, which need not wait for the disk.
pub(crate) async fn pool_for_views(url: &str) -> Result<PgPool> {
    let options = PgConnectOptions::from_str(url)?.options([("synchronous_commit", "off")]);
    Ok(PgPoolOptions::new()
        .max_connections(4)
        .connect_with(options)
        .await?)
}

/// Takes a message into the view.
pub(crate) async fn upsert<'a, E>(to: E, changed: &Changed) -> Result<(), sqlx::Error>
where
    E: Executor<'a, Database = Postgres>,
{
    sqlx::query(UPSERT)
        .bind(&changed.reference)
        .bind(changed.number)
        .bind(&changed.status)
        .bind(changed.open)
        .bind(changed.due_on)
        .bind(&changed.grp)
        .bind(&changed.text)
        .execute(to)
        .await?;
    Ok(())
}

/// One page: the references on it.
pub(crate) async fn page(pool: &PgPool) -> Result<Vec<String>> {
    type Row = (
        String,
        String,
        Option<chrono::NaiveDate>,
        Option<String>,
        Option<String>,
    );
    let rows: Vec<Row> = sqlx::query_as(PAGE).fetch_all(pool).await?;
    Ok(rows.into_iter().map(|(reference, ..)| reference).collect())
}
