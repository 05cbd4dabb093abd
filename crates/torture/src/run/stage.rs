//! Everything that a campaign runs against: the log's server, the services, the proxies between.

use super::process::{Kept, Program};
use super::proxy::Proxy;
use super::servers::Servers;
use super::setting::Setting;
use crate::request::{AREA, By, GROUPS, principal};
use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, TimeDelta, Utc};
use clap::ValueEnum;
use domain::policy::Role;
use event_log::{EmbeddedLog, EmbeddedOptions, EventLog, JetStreamLog, JetStreamOptions, Record};
use identity::Issuer;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::sync::Mutex;
use uuid::Uuid;

/// How long tokens count: longer than any clock here is moved.
const VALID: TimeDelta = TimeDelta::days(360);

/// Which log the services run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum On {
    /// One process with its log in a folder.
    Embedded,
    /// Two processes over one nats-server that syncs every message.
    Nats,
    /// The same with appends that wait together in one atomic batch.
    NatsGrouped,
    /// Two processes over three nats-servers that keep the stream together.
    Cluster,
}

/// A service with the proxies on both sides of it.
pub(super) struct Seat {
    pub(super) service: Kept,
    /// Between clients and the service.
    pub(super) front: Proxy,
    /// Between the service and each of its log's servers; none where it reaches them itself.
    pub(super) links: Vec<Proxy>,
    /// Its data folder.
    pub(super) data: PathBuf,
}

/// The whole stage; its processes end with it.
pub(super) struct Stage {
    pub(super) seats: Vec<Seat>,
    pub(super) nats: Option<Mutex<Servers>>,
    pub(super) tokens: HashMap<&'static str, String>,
    pub(super) program: Program,
    folder: TempDir,
}

impl Stage {
    pub(super) async fn set(
        setting: &Setting,
        program: Program,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let folder = TempDir::new().context("a folder for the campaign")?;
        let tokens = issue_tokens(folder.path(), now)?;
        let nats = Servers::start(setting).await?;
        if let Some(nats) = &nats {
            // By the earliest program there is: a later one may make it in a way that it does not know.
            provision(setting.programs.first().unwrap_or(&program), nats)?;
        }
        let mut stage = Self {
            seats: Vec::new(),
            nats: None,
            tokens,
            program,
            folder,
        };
        for number in 0..setting.services() {
            let seat = stage.seat(setting, nats.as_ref(), number).await?;
            stage.seats.push(seat);
        }
        stage.nats = nats.map(Mutex::new);
        Ok(stage)
    }

    /// Starts a service with the proxies on both sides of it.
    async fn seat(&self, setting: &Setting, nats: Option<&Servers>, number: usize) -> Result<Seat> {
        let folder = self.folder.path();
        let data = setting.data.as_deref().unwrap_or(folder);
        let data = data.join(format!("data-{number}"));
        let mut arguments = vec![
            "--data".to_owned(),
            data.display().to_string(),
            "--keys".to_owned(),
            self.keys().display().to_string(),
        ];
        let mut links = Vec::new();
        if let Some(nats) = nats {
            let mut urls = nats.urls();
            if setting.places.is_empty() {
                for url in &mut urls {
                    let link = Proxy::start(address_of(url)?).await?;
                    *url = format!("nats://{}", link.address());
                    links.push(link);
                }
            }
            arguments.extend(["--nats".to_owned(), urls.join(",")]);
        }
        if setting.on == On::NatsGrouped {
            arguments.push("--nats-group-commit".to_owned());
        }
        let program = setting.programs.get(number).unwrap_or(&self.program);
        let mut program = program.clone();
        if let Some(variables) = setting.variables.get(number) {
            program.variables.clone_from(variables);
        }
        let place = setting.places.get(number);
        if let Some(place) = place {
            program.wrapper.clone_from(&place.wrapper);
        }
        let host = place.map_or(Ok(Ipv4Addr::LOCALHOST), |place| place.host.parse())?;
        let name = format!("service-{number}");
        let service = Kept::start(&program, &name, host, folder, &arguments)?;
        let front = Proxy::start(service.address).await?;
        Ok(Seat {
            service,
            front,
            links,
            data,
        })
    }

    /// The folder of the keys that sign tokens.
    pub(super) fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    /// Runs a command of the program with this server and every token; its exit code and what it said.
    pub(super) fn ask(&self, seat: &Seat, arguments: &[&str]) -> Result<(Option<i32>, String)> {
        let tokens = self.folder.path().join("tokens").display().to_string();
        let server = format!("http://{}", seat.service.address);
        let variables = [("MATTERS_SERVER", server), ("MATTERS_TOKENS", tokens)];
        self.program.ask(arguments, &variables)
    }

