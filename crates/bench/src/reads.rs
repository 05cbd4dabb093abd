//! Rebuild beside a raw read of the same log, and what people ask.

use crate::figures::{Figure, Latencies, median, rate};
use crate::logs::Rig;
use crate::serving::{Serving, now, person};
use anyhow::{Context, Result, ensure};
use chrono::{Days, NaiveDate};
use domain::policy::{Principal, Role};
use domain::reference::Reference;
use domain::text::Slug;
use event_log::{EventLog, Sequence};
use futures::StreamExt;
use projection::{AsOf, Filter, Options, Question, ReadModel, Sort};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Rounds of raw read and rebuild, in turns.
const ROUNDS: usize = 5;
/// How often each question is asked.
const TIMES: u32 = 500;

/// Reads the whole log with the follower that the read model uses, and does nothing with it.
async fn raw(log: &Arc<dyn EventLog>, head: Sequence) -> Result<f64> {
    let started = Instant::now();
    let mut batches = log.follow(0);
    let mut seen = 0;
    while seen < head {
        let batch = batches.next().await.context("the log ended")??;
        seen += batch.len() as u64;
    }
    Ok(rate(seen, started.elapsed()))
}

/// Builds the read models from nothing.
pub(crate) async fn rebuild(log: &Arc<dyn EventLog>, head: Sequence, folder: &Path) -> Result<f64> {
    let stop = CancellationToken::new();
    let started = Instant::now();
    let model = ReadModel::open(folder, Options::default())?;
    let following = tokio::spawn(model.follow(Arc::clone(log), stop.clone()));
    model.positions().wait_for(|there| *there >= head).await?;
    let took = started.elapsed();
    stop.cancel();
    following.await?;
    ensure!(
        model.status(now()).parked.is_empty(),
        "an aggregate was parked"
    );
    Ok(rate(head, took))
}

/// Rebuild beside raw read, and the space that the read models take.
pub(crate) async fn rebuilding(
    log: &Arc<dyn EventLog>,
    name: &str,
    events: u64,
    folder: &Path,
) -> Result<Vec<Figure>> {
    let head = log.head().await?;
    let (mut raws, mut rebuilds) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    for round in 0..ROUNDS {
        raws.push(raw(log, head).await?);
        let place = folder.join(format!("rebuild-{round}"));
        rebuilds.push(rebuild(log, head, &place).await?);
        bytes = crate::logs::size(&place)?;
        std::fs::remove_dir_all(&place)?;
    }
    let limit = median(raws);
    let figure = |what, value, unit| Figure::of(name, events, what, value, unit);
    let rebuild = figure("rebuild of every read model", median(rebuilds), "/s");
    Ok(vec![
        figure("raw read of the log", limit, "/s"),
        Figure {
            beside: Some(limit),
            ..rebuild
        },
        figure("read models on disk", mebibytes(bytes), "MiB"),
    ])
}

/// The space that the log takes, and the events in it.
pub(crate) async fn sizes(rig: &Rig, name: &str, events: u64) -> Result<[Figure; 2]> {
    let (on_disk, head) = (mebibytes(rig.bytes()?), rig.log.head().await?);
    let (mut batches, mut seen, mut json) = (rig.log.follow(0), 0, 0);
    while seen < head {
        let batch = batches.next().await.context("the log ended")??;
        seen += batch.len() as u64;
        json += batch
            .iter()
            .map(|record| record.body.len() as u64)
            .sum::<u64>();
    }
    let figure = |what, value| Figure::of(name, events, what, value, "MiB");
    Ok([
        figure("log on disk", on_disk),
        figure("JSON of the events", mebibytes(json)),
    ])
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub(crate) fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// What people ask, one after another.
pub(crate) struct Questions<'a> {
    serving: &'a Serving,
    area: Slug,
    clerk: Principal,
    today: NaiveDate,
}

impl<'a> Questions<'a> {
    pub(crate) fn new(serving: &'a Serving) -> Result<Self> {
        let area = Slug::new(&serving.area)?;
        let clerk = person(&area, Role::Clerk);
        Ok(Self {
            serving,
            area,
            clerk,
            today: now().date_naive(),
        })
    }

    fn at(&self, as_of: AsOf) -> Question<'_> {
        Question {
            area: &self.area,
            as_of,
            today: self.today,
            reader: &self.clerk,
        }
    }

    /// Every question with its rate and latencies.
    pub(crate) fn figures(&self, name: &str, events: u64) -> Result<Vec<Figure>> {
        let model = &self.serving.model;
        let now = self.at(AsOf::NOW);
        let page = model.list(&now, &Filter::open(), Sort::DUE, 50, None)?;
        let one: Reference = page
            .rows
            .first()
            .context("nothing is open")?
            .reference
            .clone();
        let past = self.middle(&one)?;
        let then = self.at(AsOf::true_on(past));
        let open = Filter::open();
        let by_text = Filter {
            text: Some("county lines".to_owned()),
            ..Filter::open()
        };
        Ok(vec![
            ask(name, events, "page of 50 open actions", TIMES, || {
                model.list(&now, &open, Sort::DUE, 50, None).map(drop)
            })?,
            ask(name, events, "one action", TIMES, || {
                model.action(&now, &one).map(drop)
            })?,
            ask(name, events, "counts of open actions", 50, || {
                model.counts(&now, &open).map(drop)
            })?,
            ask(name, events, "text search in open actions", 50, || {
                model.list(&now, &by_text, Sort::DUE, 50, None).map(drop)
            })?,
            ask(name, events, "as-of list, first time", 1, || {
                model.list(&then, &open, Sort::DUE, 50, None).map(drop)
            })?,
            ask(name, events, "as-of list, warm", 50, || {
                model.list(&then, &open, Sort::DUE, 50, None).map(drop)
            })?,
            ask(name, events, "as-of counts, every action, warm", 20, || {
                model.counts(&then, &Filter::default()).map(drop)
            })?,
        ])
    }

    /// A day in the middle of the record: a year after the first of the open actions began.
    fn middle(&self, one: &Reference) -> Result<NaiveDate> {
        let story = self.serving.model.action(&self.at(AsOf::NOW), one)?;
        let raised = story
            .context("an action that was listed is not there")?
            .row
            .raised_on;
        raised
            .checked_add_days(Days::new(365))
            .context("a day a year later")
    }
}

fn ask<E: std::error::Error + Send + Sync + 'static>(
    log: &str,
    events: u64,
    what: &str,
    times: u32,
    mut question: impl FnMut() -> Result<(), E>,
) -> Result<Figure> {
    let mut latency = Latencies::new()?;
    let mut all = Duration::ZERO;
    for _ in 0..times {
        let begun = Instant::now();
        question()?;
        let took = begun.elapsed();
        latency.add(took);
        all += took;
    }
    Ok(Figure {
        latency_ms: Some(latency.percentiles()),
        ..Figure::of(log, events, what, rate(u64::from(times), all), "/s")
    })
}
