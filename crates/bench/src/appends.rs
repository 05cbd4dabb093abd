//! Appends through gRPC beside raw appends to the same log, in turns.

use crate::figures::{Figure, Latencies, median, rate};
use crate::serving::Serving;
use anyhow::{Context, Result};
use api::v1::{Progress, Rag, RecordUpdateRequest, Write};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use event_log::{Append, Attributes, Digest, EventLog, Sequence, Subject};
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Rounds of each, in turns; the figure is the median.
const ROUNDS: u64 = 5;
/// What an update says: with it a message is about as long as a real one, 600 to 700 bytes.
const NARRATIVE: &str = "The outreach team has met the schools twice this quarter, the pathway is \
    agreed with the health partners, and the first referrals came through in the last month; the \
    remaining two districts will be brought in by the end of the next quarter.";

/// Measures appends with so many in flight.
pub(crate) async fn measure(
    serving: &Serving,
    log: &Arc<dyn EventLog>,
    in_flight: usize,
    per_round: u64,
) -> Result<(f64, f64, Latencies, Latencies)> {
    let (mut through, mut raw) = (Vec::new(), Vec::new());
    let (mut through_latency, mut raw_latency) = (Latencies::new()?, Latencies::new()?);
    for round in 0..ROUNDS {
        let (per_second, latency) = grpc(serving, in_flight, per_round).await?;
        through.push(per_second);
        through_latency.merge(&latency)?;
        let (per_second, latency) = bare(log, in_flight, per_round, round).await?;
        raw.push(per_second);
        raw_latency.merge(&latency)?;
    }
    Ok((median(through), median(raw), through_latency, raw_latency))
}

/// The same as figures.
pub(crate) async fn figures(
    serving: &Serving,
    log: &Arc<dyn EventLog>,
    name: &str,
    events: u64,
    per_round: u64,
) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for in_flight in [1, 64, 256] {
        let count = if in_flight == 1 {
            per_round / 8
        } else {
            per_round
        };
        let (through, raw, latency, raw_latency) =
            measure(serving, log, in_flight, count.max(1)).await?;
        let figure = |what: String, value, beside, latency: &Latencies| Figure {
            log: name.to_owned(),
            events,
            what,
            value,
            unit: "/s",
            beside,
            latency_ms: Some(latency.percentiles()),
        };
        let what = format!("append through gRPC, {in_flight} in flight");
        figures.push(figure(what, through, Some(raw), &latency));
        figures.push(figure(
            format!("raw append, {in_flight} in flight"),
            raw,
            None,
            &raw_latency,
        ));
    }
    Ok(figures)
}

async fn grpc(serving: &Serving, in_flight: usize, count: u64) -> Result<(f64, Latencies)> {
    let each = count.div_ceil(in_flight as u64);
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
    let mut latency = Latencies::new()?;
    for client in clients {
        latency.merge(&client.await??)?;
    }
    Ok((rate(each * in_flight as u64, started.elapsed()), latency))
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

/// Identifiers that no other round makes: time-ordered where the log keeps an index of them.
fn fresh_id() -> Uuid {
    #[allow(
        clippy::disallowed_methods,
        reason = "a measurement that is repeated on one log needs fresh identifiers"
    )]
    let id = Uuid::now_v7();
    id
}

async fn bare(
    log: &Arc<dyn EventLog>,
    in_flight: usize,
    count: u64,
    round: u64,
) -> Result<(f64, Latencies)> {
    let each = count.div_ceil(in_flight as u64);
    let body = sample(log).await?;
    let started = Instant::now();
    let mut clients = Vec::new();
    for client in 0..in_flight {
        let (log, body) = (Arc::clone(log), body.clone());
        clients.push(tokio::spawn(async move {
            let subject = Subject::parse(&format!(
                "evt.bench-raw.action.R{in_flight}/{round}/{client}"
            ))?;
            let (mut latency, mut expected) = (Latencies::new()?, 0);
            for _ in 0..each {
                let append = message(&subject, expected, &body);
                let begun = Instant::now();
                expected = log.append(append).await?.sequence;
                latency.add(begun.elapsed());
            }
            anyhow::Ok(latency)
        }));
    }
    let mut latency = Latencies::new()?;
    for client in clients {
        latency.merge(&client.await??)?;
    }
    Ok((rate(each * in_flight as u64, started.elapsed()), latency))
}

/// A body of the same length as those that came through gRPC: the last one of the log.
async fn sample(log: &Arc<dyn EventLog>) -> Result<Bytes> {
    let head = log.head().await?;
    Ok(log.read(head).await?.context("the log is empty")?.body)
}

fn message(subject: &Subject, expected: Sequence, body: &Bytes) -> Append {
    Append {
        id: fresh_id(),
        subject: subject.clone(),
        expected,
        digest: Digest::of(body),
        attributes: Attributes {
            source: "/bench".to_owned(),
            kind: domain::stored::DECISION_TYPE.to_owned(),
            time: DateTime::<Utc>::UNIX_EPOCH,
        },
        body: body.clone(),
    }
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
