//! Runs the phases, one after another, each against a server of its own.

use crate::chance::Chance;
use crate::day::{Ask, per_second};
use crate::office::{Office, keys};
use crate::outcome::{Outcome, Tally};
use crate::phase::Phase;
use crate::report::{Measured, Report};
use crate::server::{Program, Server};
use anyhow::{Result, bail};
use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::{Instant, sleep_until, timeout};

/// Live streams of each area: 215 in all, of the 256 that a server takes.
const WATCHERS: usize = 5;

/// How long answers that are still out are waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Requests that may be out at one time: a server that lets more come has no limit.
const MOST_OUT: u64 = OUT as u64;
const OUT: usize = 50_000;

/// How much beyond the most that was answered it is asked in the end.
const BEYOND: f64 = 1.1;

/// How the rate grows from one step of the search to the next, and after how many it ends.
const STEP: (f64, usize) = (1.4, 24);

/// A step of the search shows saturation when p99 is above this, in milliseconds.
const SLOW: f64 = 1_000.0;

/// What to run.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The program: its binary, and what comes before its own arguments.
    pub program: Program,
    /// Which phases.
    pub phases: Vec<Phase>,
    /// How long each lasts.
    pub lasts: Duration,
    /// How long a step of the search for saturation lasts.
    pub step: Duration,
    /// From which chance follows.
    pub seed: u64,
    /// Now, for tokens.
    pub now: DateTime<Utc>,
}

/// Runs them.
///
/// # Errors
/// When the server does not start, or its record cannot be prepared.
pub async fn run(asked: &Asked, mut tell: impl FnMut(&str)) -> Result<Report> {
    let mut measured = Vec::new();
    for phase in &asked.phases {
        measured.push(of_phase(asked, *phase, &mut tell).await?);
    }
    Ok(Report {
        measured,
        seed: asked.seed,
    })
}

async fn of_phase(asked: &Asked, phase: Phase, tell: &mut impl FnMut(&str)) -> Result<Measured> {
    let folder = TempDir::new()?;
    let server = Server::start(&asked.program, folder.path())?;
    let office = Office::open(&server.url, &keys(folder.path())?, asked.now).await?;
    office.prepare(asked.seed).await?;
    let stage = Stage {
        office: Arc::new(office),
        server,
        changes: Arc::new(AtomicU64::new(0)),
    };
    let streams = stage.office.watch(WATCHERS).await?;
    let watching: Vec<_> = streams
        .into_iter()
        .map(|mut stream| {
            let changes = Arc::clone(&stage.changes);
            tokio::spawn(async move {
                loop {
                    match stream.next().await {
                        Some(Ok(_)) => changes.fetch_add(1, Ordering::Relaxed),
                        Some(Err(status)) => return format!("a live stream: {status}"),
                        None => return "a live stream ended".to_owned(),
                    };
                }
            })
        })
        .collect();
    let rate = match phase.per_second() {
        Some(rate) => rate,
        None => stage.saturation(asked, tell).await? * BEYOND,
    };
    tell(&format!("{}: {rate:.1} requests a second", phase.name()));
    let mut measured = stage.ask(phase, rate, asked.lasts, asked.seed).await?;
    for watch in watching {
        if watch.is_finished() {
            *measured.tally.errors.entry(watch.await?).or_insert(0) += 1;
        } else {
            watch.abort();
        }
    }
    Ok(measured)
}

struct Stage {
    office: Arc<Office>,
    server: Server,
    changes: Arc<AtomicU64>,
}

type Done = (Ask, Duration, Outcome);

impl Stage {
    /// The most that is answered in a second.
    async fn saturation(&self, asked: &Asked, tell: &mut impl FnMut(&str)) -> Result<f64> {
        let mut rate = per_second() * 10.0;
        let mut most: f64 = 0.0;
        for step in 0..STEP.1 {
            let seed = asked.seed.wrapping_add(1 + step as u64);
            let found = self.ask(Phase::Saturation, rate, asked.step, seed).await?;
            let answered = found.answered_per_second();
            most = most.max(answered);
            let p99 = found.tally.all().p99;
            tell(&format!(
                "looking for saturation: {rate:.0}/s asked, {answered:.0}/s answered, p99 {p99:.1} ms, {} refused for want of room",
                found.tally.busy
            ));
            if found.tally.error_count() > 0 {
                bail!("errors below saturation: {:?}", found.tally.errors);
            }
            if found.tally.busy > 0 || answered < 0.9 * rate || p99 > SLOW {
                break;
            }
            rate *= STEP.0;
        }
        Ok(most)
    }

    /// Asks by schedule for so long, and waits for the answers.
    async fn ask(&self, phase: Phase, rate: f64, lasts: Duration, seed: u64) -> Result<Measured> {
        let mut tally = Tally::new()?;
        let mut memory = Vec::new();
        let mut chance = Chance::of(seed);
        let (done, mut answers) = channel::<Done>(OUT);
        let began = Instant::now();
        let changes = self.changes.load(Ordering::Relaxed);
        let (mut next, mut sample, mut sent, mut got) = (began, began, 0_u64, 0_u64);
        while next < began + lasts {
            // What is late is sent at once; its latency counts from when it should have been.
            sleep_until(next).await;
            self.send(Ask::any(&mut chance), chance.draw(), next, done.clone());
            sent += 1;
            while let Ok((ask, took, outcome)) = answers.try_recv() {
                got += 1;
                tally.add(ask, took, outcome);
            }
            if sent - got > MOST_OUT {
                bail!(
                    "{MOST_OUT} requests are unanswered: the server takes in more than it can answer"
                );
            }
            if sample <= next {
                memory.extend(self.server.memory());
                sample += Duration::from_secs(1);
            }
            next += chance.gap(rate);
        }
        let asked_for = began.elapsed();
        drop(done);
        while let Ok(Some((ask, took, outcome))) = timeout(PATIENCE, answers.recv()).await {
            got += 1;
            tally.add(ask, took, outcome);
        }
        if sent > got {
            tally.errors.insert("never answered".to_owned(), sent - got);
        }
        Ok(Measured {
            phase,
            rate,
            sent,
            asked_for,
            ended_after: began.elapsed(),
            tally,
            memory,
            changes: self.changes.load(Ordering::Relaxed) - changes,
        })
    }

    fn send(&self, ask: Ask, seed: u64, intended: Instant, done: Sender<Done>) {
        let office = Arc::clone(&self.office);
        tokio::spawn(async move {
            let (ask, outcome) = office.ask(ask, seed).await;
            // Nobody waits any more for what comes after all patience.
            let _ = done.send((ask, intended.elapsed(), outcome)).await;
        });
    }
}
