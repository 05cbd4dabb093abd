//! Appends through gRPC beside raw appends to the same log and a bare gRPC handler, in turns.

use crate::bare::Bare;
use crate::figures::{Figure, Latencies, median, rate};
use crate::raw::{Raw, fresh_id};
use crate::serving::Serving;
use anyhow::{Context, Result};
use api::v1::{Progress, Rag, RecordUpdateRequest, Write};
use bytes::Bytes;
use event_log::EventLog;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Rounds of each, in turns; the figure is the median.
const ROUNDS: u64 = 5;
/// What an update says: with it a message is about as long as a real one, 600 to 700 bytes.
const NARRATIVE: &str = "The outreach team has met the schools twice this quarter, the pathway is \
    agreed with the health partners, and the first referrals came through in the last month; the \
    remaining two districts will be brought in by the end of the next quarter.";

/// Medians and latencies of one way to append.
struct Way {
    per_second: Vec<f64>,
    latency: Latencies,
}

impl Way {
    fn new() -> Result<Self> {
        Ok(Self {
            per_second: Vec::new(),
            latency: Latencies::new()?,
        })
    }

    fn add(&mut self, (per_second, latency): (f64, Latencies)) -> Result<()> {
        self.per_second.push(per_second);
        self.latency.merge(&latency)
    }
}

/// Appends through gRPC, without it, and through gRPC with nothing behind it, in turns.
pub(crate) async fn figures(
    serving: &Serving,
    raw: &Raw,
    body: Bytes,
    name: &str,
    events: u64,
    per_round: u64,
) -> Result<Vec<Figure>> {
    let bare = Bare::start(raw.clone(), body.clone()).await?;
    let mut figures = Vec::new();
    for in_flight in [1, 64, 256] {
        let count = if in_flight == 1 {
            per_round / 8
        } else {
            per_round
        };
        let each = count.max(1).div_ceil(in_flight as u64);
        let (mut through, mut limit, mut handler) = (Way::new()?, Way::new()?, Way::new()?);
        for round in 0..ROUNDS {
            through.add(grpc(serving, in_flight, each).await?)?;
            limit.add(rawly(raw, &body, in_flight, each, round).await?)?;
            handler.add(barely(&bare, serving, in_flight, each, round).await?)?;
        }
        let beside = median(limit.per_second.clone());
        for (what, way) in [
            ("append through gRPC", through),
            ("bare gRPC handler", handler),
            (raw.name(), limit),
        ] {
            figures.push(Figure {
                log: name.to_owned(),
                events,
                what: format!("{what}, {in_flight} in flight"),
                value: median(way.per_second),
                unit: "/s",
                beside: Some(beside),
                latency_ms: Some(way.latency.percentiles()),
            });
        }
    }
    Ok(figures)
}

async fn grpc(serving: &Serving, in_flight: usize, each: u64) -> Result<(f64, Latencies)> {
    let started = Instant::now();
    let mut clients = Vec::new();
    for client in 0..in_flight {
        let mut stub = serving.command();
        let targets = serving.targets(client, in_flight);
        let area = serving.area.clone();
        clients.push(tokio::spawn(async move {
            let mut latency = Latencies::new()?;
            for n in 0..each {
                let reference = pick(&targets, n).context("no open action to update")?;
                let request = update(&area, reference);
                let begun = Instant::now();
                stub.record_update(request)
                    .await
                    .context("an update through gRPC")?;
                latency.add(begun.elapsed());
            }
            anyhow::Ok(latency)
        }));
    }
    finished(clients, each, started).await
}

fn pick<T>(targets: &[T], n: u64) -> Option<&T> {
    let index = usize::try_from(n).ok()? % targets.len().max(1);
    targets.get(index)
}

fn update(area: &str, reference: &str) -> RecordUpdateRequest {
    RecordUpdateRequest {
        write: Some(Write {
            request_id: fresh_id().to_string(),
            area: area.to_owned(),
            ..Write::default()
        }),
        reference: reference.to_owned(),
        period: String::new(),
        progress: Some(Progress {
            rag: Rag::Green.into(),
            narrative: NARRATIVE.to_owned(),
            ..Progress::default()
        }),
    }
}

/// The subject of one client in one round.
fn subject(of: &str, in_flight: usize, round: u64, client: usize) -> String {
    format!("evt.bench-{of}.action.R{in_flight}/{round}/{client}")
}

async fn rawly(
    raw: &Raw,
    body: &Bytes,
    in_flight: usize,
    each: u64,
    round: u64,
) -> Result<(f64, Latencies)> {
    let started = Instant::now();
    let mut clients = Vec::new();
    for client in 0..in_flight {
        let (raw, body) = (raw.clone(), body.clone());
        clients.push(tokio::spawn(async move {
            let subject = subject("raw", in_flight, round, client);
            let (mut latency, mut expected) = (Latencies::new()?, 0);
            for _ in 0..each {
                let begun = Instant::now();
                expected = raw.append(&subject, expected, body.clone()).await?;
                latency.add(begun.elapsed());
            }
            anyhow::Ok(latency)
        }));
    }
    finished(clients, each, started).await
}

async fn barely(
    bare: &Bare,
    serving: &Serving,
    in_flight: usize,
    each: u64,
    round: u64,
) -> Result<(f64, Latencies)> {
    let started = Instant::now();
    let mut clients = Vec::new();
    for client in 0..in_flight {
        let (mut stub, area) = (bare.client(client), serving.area.clone());
        clients.push(tokio::spawn(async move {
            let subject = subject("bare", in_flight, round, client);
            let (mut latency, mut expected) = (Latencies::new()?, 0);
            for _ in 0..each {
                let request = RecordUpdateRequest {
                    period: expected.to_string(),
                    ..update(&area, &subject)
                };
                let begun = Instant::now();
                expected = stub.append(request).await?;
                latency.add(begun.elapsed());
            }
            anyhow::Ok(latency)
        }));
    }
    finished(clients, each, started).await
}

/// Waits for every client; how many appends a second they made together.
async fn finished(
    clients: Vec<JoinHandle<Result<Latencies>>>,
    each: u64,
    started: Instant,
) -> Result<(f64, Latencies)> {
    let mut latency = Latencies::new()?;
    let count = each * clients.len() as u64;
    for client in clients {
        latency.merge(&client.await??)?;
    }
    Ok((rate(count, started.elapsed()), latency))
}

/// How long an append takes until a reader sees it, with nothing else going on.
pub(crate) async fn until_visible(serving: &Serving, times: u64) -> Result<Latencies> {
    let mut latency = Latencies::new()?;
    let mut stub = serving.command();
    let targets = serving.targets(0, 1);
    for n in 0..times {
        let reference = pick(&targets, n).context("no open action to update")?;
        let begun = Instant::now();
        let written = stub
            .record_update(update(&serving.area, reference))
            .await?
            .into_inner()
            .written
            .context("a write without an answer")?;
        serving
            .wait_for(written.position, Duration::from_secs(10))
            .await?;
        latency.add(begun.elapsed());
    }
    Ok(latency)
}

/// A body as long as those that come through gRPC: an update of the log.
pub(crate) async fn sample(serving: &Serving, log: &Arc<dyn EventLog>) -> Result<Bytes> {
    let targets = serving.targets(0, 1);
    let reference = pick(&targets, 0).context("no open action to update")?;
    let request = update(&serving.area, reference);
    let written = serving.command().record_update(request).await?.into_inner();
    let position = written
        .written
        .context("a write without an answer")?
        .position;
    let record = log.read(position).await?;
    Ok(record.context("what was written is not there")?.body)
}
