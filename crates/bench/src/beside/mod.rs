//! `matters-bench beside`: the program's half of a comparison with other stores.
//!
//! It fills a log, writes the same rows out for a database to copy in, and then answers what it is
//! asked on standard input, one JSON object a line, with the answer and how fast it came. Whoever
//! compares (`tests/peers`, a workspace of its own) starts it as a process, so that no other
//! store's code is ever part of the product's dependencies.

mod answers;
mod facts;
mod rows;

use crate::fill;
use crate::logs::{Kind, Rig};
use crate::reads;
use crate::serving::{now, person};
use answers::Desk;
use anyhow::{Context, Result};
use clap::Args;
use domain::policy::Role;
use event_log::{EmbeddedLog, EmbeddedOptions, EventLog};
use projection::ReadModel;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What `beside` takes.
#[derive(Args)]
pub(crate) struct Options {
    /// An empty folder: `data` in it is for `matters serve`, `rows` for a database
    #[arg(long)]
    folder: PathBuf,
    /// How many events the log holds that questions are asked of
    #[arg(long)]
    events: u64,
    /// How many events the logs hold that read models are rebuilt from; 0: nothing is rebuilt
    #[arg(long, default_value_t = 0)]
    replay: u64,
    /// Seed of the generated panels
    #[arg(long, default_value_t = 2018)]
    seed: u64,
}

/// What the other side needs to know before it asks.
#[derive(Serialize)]
struct Ready {
    head: u64,
    /// Messages in `rows/events.ndjson`.
    replayed: u64,
    today: chrono::NaiveDate,
    area: String,
    #[serde(flatten)]
    asked: answers::Asked,
}

/// One line of standard input.
#[derive(Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
enum Ask {
    /// Answer a question again and again for a time.
    Question {
        what: answers::What,
        clients: usize,
        millis: u64,
    },
    /// Build every read model from nothing.
    Rebuild { log: RebuiltFrom },
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RebuiltFrom {
    Embedded,
    Jetstream,
}

/// Fills, writes out, and answers until standard input ends.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let area = fill::area()?;
    let data = options.folder.join("data");
    let rows = options.folder.join("rows");
    std::fs::create_dir_all(&rows)?;
    let head = {
        let log = open(&data).await?;
        fill::fill(&log, options.seed, options.events).await?;
        build(&log, &options.folder.join("read-model")).await?;
        rows::write(&log, &rows).await?;
        log.head().await?
    };
    let (mut rigs, mut replayed) = (Vec::new(), 0);
    let rebuilt_from = [Kind::Embedded, Kind::Jetstream];
    for kind in rebuilt_from.into_iter().filter(|_| options.replay > 0) {
        let rig = Rig::start(kind, None).await?;
        fill::fill(&rig.log, options.seed, options.replay).await?;
        rigs.push(rig);
    }
    if let Some(first) = rigs.first() {
        replayed = rows::events(&first.log, &rows.join("events.ndjson")).await?;
    }
    let model = ReadModel::open(
        options.folder.join("read-model"),
        projection::Options::default(),
    )?;
    let today = now().date_naive();
    let desk = Desk::new(model, area.clone(), person(&area, Role::Office), today)?;
    say(&Ready {
        head,
        replayed,
        today,
        area: area.to_string(),
        asked: desk.asked.clone(),
    })?;
    for line in std::io::stdin().lock().lines() {
        match serde_json::from_str(&line?).context("a line that is no question")? {
            Ask::Question {
                what,
                clients,
                millis,
            } => say(&desk.measure(what, clients, millis)?)?,
            Ask::Rebuild { log } => {
                let rig = match log {
                    RebuiltFrom::Embedded => rigs.first(),
                    RebuiltFrom::Jetstream => rigs.get(1),
                };
                let rig = rig.context("no such log")?;
                say(&rebuilt(rig, &options.folder.join("rebuilt")).await?)?;
            }
        }
    }
    Ok(())
}

/// How fast a rebuild was.
#[derive(Serialize)]
struct Rebuilt {
    per_second: f64,
    open: u64,
}

async fn rebuilt(rig: &Rig, folder: &Path) -> Result<Rebuilt> {
    let head = rig.log.head().await?;
    let per_second = reads::rebuild(&rig.log, head, folder).await?;
    let area = fill::area()?;
    let reader = person(&area, Role::Office);
    let open = {
        let model = ReadModel::open(folder, projection::Options::default())?;
        let question = projection::Question {
            area: &area,
            as_of: projection::AsOf::NOW,
            today: now().date_naive(),
            reader: &reader,
        };
        model.counts(&question, &projection::Filter::open())?.open
    };
    std::fs::remove_dir_all(folder)?;
    Ok(Rebuilt { per_second, open })
}

async fn open(data: &Path) -> Result<Arc<dyn EventLog>> {
    let log = EmbeddedLog::open(data.join("log"), EmbeddedOptions::default()).await?;
    Ok(Arc::new(log))
}

/// Builds the read models of a log and lets go of both.
async fn build(log: &Arc<dyn EventLog>, folder: &Path) -> Result<()> {
    let head = log.head().await?;
    let stop = CancellationToken::new();
    let model = ReadModel::open(folder, projection::Options::default())?;
    let following = tokio::spawn(model.follow(Arc::clone(log), stop.clone()));
    model.positions().wait_for(|there| *there >= head).await?;
    stop.cancel();
    Ok(following.await?)
}

/// One line of standard output.
fn say<T: Serialize>(what: &T) -> Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, what)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}
