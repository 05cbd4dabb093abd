//! What the tests share.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use domain::policy::{Principal, Role};
use domain::text::Slug;
use event_log::{Append, EventLog, Record};
use projection::generate::Generator;
use projection::{AsOf, Options, Question, ReadModel, Replay, Token, WaitError};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::memory::MemoryLog;

pub(crate) fn slug(text: &str) -> Slug {
    Slug::new(text).unwrap()
}

pub(crate) fn area() -> Slug {
    slug("cambs")
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn today() -> NaiveDate {
    day("2013-03-01")
}

pub(crate) fn reader(role: Role, group: Option<&str>) -> Principal {
    Principal {
        subject: "somebody".into(),
        name: "Somebody".into(),
        role,
        group: group.map(Into::into),
        area: area().to_string(),
    }
}

/// Who may read everything.
pub(crate) fn auditor() -> Principal {
    reader(Role::Auditor, None)
}

pub(crate) fn ask<'a>(area: &'a Slug, reader: &'a Principal, as_of: AsOf) -> Question<'a> {
    Question {
        area,
        as_of,
        today: today(),
        reader,
    }
}

pub(crate) fn appends(seed: u64, count: usize) -> Vec<Append> {
    let areas = [area(), slug("norfolk")];
    let generator = Generator::with_pace(seed, &areas, 6);
    generator.take(count).map(|made| made.append()).collect()
}

pub(crate) fn small() -> Options {
    Options {
        cache_bytes: 8 << 20,
        views: 4,
        gather_bytes: 10_000,
        rebuild_behind: 100_000,
    }
}

pub(crate) struct Following {
    pub(crate) model: ReadModel,
    shutdown: CancellationToken,
    task: JoinHandle<()>,
}

impl Following {
    pub(crate) fn begin(dir: &Path, log: &(impl EventLog + Clone)) -> Self {
        Self::with(ReadModel::open(dir, small()).unwrap(), log)
    }

    pub(crate) fn with(model: ReadModel, log: &(impl EventLog + Clone)) -> Self {
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(model.follow(Arc::new(log.clone()), shutdown.clone()));
        Self {
            model,
            shutdown,
            task,
        }
    }

    /// Waits until everything in the log is applied.
    pub(crate) async fn reach(&self, log: &dyn EventLog) {
        let token = Token {
            incarnation: log.incarnation().await.unwrap(),
            sequence: log.head().await.unwrap(),
        };
        let deadline = tokio::time::Instant::now() + Duration::from_secs(600);
        loop {
            match self.model.wait_for(&token, deadline).await {
                // A store of another log is about to be put aside.
                Err(WaitError::OtherLog { .. }) => tokio::task::yield_now().await,
                reached => break reached.unwrap(),
            }
        }
    }

    /// Stops following and closes the store.
    pub(crate) async fn end(self) {
        self.shutdown.cancel();
        self.task.await.unwrap();
        drop(self.model);
    }

    /// Until the follower stops by itself.
    pub(crate) async fn stopped(self) -> (ReadModel, String) {
        self.task.await.unwrap();
        let reason = self.model.status(instant("2026-01-01T00:00:00Z")).stopped;
        (self.model, reason.unwrap())
    }
}

pub(crate) fn replay(records: &[Record]) -> Replay {
    Replay::from_records(records).unwrap()
}

/// A log and a read model that has it all.
pub(crate) async fn full(dir: &Path, seed: u64, count: usize) -> (MemoryLog, Following) {
    let log = MemoryLog::new("one");
    log.put(appends(seed, count));
    let following = Following::begin(dir, &log);
    following.reach(&log).await;
    (log, following)
}

/// Whether a read model is what the log says.
pub(crate) fn assert_same(model: &ReadModel, records: &[Record]) {
    let difference = projection::verify::compare(model, &replay(records)).unwrap();
    assert!(difference.is_none(), "{difference:#?}");
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}
