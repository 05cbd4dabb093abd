//! The stores and ours, in turns: appends, rebuilds, pages.

use crate::measure::{Figure, Latencies, ours, rate};
use crate::ours::beside::Beside;
use crate::ours::program::{Log, Program};
use crate::ours::reader::Reader;
use crate::ours::writer::Writer;
use crate::sizes::Sizes;
use crate::stores::Store;
use crate::stores::event::{Changed, fresh};
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Events in the life of an action, as in the generated panels.
const LIFE: usize = 10;
/// Clients of the page.
const READERS: [usize; 2] = [1, 64];

/// Waits for every client; what they did a second together.
async fn finished(clients: Vec<JoinHandle<Result<Latencies>>>) -> Result<Latencies> {
    let mut latency = Latencies::new()?;
    for client in clients {
        latency.merge(&client.await??)?;
    }
    Ok(latency)
}

fn reference(round: usize, client: usize, life: u64) -> String {
    format!("PEERS/{round}/{client}/{life}")
}

/// Appends of every store and of ours on each log, in turns. The others hold a history already, so
/// that their planners know their tables.
pub(crate) async fn appends(
    stores: &[Arc<dyn Store>],
    matters: &Path,
    history: &[Changed],
    sizes: &Sizes,
) -> Result<Vec<Figure>> {
    let sample = history.iter().find(|c| c.kind == "action.updated.v1");
    let sample = sample.context("no update among the generated events")?;
    for store in stores {
        store.fill(history).await?;
    }
    let what = format!("append, {} clients", sizes.clients);
    let lives = sizes.appends.div_ceil((LIFE * sizes.clients) as u64).max(1);
    let mut programs = Vec::new();
    for (log, name) in [
        (Log::Embedded, ours::EMBEDDED),
        (Log::Nats, ours::NATS),
        (Log::NatsAlways, ours::NATS_ALWAYS),
    ] {
        let program = Arc::new(Program::fresh(matters, log).await?);
        Writer::new(&program, 0).prepare().await?;
        programs.push((program, Figure::new(&what, name, 0)));
    }
    let mut theirs: Vec<Figure> = stores
        .iter()
        .map(|store| Figure::new(&what, store.name(), 0).beside(store.appends_beside()))
        .collect();
    for round in 0..sizes.rounds {
        for (program, figure) in &mut programs {
            let (begun, mut clients) = (Instant::now(), Vec::new());
            for client in 0..sizes.clients {
                let mut writer = Writer::new(program, client);
                clients.push(tokio::spawn(async move {
                    let mut latency = Latencies::new()?;
                    for life in 0..lives {
                        let reference = reference(round, client, life);
                        writer.live(&reference, LIFE, &mut latency).await?;
                    }
                    Ok(latency)
                }));
            }
            let latency = finished(clients).await?;
            let per_second = rate(latency.count(), begun.elapsed());
            figure.add(per_second, Some(latency.percentiles()));
        }
        for (store, figure) in stores.iter().zip(&mut theirs) {
            let (begun, mut clients) = (Instant::now(), Vec::new());
            for client in 0..sizes.clients {
                let (store, sample) = (Arc::clone(store), sample.clone());
                clients.push(tokio::spawn(async move {
                    let mut latency = Latencies::new()?;
                    for life in 0..lives {
                        let reference = reference(round, client, life);
                        let numbers = 0..LIFE as u64;
                        let life: Vec<Changed> = numbers
                            .map(|already| fresh(&sample, &reference, already))
                            .collect();
                        store.live(&life, &mut latency).await?;
                    }
                    Ok(latency)
                }));
            }
            let latency = finished(clients).await?;
            let per_second = rate(latency.count(), begun.elapsed());
            figure.add(per_second, Some(latency.percentiles()));
        }
    }
    let ours = programs.into_iter().map(|(_, figure)| figure);
    Ok(ours.chain(theirs).collect())
}

