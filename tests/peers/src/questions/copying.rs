//! The rows into PostgreSQL.

use anyhow::{Context, Result};
use bytes::Bytes;
use futures::SinkExt;
use std::io::Read;
use std::path::Path;
use std::pin::pin;
use tokio_postgres::Client;

/// Bytes sent at a time.
const CHUNK: usize = 1 << 20;

/// Each table with its columns in the order of its file.
const FILES: [(&str, &str); 7] = [
    (
        "action",
        "reference, reference_order, kind, status, open, owed, text, topic, theme, meeting, \
         asked_of, raised_by, raised_on, first_due_on, due_on, due_moves, paused, delegated_to, \
         remit, coverage, rag, restricted, answered_on, last_change_on, position, search, rest",
    ),
    (
        "version",
        "reference, reference_order, valid, open, status, due_on, delegated_to, rag, coverage",
    ),
    (
        "story",
        "reference, position, kind, on_day, recorded_at, by_name, role, rule, events",
    ),
    ("grp", "id, name"),
    ("expected", "grp, quarter, due_on"),
    (
        "quarterly_return",
        "grp, quarter, submitted_on, due_on, overall, corrections",
    ),
    ("said", "grp, quarter, reference"),
];

/// Makes the tables, copies the rows in, makes the indexes.
pub(crate) async fn fill(client: &Client, rows: &Path) -> Result<()> {
    client.batch_execute(include_str!("tables.sql")).await?;
    for (table, columns) in FILES {
        let path = rows.join(format!("{table}.csv"));
        let mut file = std::fs::File::open(&path).with_context(|| path.display().to_string())?;
        let copy = format!("COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv)");
        let mut sink = pin!(client.copy_in::<_, Bytes>(&copy).await?);
        loop {
            let mut chunk = Vec::with_capacity(CHUNK);
            let limit = u64::try_from(CHUNK)?;
            if (&mut file).take(limit).read_to_end(&mut chunk)? == 0 {
                break;
            }
            sink.send(Bytes::from(chunk)).await?;
        }
        sink.finish().await.with_context(|| table.to_owned())?;
    }
    // Statement by statement: VACUUM is none for a transaction.
    for statement in include_str!("indexes.sql").split(';') {
        let lines = statement.lines().filter(|line| !line.starts_with("--"));
        let statement = lines.collect::<Vec<_>>().join("\n");
        if !statement.trim().is_empty() {
            client.batch_execute(&statement).await?;
        }
    }
    Ok(())
}
