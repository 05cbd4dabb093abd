//! `matters-bench beside`: fills a log, writes the same rows out, answers in its own process.

use crate::measure::Percentiles;
use anyhow::{Context, Result, ensure};
use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// The questions, as they are named on its standard input.
pub(crate) const QUESTIONS: [&str; 8] = [
    "page",
    "page-whole",
    "counts",
    "one",
    "matrix",
    "as-of",
    "common-text",
    "rare-text",
];

/// What is asked, in values.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Asked {
    pub(crate) today: NaiveDate,
    pub(crate) area: String,
    pub(crate) one: String,
    pub(crate) as_of: NaiveDate,
    pub(crate) from_day: NaiveDate,
    pub(crate) to_day: NaiveDate,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) common: String,
    pub(crate) rare: String,
    pub(crate) head: u64,
}

/// How fast it answered, and what.
#[derive(Debug, Deserialize)]
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    pub(crate) latency_ms: Percentiles,
    pub(crate) answer: Vec<String>,
}

/// How fast it rebuilt, and how many actions are open.
#[derive(Debug, Deserialize)]
pub(crate) struct Rebuilt {
    pub(crate) per_second: f64,
    pub(crate) open: u64,
}

/// The process; it ends with its standard input.
pub(crate) struct Beside {
    pub(crate) asked: Asked,
    folder: TempDir,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl Beside {
    /// Starts it and waits until it has filled its logs.
    pub(crate) async fn start(bench: &Path, events: u64, replay: u64) -> Result<Self> {
        let folder = TempDir::new().context("a folder for our own data")?;
        let mut process = Command::new(bench)
            .arg("beside")
            .arg("--folder")
            .arg(folder.path())
            .args([
                "--events",
                &events.to_string(),
                "--replay",
                &replay.to_string(),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {}", bench.display()))?;
        let to = process.stdin.take().context("no standard input")?;
        let out = process.stdout.take().context("no standard output")?;
        let mut from = BufReader::new(out).lines();
        let line = from.next_line().await?;
        let line = line.context("matters-bench beside ended before it was ready")?;
        Ok(Self {
            asked: serde_json::from_str(&line)?,
            folder,
            to,
            from,
            _process: process,
        })
    }

    /// The rows for a database, and the events for other stores.
    pub(crate) fn rows(&self) -> PathBuf {
        self.folder.path().join("rows")
    }

    /// A data folder for `matters serve`, which nobody else holds.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    async fn ask<T: DeserializeOwned>(&mut self, what: serde_json::Value) -> Result<T> {
        self.to.write_all(format!("{what}\n").as_bytes()).await?;
        self.to.flush().await?;
        let line = self.from.next_line().await?;
        let line = line.context("matters-bench beside ended")?;
        Ok(serde_json::from_str(&line)?)
    }

    /// Asks a question again and again for a time, in its process.
    pub(crate) async fn question(
        &mut self,
        what: &str,
        clients: usize,
        millis: u64,
    ) -> Result<Measured> {
        ensure!(QUESTIONS.contains(&what), "{what} is no question");
        // In the process a page always has whole rows.
        let what = if what == "page-whole" { "page" } else { what };
        let ask = json!({"ask": "question", "what": what, "clients": clients, "millis": millis});
        self.ask(ask).await
    }

    /// Has it build its read models from nothing.
    pub(crate) async fn rebuild(&mut self, log: &str) -> Result<Rebuilt> {
        self.ask(json!({"ask": "rebuild", "log": log})).await
    }
}
