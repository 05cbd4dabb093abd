//! PostgreSQL with the rows of our own log, beside ours on the same data: the questions people ask.

mod asking;
mod copying;

use crate::measure::{Figure, Latencies, Percentiles, ours, rate};
use crate::ours::beside::{Beside, QUESTIONS};
use crate::ours::program::Program;
use crate::ours::reader::Reader;
use crate::postgres::Postgres;
use crate::sizes::Sizes;
use anyhow::{Result, ensure};
use asking::Desk;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Clients of the page; the other questions have one.
const MANY: usize = 64;
/// Connections that many clients share: more than these only wait for the two cores.
const POOLED: usize = 8;
/// The database.
const DATABASE: &str = "questions";

/// How a question is told in the table.
fn told(question: &str) -> &'static str {
    match question {
        "page" => "page of 50 open actions",
        "page-whole" => "page of 50, whole rows",
        "counts" => "counts of open actions",
        "one" => "one action",
        "matrix" => "returns matrix of 8 quarters",
        "as-of" => "as-of list of 50",
        "common-text" => "text search, common words",
        _ => "text search, rare words",
    }
}

/// Everything that can be asked.
pub(crate) struct Stage {
    beside: Beside,
    program: Program,
    /// One connection for each of many clients, and a few that they share.
    each: Vec<Arc<Desk>>,
    pooled: Vec<Arc<Mutex<Arc<Desk>>>>,
}

impl Stage {
    /// Fills both sides with the same rows, and makes sure that they answer the same.
    pub(crate) async fn set(
        postgres: &Postgres,
        matters: &Path,
        bench: &Path,
        events: u64,
    ) -> Result<Self> {
        let beside = Beside::start(bench, events, 0).await?;
        postgres.create(DATABASE).await?;
        copying::fill(&postgres.connect(DATABASE).await?, &beside.rows()).await?;
        let program = Program::on(matters, &beside.data(), beside.asked.head).await?;
        let mut each = Vec::new();
        for _ in 0..MANY {
            let client = postgres.connect(DATABASE).await?;
            each.push(Arc::new(Desk::new(client, &beside.asked).await?));
        }
        let pooled = each.iter().take(POOLED);
        let mut this = Self {
            pooled: pooled
                .map(|desk| Arc::new(Mutex::new(Arc::clone(desk))))
                .collect(),
            beside,
            program,
            each,
        };
        this.agree().await?;
        Ok(this)
    }

    /// Whether the two stores answer every question with the same.
    async fn agree(&mut self) -> Result<()> {
        for question in QUESTIONS {
            let ours = self.beside.question(question, 1, 1).await?.answer;
            let mut theirs = self.each[0].answer(question).await?;
            if question == "counts" || question == "matrix" {
                theirs.sort();
            }
            ensure!(
                ours == theirs,
                "PostgreSQL answers \"{question}\" otherwise: {theirs:?}, not {ours:?}"
            );
            let mut reader = Reader::new(&self.program, &self.beside.asked, 0);
            let sent = reader.ask(question).await?;
            let expected = match question {
                "counts" | "one" => ours.len() - 1,
                _ => ours.len(),
            };
            ensure!(
                sent == expected,
                "gRPC answers \"{question}\" with {sent} of {expected}"
            );
        }
        Ok(())
    }

    /// The questions in turns, round by round.
    pub(crate) async fn figures(mut self, sizes: &Sizes) -> Result<Vec<Figure>> {
        let mut figures = Vec::new();
        for question in QUESTIONS {
            let clients: &[usize] = match question {
                "page" | "page-whole" => &[1, MANY],
                _ => &[1],
            };
            for clients in clients {
                figures.extend(self.asked(question, *clients, sizes).await?);
            }
        }
        Ok(figures)
    }

    async fn asked(
        &mut self,
        question: &str,
        clients: usize,
        sizes: &Sizes,
    ) -> Result<Vec<Figure>> {
        let what = match clients {
            1 => told(question).to_owned(),
            _ => format!("{}, {clients} clients", told(question)),
        };
        let figure = |who: &str| Figure::new(&what, who, sizes.events);
        let mut inside = figure(ours::INSIDE);
        let mut through = figure(ours::GRPC);
        let mut theirs = figure("PostgreSQL").beside(ours::GRPC);
        let mut pooled = figure("PostgreSQL, 8 connections shared").beside(ours::GRPC);
        let limit = Duration::from_millis(sizes.millis);
        for _ in 0..sizes.rounds {
            let ours = self
                .beside
                .question(question, clients, sizes.millis)
                .await?;
            inside.add(ours.per_second, Some(ours.latency_ms));
            let (per_second, latency) = self.through_grpc(question, clients, limit).await?;
            through.add(per_second, Some(latency));
            let (per_second, latency) = self.of_postgres(question, clients, limit).await?;
            theirs.add(per_second, Some(latency));
            if clients > 1 {
                let (per_second, latency) = self.of_a_pool(question, clients, limit).await?;
                pooled.add(per_second, Some(latency));
            }
        }
        let mut figures = vec![inside, through, theirs];
        figures.extend((clients > 1).then_some(pooled));
        Ok(figures)
    }

    async fn through_grpc(
        &self,
        question: &str,
        clients: usize,
        limit: Duration,
    ) -> Result<(f64, Percentiles)> {
        let asking = (0..clients).map(|turn| {
            let mut reader = Reader::new(&self.program, &self.beside.asked, turn);
            let question = question.to_owned();
            async move {
                let (mut latency, begun) = (Latencies::new()?, Instant::now());
                while begun.elapsed() < limit {
                    let asked = Instant::now();
                    reader.ask(&question).await?;
                    latency.add(asked.elapsed());
                }
                anyhow::Ok(latency)
            }
        });
        together(asking).await
    }

    async fn of_postgres(
        &self,
        question: &str,
        clients: usize,
        limit: Duration,
    ) -> Result<(f64, Percentiles)> {
        let asking = self.each.iter().take(clients).map(|desk| {
            let (desk, question) = (Arc::clone(desk), question.to_owned());
            async move {
                let (mut latency, begun) = (Latencies::new()?, Instant::now());
                while begun.elapsed() < limit {
                    let asked = Instant::now();
                    desk.ask(&question).await?;
                    latency.add(asked.elapsed());
                }
                anyhow::Ok(latency)
            }
        });
        together(asking).await
    }

    async fn of_a_pool(
        &self,
        question: &str,
        clients: usize,
        limit: Duration,
    ) -> Result<(f64, Percentiles)> {
        let asking = (0..clients).map(|turn| {
            let desk = Arc::clone(&self.pooled[turn % self.pooled.len()]);
            let question = question.to_owned();
            async move {
                let (mut latency, begun) = (Latencies::new()?, Instant::now());
                while begun.elapsed() < limit {
                    let asked = Instant::now();
                    desk.lock().await.ask(&question).await?;
                    latency.add(asked.elapsed());
                }
                anyhow::Ok(latency)
            }
        });
        together(asking).await
    }
}

/// Runs every client at once; how often they asked a second, all together.
async fn together<F>(clients: impl Iterator<Item = F>) -> Result<(f64, Percentiles)>
where
    F: Future<Output = Result<Latencies>> + Send + 'static,
{
    let begun = Instant::now();
    let tasks: Vec<_> = clients.map(tokio::spawn).collect();
    let mut latency = Latencies::new()?;
    for task in tasks {
        latency.merge(&task.await??)?;
    }
    Ok((
        rate(latency.count(), begun.elapsed()),
        latency.percentiles(),
    ))
}
