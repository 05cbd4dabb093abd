//! `cargo xtask bench --peers`: Matters Arising beside its peers and beside PostgreSQL, on the same
//! work, on the same machine, in the same run.
//!
//! README.md beside this file says what is compared, with which versions and settings.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the table is the purpose"
)]

mod measure;
mod ours;
mod postgres;
mod questions;
mod rounds;
mod sizes;
mod stores;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use measure::Figure;
use ours::beside::Beside;
use ours::program::Program;
use postgres::Postgres;
use sizes::Sizes;
use std::path::PathBuf;
use std::sync::Arc;
use stores::Store;
use tempfile::TempDir;
use testkit::nats::{NatsOptions, NatsServer};

/// Measures Matters Arising beside its peers and beside PostgreSQL, in one run.
#[derive(Parser)]
#[command(name = "matters-peers")]
struct Options {
    /// The program
    #[arg(long)]
    matters: PathBuf,
    /// The program's own bench, which fills logs and answers in its process
    #[arg(long)]
    bench: PathBuf,
    /// What is measured
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["peers", "questions"])]
    parts: Vec<Part>,
    /// Events behind the questions to PostgreSQL
    #[arg(long, default_value_t = 100_000)]
    events: u64,
    /// Events that read models are rebuilt from, and behind the peers' pages
    #[arg(long, default_value_t = 20_000)]
    replay: u64,
    /// Appends of each store in a round
    #[arg(long, default_value_t = 1_920)]
    appends: u64,
    /// Rounds, in turns; a figure is their median
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// For how many milliseconds a question is asked in a round
    #[arg(long, default_value_t = 1_000)]
    millis: u64,
    /// Small sizes, once each: whether everything works, and every store answers the same
    #[arg(long)]
    check: bool,
    /// Where the figures go as JSON
    #[arg(long, default_value = "target/peers.json")]
    json: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The other event stores, and a plain table
    Peers,
    /// PostgreSQL with the rows of our own log
    Questions,
}

impl Options {
    fn sizes(&self) -> Sizes {
        if self.check {
            return Sizes::SMALL;
        }
        Sizes {
            events: self.events,
            replay: self.replay,
            appends: self.appends,
            rounds: self.rounds,
            millis: self.millis,
            clients: 64,
        }
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let sizes = options.sizes();
    let postgres = Postgres::start().await?;
    eprintln!("{}", postgres.version);
    let mut figures = Vec::new();
    if options.parts.contains(&Part::Peers) {
        figures.extend(peers(&options, &sizes, &postgres).await?);
    }
    if options.parts.contains(&Part::Questions) {
        eprintln!("{} events into both …", sizes.events);
        let stage =
            questions::Stage::set(&postgres, &options.matters, &options.bench, sizes.events);
        let stage = stage.await?;
        eprintln!("both answer every question with the same; questions …");
        figures.extend(stage.figures(&sizes).await?);
    }
    println!("{}", measure::table(&figures));
    std::fs::write(&options.json, serde_json::to_vec_pretty(&figures)?)?;
    eprintln!("The same as JSON: {}", options.json.display());
    Ok(())
}

/// Servers and folders that the stores need for as long as they live.
struct Ground {
    _servers: Vec<NatsServer>,
    _folder: TempDir,
}

/// Every store that this machine can have; what it cannot is said.
async fn open(postgres: &Postgres, sizes: &Sizes) -> Result<(Vec<Arc<dyn Store>>, Ground)> {
    let connections = u32::try_from(sizes.clients)?;
    let mut stores: Vec<Arc<dyn Store>> = Vec::new();
    let url = postgres.create("cqrs").await?;
    stores.push(Arc::new(stores::cqrs::Cqrs::open(&url, connections).await?));
    let url = postgres.create("disintegrate").await?;
    let store = stores::disintegrated::Disintegrated::open(&url, connections);
    stores.push(Arc::new(store.await?));
    let mut servers = Vec::new();
    for (database, sync_always) in [("sourced", false), ("sourced_always", true)] {
        let server = NatsServer::start_with(NatsOptions {
            sync_always,
            ..NatsOptions::default()
        });
        let server = server.await?;
        let (views, url) = (postgres.create(database).await?, server.url());
        let store = stores::sourced::Sourced::open(sync_always, &url, &views);
        stores.push(Arc::new(store.await?));
        servers.push(server);
    }
    let folder = TempDir::new()?;
    match stores::message_db::bring(folder.path()) {
        Ok(sql) => {
            let url = postgres.create("message_store").await?;
            let store = stores::message_db::MessageDb::open(&url, &sql, sizes.clients);
            stores.push(Arc::new(store.await?));
        }
        Err(error) => eprintln!("message-db is left out: {error:#}"),
    }
    let url = postgres.create("plain").await?;
    let store = stores::plain::Plain::open(&url, sizes.clients).await?;
    stores.push(Arc::new(store));
    let ground = Ground {
        _servers: servers,
        _folder: folder,
    };
    Ok((stores, ground))
}

/// The rows of the other event stores.
async fn peers(options: &Options, sizes: &Sizes, postgres: &Postgres) -> Result<Vec<Figure>> {
    eprintln!("{} events into our own logs …", sizes.replay);
    let mut beside = Beside::start(&options.bench, sizes.replay, sizes.replay).await?;
    let history = stores::event::read(&beside.rows().join("events.ndjson"))?;
    let (stores, _ground) = open(postgres, sizes).await?;
    eprintln!("appends …");
    let mut figures = rounds::appends(&stores, &options.matters, &history, sizes).await?;
    eprintln!("rebuilds …");
    figures.extend(rounds::rebuilds(&stores, &mut beside, &history, sizes).await?);
    rounds::same_page(&stores, &mut beside).await?;
    eprintln!("every page is the same; pages …");
    let program = Program::on(&options.matters, &beside.data(), beside.asked.head).await?;
    figures.extend(rounds::pages(&stores, &program, &mut beside, sizes).await?);
    Ok(figures)
}
