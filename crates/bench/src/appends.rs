//! Appends through gRPC beside raw appends to the same log and a bare gRPC handler, in turns.

use crate::bare::Bare;
use crate::bulk;
use crate::figures::{Figure, Latencies, median, rate};
use crate::file::File;
use crate::raw::Raw;
use crate::serving::Serving;
use crate::ways::{Appends, Barely, Rawly, ToFile, update};
use anyhow::{Context, Result};
use bytes::Bytes;
use event_log::EventLog;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Rounds of each, in turns; the figure is the median.
const ROUNDS: u64 = 5;
/// What the program's own unary calls are called in the table.
const THROUGH: &str = "append through gRPC";
/// Requests in flight over one stream, and raw appends beside it.
const OVER_A_STREAM: usize = 1_024;

/// Medians and latencies of one way to append.
struct Way {
    what: String,
    per_second: Vec<f64>,
    latency: Latencies,
}

impl Way {
    fn new(what: impl Into<String>) -> Result<Self> {
        Ok(Self {
            what: what.into(),
            per_second: Vec::new(),
            latency: Latencies::new()?,
        })
    }

    fn add(&mut self, (per_second, latency): (f64, Latencies)) -> Result<()> {
        self.per_second.push(per_second);
        self.latency.merge(&latency)
    }
}

/// What appends go to, with and without the program.
pub(crate) struct Sides<'a> {
    pub(crate) serving: &'a Serving,
    pub(crate) raw: Raw,
    pub(crate) body: Bytes,
    /// A folder on the log's disk.
    pub(crate) folder: &'a Path,
}

impl Sides<'_> {
    /// Every way to append, each beside what has nothing of ours before it.
    pub(crate) async fn figures(
        &self,
        name: &str,
        events: u64,
        per_round: u64,
    ) -> Result<Vec<Figure>> {
        let bare = Bare::start(self.raw.clone(), self.body.clone()).await?;
        let file = File::create(&self.folder.join("appended"))?;
        let mut figures = Vec::new();
        for in_flight in [1, 64, 256] {
            let count = if in_flight == 1 {
                per_round / 8
            } else {
                per_round
            };
            let each = count.max(1).div_ceil(in_flight as u64);
            let mut ways = [
                Way::new(THROUGH)?,
                Way::new(self.raw.name())?,
                Way::new("bare gRPC handler")?,
                Way::new("file append and sync")?,
            ];
            for round in 0..ROUNDS {
                ways[0].add(
                    drive(
                        (0..in_flight).map(|n| self.serving.through(n, in_flight)),
                        each,
                    )
                    .await?,
                )?;
                ways[1].add(
                    drive(
                        (0..in_flight).map(|n| self.rawly(in_flight, round, n)),
                        each,
                    )
                    .await?,
                )?;
                let barely = (0..in_flight).map(|n| self.barely(&bare, in_flight, round, n));
                ways[2].add(drive(barely, each).await?)?;
                let to_file = || ToFile {
                    file: file.clone(),
                    body: self.body.clone(),
                };
                ways[3].add(drive((0..in_flight).map(|_| to_file()), each).await?)?;
            }
            figures.extend(told(ways, name, events, in_flight));
        }
        let mut ways = [
            Way::new("append over one stream")?,
            Way::new(self.raw.name())?,
        ];
        for round in 0..ROUNDS {
            let count = per_round.max(OVER_A_STREAM as u64);
            let each = count.div_ceil(OVER_A_STREAM as u64);
            ways[0].add(bulk::over_one_stream(self.serving, OVER_A_STREAM, count).await?)?;
            let rawly = (0..OVER_A_STREAM).map(|n| self.rawly(OVER_A_STREAM, round, n));
            ways[1].add(drive(rawly, each).await?)?;
        }
        figures.extend(told(ways, name, events, OVER_A_STREAM));
        Ok(figures)
    }

    fn rawly(&self, in_flight: usize, round: u64, client: usize) -> Rawly {
        Rawly {
            raw: self.raw.clone(),
            body: self.body.clone(),
            subject: subject("raw", in_flight, round, client),
            expected: 0,
        }
    }

    fn barely(&self, bare: &Bare, in_flight: usize, round: u64, client: usize) -> Barely {
        Barely {
            stub: bare.client(client),
            area: self.serving.area.clone(),
            subject: subject("bare", in_flight, round, client),
            expected: 0,
        }
    }
}

/// The most appends through gRPC, one request each, that were answered in a second.
pub(crate) fn most(figures: &[Figure]) -> f64 {
    let through = figures.iter().filter(|f| f.what.starts_with(THROUGH));
    through.map(|f| f.value).fold(0.0, f64::max)
}

/// The subject of one client in one round.
fn subject(of: &str, in_flight: usize, round: u64, client: usize) -> String {
    format!("evt.bench-{of}.action.R{in_flight}/{round}/{client}")
}

/// The figures of ways that went in turns; the second is what the others are held against.
fn told<const N: usize>(
    ways: [Way; N],
    name: &str,
    events: u64,
    in_flight: usize,
) -> impl Iterator<Item = Figure> {
    let beside = ways.get(1).map(|limit| median(limit.per_second.clone()));
    ways.into_iter().map(move |way| {
        let what = format!("{}, {in_flight} in flight", way.what);
        Figure {
            beside,
            latency_ms: Some(way.latency.percentiles()),
            ..Figure::of(name, events, what, median(way.per_second), "/s")
        }
    })
}

/// Lets every client append `each` messages, all clients at the same time; how many appends a second
/// they made together.
async fn drive<C: Appends>(
    clients: impl Iterator<Item = C>,
    each: u64,
) -> Result<(f64, Latencies)> {
    let started = Instant::now();
    let driving = clients.map(|mut client| {
        tokio::spawn(async move {
            let mut latency = Latencies::new()?;
            for _ in 0..each {
                let begun = Instant::now();
                client.append().await?;
                latency.add(begun.elapsed());
            }
            anyhow::Ok(latency)
        })
    });
    let driving: Vec<_> = driving.collect();
    let mut latency = Latencies::new()?;
    let count = each * driving.len() as u64;
    for client in driving {
        latency.merge(&client.await??)?;
    }
    Ok((rate(count, started.elapsed()), latency))
}

/// A body as long as those that come through gRPC: an update of the log.
pub(crate) async fn sample(serving: &Serving, log: &Arc<dyn EventLog>) -> Result<Bytes> {
    let reference = serving.targets(0, 1).into_iter().next();
    let reference = reference.context("no open action to update")?;
    let request = update(&serving.area, &reference);
    let written = serving.command().record_update(request).await?.into_inner();
    let position = written
        .written
        .context("a write without an answer")?
        .position;
    let record = log.read(position).await?;
    Ok(record.context("what was written is not there")?.body)
}