    /// Compares the read models with a replay, through the program itself.
    pub(super) fn verify(&self) -> Result<()> {
        for seat in &self.seats {
            let (code, said) = self.ask(seat, &["verify", "--area", AREA])?;
            if code != Some(0) {
                bail!("matters verify: exit code {code:?}\n{said}");
            }
        }
        Ok(())
    }

    /// What the services said that nothing excuses. A panic inside sled on damaged files is caught, and
    /// the read model is built anew.
    pub(super) fn panics(&self) -> Vec<String> {
        let mut found = Vec::new();
        for seat in &self.seats {
            let said = seat.service.said();
            found.extend(
                said.lines()
                    .filter(|l| l.contains("panicked") && !l.contains("/sled-"))
                    .map(str::to_owned),
            );
        }
        found
    }

    /// The end of what each service said.
    pub(super) fn last_words(&self) -> String {
        let said = self.seats.iter().map(|seat| seat.service.said());
        let ends = said.map(|said| {
            let lines: Vec<&str> = said.lines().rev().take(8).collect();
            lines.into_iter().rev().collect::<Vec<_>>().join("\n")
        });
        ends.collect::<Vec<_>>().join("\n")
    }

    /// How often services were started.
    pub(super) fn starts(&self) -> u64 {
        self.seats.iter().map(|seat| seat.service.starts()).sum()
    }

    /// Ends the services and reads the whole log.
    pub(super) async fn end(&mut self) -> Result<Vec<Record>> {
        for seat in &mut self.seats {
            seat.service.end().await;
        }
        self.records().await
    }

    /// Reads the whole log, while no service holds it.
    pub(super) async fn records(&self) -> Result<Vec<Record>> {
        let log: Box<dyn EventLog> = match &self.nats {
            None => {
                let seat = self.seats.first().context("a service")?;
                Box::new(opened(&seat.data.join("log")).await?)
            }
            Some(nats) => {
                let urls = nats.lock().await.urls();
                let index = TempDir::new().context("a folder for ids")?;
                let options = JetStreamOptions::new(urls, index.path());
                let log = JetStreamLog::connect(options).await?;
                return read(&log).await;
            }
        };
        read(log.as_ref()).await
    }
}

async fn read(log: &dyn EventLog) -> Result<Vec<Record>> {
    let mut records: Vec<Record> = Vec::new();
    loop {
        let batch = log.read_batch(records.len() as u64, 10_000).await?;
        if batch.is_empty() {
            return Ok(records);
        }
        records.extend(batch);
    }
}

/// Makes the stream.
pub(super) fn provision(program: &Program, nats: &Servers) -> Result<()> {
    let (urls, replicas) = (nats.urls().join(","), nats.count().to_string());
    let made = ["provision", "--nats", &urls, "--replicas", &replicas];
    program.run(&made, &[]).map(drop)
}

/// A token of each role that works here, in memory and as files.
fn issue_tokens(folder: &Path, now: DateTime<Utc>) -> Result<HashMap<&'static str, String>> {
    let issuer = Issuer::open_or_create(&folder.join("keys"))?;
    let mut tokens = HashMap::new();
    let files = folder.join("tokens");
    std::fs::create_dir(&files)?;
    for role in [Role::Clerk, Role::Office, Role::Auditor, Role::Operator] {
        let who = principal(role);
        let token = issuer.issue(&who, VALID, now, Uuid::from_u128(1))?;
        std::fs::write(files.join(format!("{}.token", role.as_str())), &token)?;
        tokens.insert(role.as_str(), token);
    }
    for by in GROUPS.map(By::Group) {
        let token = issuer.issue(&by.principal(), VALID, now, Uuid::from_u128(1))?;
        tokens.insert(by.name(), token);
    }
    Ok(tokens)
}

/// The process that held it was killed a moment ago.
async fn opened(path: &Path) -> Result<EmbeddedLog> {
    testkit::wait::until_some("the log is free", || async {
        EmbeddedLog::open(path, EmbeddedOptions::default())
            .await
            .ok()
    })
    .await
}

fn address_of(url: &str) -> Result<SocketAddr> {
    url.trim_start_matches("nats://")
        .parse()
        .context("the address of nats-server")
}
