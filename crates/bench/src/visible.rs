//! How long an append takes until a reader sees it.

use crate::figures::{Figure, Latencies, rate};
use crate::serving::Serving;
use crate::ways::{Appends as _, update};
use anyhow::{Context, Result};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Appends that are waited for.
const TIMES: u64 = 300;
/// Clients that make the load.
const CLIENTS: u32 = 64;

/// How long it took, and beside what.
pub(crate) struct Visible {
    what: String,
    latency: Latencies,
}

impl Visible {
    pub(crate) fn figure(&self, log: &str, events: u64) -> Figure {
        let latency = self.latency.percentiles();
        let what = format!("append through gRPC until visible, {}", self.what);
        Figure {
            latency_ms: Some(latency),
            ..Figure::of(log, events, what, latency.p99, "ms p99")
        }
    }
}

/// With nothing else going on.
pub(crate) async fn idle(serving: &Serving) -> Result<Visible> {
    Ok(Visible {
        what: "idle".to_owned(),
        latency: probe(serving, serving.targets(0, 1)).await?,
    })
}

/// While half as many appends as there can be at most are asked for, by schedule, whether or not
/// earlier ones are answered late.
pub(crate) async fn at_half_load(serving: &Serving, most: f64) -> Result<Visible> {
    let pause = Duration::from_secs_f64(f64::from(CLIENTS) / (most / 2.0).max(1.0));
    let (stop, begun) = (CancellationToken::new(), tokio::time::Instant::now());
    let clients = CLIENTS as usize;
    let loading = (0..CLIENTS).map(|n| {
        let (stop, mut client) = (stop.clone(), serving.through(n as usize + 1, clients + 1));
        let first = begun + pause * n / CLIENTS;
        tokio::spawn(async move {
            let (mut turns, mut made) = (tokio::time::interval_at(first, pause), 0);
            while !stop.is_cancelled() {
                turns.tick().await;
                client.append().await?;
                made += 1;
            }
            anyhow::Ok(made)
        })
    });
    let loading: Vec<_> = loading.collect();
    let latency = probe(serving, serving.targets(0, clients + 1)).await;
    stop.cancel();
    let mut made: u64 = 0;
    for client in loading {
        made += client.await??;
    }
    Ok(Visible {
        what: format!("{:.0} others a second", rate(made, begun.elapsed())),
        latency: latency?,
    })
}

/// One append after the other, each until the read model has taken it in.
async fn probe(serving: &Serving, targets: Vec<String>) -> Result<Latencies> {
    let mut latency = Latencies::new()?;
    let mut stub = serving.command();
    let mut targets = targets.into_iter().cycle();
    for _ in 0..TIMES {
        let reference = targets.next().context("no open action to update")?;
        let begun = Instant::now();
        let written = stub
            .record_update(update(&serving.area, &reference))
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