/// Rebuilds of every store's read model and of all of ours, in turns.
pub(crate) async fn rebuilds(
    stores: &[Arc<dyn Store>],
    beside: &mut Beside,
    history: &[Changed],
    sizes: &Sizes,
) -> Result<Vec<Figure>> {
    let what = "rebuild of the read model";
    let figure = |who: &str| Figure::new(what, who, sizes.replay);
    let mut ours = [
        ("embedded", figure(ours::REBUILT)),
        ("jetstream", figure(ours::REBUILT_NATS)),
    ];
    let mut theirs: Vec<Figure> = stores
        .iter()
        .map(|store| figure(store.name()).beside(store.rebuild_beside()))
        .collect();
    for store in stores {
        store.fill(history).await?;
    }
    let kept = history.len() as u64;
    for _ in 0..sizes.rounds {
        for (log, figure) in &mut ours {
            let rebuilt = beside.rebuild(log).await?;
            ensure!(rebuilt.open > 0, "nothing is open after a rebuild");
            figure.add(rebuilt.per_second, None);
        }
        for (store, figure) in stores.iter().zip(&mut theirs) {
            let begun = Instant::now();
            store.rebuild().await?;
            figure.add(rate(kept, begun.elapsed()), None);
        }
    }
    Ok(ours
        .into_iter()
        .map(|(_, figure)| figure)
        .chain(theirs)
        .collect())
}

/// Whether every store's page, after its rebuild, is ours.
pub(crate) async fn same_page(stores: &[Arc<dyn Store>], beside: &mut Beside) -> Result<()> {
    let ours = beside.question("page", 1, 1).await?.answer;
    for store in stores {
        let theirs = store.page().await?;
        ensure!(
            theirs == ours,
            "the page of {} is another: {theirs:?}, not {ours:?}",
            store.name()
        );
    }
    Ok(())
}

/// Pages of every store and of ours, in turns, with one client and with many.
pub(crate) async fn pages(
    stores: &[Arc<dyn Store>],
    program: &Program,
    beside: &mut Beside,
    sizes: &Sizes,
) -> Result<Vec<Figure>> {
    let limit = Duration::from_millis(sizes.millis);
    let mut figures = Vec::new();
    for readers in READERS {
        let what = match readers {
            1 => "page of 50 open items".to_owned(),
            _ => format!("page of 50 open items, {readers} clients"),
        };
        let figure = |who: &str| Figure::new(&what, who, sizes.replay);
        let mut inside = figure(ours::INSIDE);
        let mut through = figure(ours::GRPC);
        let mut theirs: Vec<Figure> = stores
            .iter()
            .map(|store| figure(store.name()).beside(ours::GRPC))
            .collect();
        for _ in 0..sizes.rounds {
            let ours = beside.question("page", readers, sizes.millis).await?;
            inside.add(ours.per_second, Some(ours.latency_ms));
            let (begun, mut clients) = (Instant::now(), Vec::new());
            for turn in 0..readers {
                let mut reader = Reader::new(program, &beside.asked, turn);
                clients.push(tokio::spawn(async move {
                    let (mut latency, begun) = (Latencies::new()?, Instant::now());
                    while begun.elapsed() < limit {
                        let asked = Instant::now();
                        reader.ask("page").await?;
                        latency.add(asked.elapsed());
                    }
                    Ok(latency)
                }));
            }
            let latency = finished(clients).await?;
            let per_second = rate(latency.count(), begun.elapsed());
            through.add(per_second, Some(latency.percentiles()));
            for (store, figure) in stores.iter().zip(&mut theirs) {
                let (begun, mut clients) = (Instant::now(), Vec::new());
                for _ in 0..readers {
                    let store = Arc::clone(store);
                    clients.push(tokio::spawn(async move {
                        let (mut latency, begun) = (Latencies::new()?, Instant::now());
                        while begun.elapsed() < limit {
                            let asked = Instant::now();
                            store.page().await?;
                            latency.add(asked.elapsed());
                        }
                        Ok(latency)
                    }));
                }
                let latency = finished(clients).await?;
                let per_second = rate(latency.count(), begun.elapsed());
                figure.add(per_second, Some(latency.percentiles()));
            }
        }
        figures.extend([inside, through]);
        figures.extend(theirs);
    }
    Ok(figures)
}
