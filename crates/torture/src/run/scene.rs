//! A stage with its register and its clients, from the first request to the verdict.

use super::Campaign;
use super::client::{Client, Office, channel};
use super::process::Program;
use super::report::Report;
use super::setting::Setting;
use super::stage::Stage;
use crate::check::{Evidence, misread, problems};
use crate::request::{Wishes, register_requests};
use anyhow::{Context as _, Result, bail};
use api::v1::command_service_client::CommandServiceClient;
use domain::policy::Role;
use event_log::Record;
use futures::future::join_all;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tonic::Status;

/// How long a campaign waits for peace to come back.
const PATIENCE: Duration = Duration::from_secs(60);

/// A stage at work.
pub(super) struct Scene {
    pub(super) stage: Stage,
    pub(super) office: Arc<Office>,
    clients: Vec<JoinHandle<Client>>,
    finished: Vec<Client>,
    /// How many messages the register makes.
    before: usize,
    seed: u64,
    begun: Instant,
}

impl Scene {
    /// Starts everything but the clients, and writes the register.
    ///
    /// # Errors
    /// When the stage cannot be set.
    pub(super) async fn set(campaign: &Campaign, setting: &Setting) -> Result<Self> {
        let program = Program::of(&campaign.program);
        let stage = Stage::set(setting, program, campaign.now).await?;
        let services = stage.seats.iter().map(|seat| seat.front.address());
        // An earlier release keeps what it was.
        let wishes = match setting.programs.is_empty() {
            true => Wishes::Every,
            false => Wishes::Few,
        };
        let tokens = stage.tokens.clone();
        let office = Office::new(services.collect(), tokens, campaign.clients, wishes);
        let before = enter_register(&stage, &office).await?;
        Ok(Self {
            stage,
            office: Arc::new(office),
            clients: Vec::new(),
            finished: Vec::new(),
            before,
            seed: campaign.seed,
            begun: Instant::now(),
        })
    }

    /// Sends so many clients in.
    ///
    /// # Errors
    /// When an address is none.
    pub(super) fn crowd(&mut self, clients: usize) -> Result<()> {
        for _ in 0..clients {
            let client = Client::new(&self.office, self.seed, self.clients.len())?;
            self.clients.push(tokio::spawn(client.work()));
        }
        Ok(())
    }

    /// Waits until so many further requests are acknowledged.
    ///
    /// # Errors
    /// When they are not, within a minute.
    pub(super) async fn work(&self, further: u64) -> Result<()> {
        let wanted = self.office.tally.counts().0 + further;
        let begun = Instant::now();
        while self.office.tally.counts().0 < wanted {
            if begun.elapsed() > PATIENCE {
                bail!(
                    "no {further} requests were acknowledged within {} s\n{}",
                    PATIENCE.as_secs(),
                    self.stage.last_words()
                );
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Waits for peace, and for every client to end what it began.
    ///
    /// # Errors
    /// When peace does not come.
    pub(super) async fn finish(&mut self) -> Result<()> {
        peace(&self.stage, &self.office).await?;
        self.office.done.cancel();
        for client in join_all(std::mem::take(&mut self.clients)).await {
            self.finished.push(client?);
        }
        Ok(())
    }

    /// Ends the clients, in peace: a share of the requests is sent again.
    ///
    /// # Errors
    /// When peace does not come.
    pub(super) async fn quiet(&mut self) -> Result<Evidenced> {
        self.finish().await?;
        let mut told = Evidenced::default();
        for client in std::mem::take(&mut self.finished) {
            let memory = client.tell().await;
            told.ops.extend(memory.ops);
            told.reads.extend(memory.reads);
        }
        peace(&self.stage, &self.office).await?;
        Ok(told)
    }

    /// Ends everything, and holds the answers against the log.
    ///
    /// # Errors
    /// When peace does not come; what is wrong with the record is in the report.
    pub(super) async fn end(self, on: &str) -> Result<Report> {
        Ok(self.end_with_records(on).await?.0)
    }

    /// The same, with the whole log.
    ///
    /// # Errors
    /// As [`end`](Self::end).
    pub(super) async fn end_with_records(mut self, on: &str) -> Result<(Report, Vec<Record>)> {
        let lasted = self.begun.elapsed();
        let told = self.quiet().await;
        let told = told.with_context(|| self.stage.last_words())?;
        let mut report = Report::new(self.seed, on.to_owned(), lasted, &self.office.tally);
        let verified = self.stage.verify();
        report.starts = self.stage.starts();
        let panics = self.stage.panics();
        let records = self.stage.end().await?;
        self.judge(&mut report, &told, &records);
        report.wrong(panics);
        report.wrong(verified.err().map(|error| format!("{error:#}")));
        Ok((report, records))
    }

    /// Holds the answers against these records.
    pub(super) fn judge(&self, report: &mut Report, told: &Evidenced, records: &[Record]) {
        report.messages = records.len() as u64;
        let evidence = Evidence {
            ops: &told.ops,
            records,
            before: self.before,
        };
        let mut found = problems(&evidence);
        found.extend(misread(&told.reads, records));
        report.found(&found);
    }
}

/// What clients have to tell.
#[derive(Default)]
pub(super) struct Evidenced {
    pub(super) ops: Vec<crate::history::Op>,
    pub(super) reads: Vec<crate::check::Seen>,
}

/// Writes the register; how many messages that makes.
async fn enter_register(stage: &Stage, office: &Office) -> Result<usize> {
    let seat = stage.seats.first().context("a service")?;
    let to = CommandServiceClient::new(channel(seat.front.address())?);
    let register = register_requests(Wishes::Every);
    let count = register.count();
    for body in register.bodies {
        until_done(|| {
            let request = office.request(Role::Clerk, body.clone());
            let mut to = to.clone();
            async move { to.register_body(request).await.map(drop) }
        })
        .await?;
    }
    for group in register.groups {
        until_done(|| {
            let request = office.request(Role::Clerk, group.clone());
            let mut to = to.clone();
            async move { to.register_group(request).await.map(drop) }
        })
        .await?;
    }
    let (series, meeting) = (register.series, register.meeting);
    until_done(|| {
        let request = office.request(Role::Clerk, series.clone());
        let mut to = to.clone();
        async move { to.open_series(request).await.map(drop) }
    })
    .await?;
    until_done(|| {
        let request = office.request(Role::Clerk, meeting.clone());
        let mut to = to.clone();
        async move { to.arrange_meeting(request).await.map(drop) }
    })
    .await?;
    Ok(count)
}

/// Waits until every service writes again: a request that is on record already is answered.
pub(super) async fn peace(stage: &Stage, office: &Office) -> Result<()> {
    let meeting = register_requests(Wishes::Every).meeting;
    for seat in &stage.seats {
        let to = CommandServiceClient::new(channel(seat.front.address())?);
        until_done(|| {
            let request = office.request(Role::Clerk, meeting.clone());
            let mut to = to.clone();
            async move { to.arrange_meeting(request).await.map(drop) }
        })
        .await?;
    }
    Ok(())
}

/// Asks again and again until the answer is yes.
async fn until_done<F: Future<Output = Result<(), Status>>>(ask: impl Fn() -> F) -> Result<()> {
    let begun = Instant::now();
    loop {
        match tokio::time::timeout(Duration::from_secs(5), ask()).await {
            Ok(Ok(())) => return Ok(()),
            answer if begun.elapsed() > PATIENCE => {
                bail!("no service within {} s: {answer:?}", PATIENCE.as_secs());
            }
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}
