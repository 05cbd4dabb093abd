//! Everything that a campaign runs against: the log's server, the services, the proxies between.

use super::process::{Kept, Program};
use super::proxy::Proxy;
use super::servers::Servers;
use crate::request::{AREA, principal};
use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use clap::ValueEnum;
use domain::policy::Role;
use event_log::{EmbeddedLog, EmbeddedOptions, EventLog, JetStreamLog, JetStreamOptions, Record};
use identity::Issuer;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use tempfile::TempDir;
use tokio::sync::Mutex;
use uuid::Uuid;

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
    /// Between the service and its log's server, when it has one.
    pub(super) link: Option<Proxy>,
}

/// The whole stage; its processes end with it.
pub(super) struct Stage {
    pub(super) seats: Vec<Seat>,
    pub(super) nats: Option<Mutex<Servers>>,
    pub(super) tokens: HashMap<&'static str, String>,
    program: Program,
    folder: TempDir,
}

impl Stage {
    pub(super) async fn set(on: On, program: Program, now: DateTime<Utc>) -> Result<Self> {
        let folder = TempDir::new().context("a folder for the campaign")?;
        let at = |name: &str| folder.path().join(name);
        let issuer = Issuer::open_or_create(&at("keys"))?;
        let mut tokens = HashMap::new();
        std::fs::create_dir(at("tokens"))?;
        for role in [Role::Clerk, Role::Office, Role::Auditor, Role::Operator] {
            let who = principal(role);
            let token = issuer.issue(&who, TimeDelta::days(1), now, Uuid::from_u128(1))?;
            std::fs::write(
                at("tokens").join(format!("{}.token", role.as_str())),
                &token,
            )?;
            tokens.insert(role.as_str(), token);
        }
        let nats = Servers::start(on).await?;
        if let Some(nats) = &nats {
            let (urls, replicas) = (nats.urls().join(","), nats.count().to_string());
            program.run(
                &["provision", "--nats", &urls, "--replicas", &replicas],
                &[],
            )?;
        }
        let mut seats = Vec::new();
        for number in 0..if nats.is_some() { 2 } else { 1 } {
            let mut arguments = vec![
                "--data".to_owned(),
                at(&format!("data-{number}")).display().to_string(),
                "--keys".to_owned(),
                at("keys").display().to_string(),
            ];
            let link = match &nats {
                Some(Servers::Solo(nats)) => Some(Proxy::start(address_of(&nats.url())?).await?),
                // A client of a cluster is told by each server where the others are.
                Some(Servers::Cluster(_)) | None => None,
            };
            let urls = match (&link, &nats) {
                (Some(link), _) => Some(format!("nats://{}", link.address())),
                (None, Some(nats)) => Some(nats.urls().join(",")),
                (None, None) => None,
            };
            arguments.extend(
                urls.into_iter()
                    .flat_map(|urls| ["--nats".to_owned(), urls]),
            );
            if on == On::NatsGrouped {
                arguments.push("--nats-group-commit".to_owned());
            }
            let name = format!("service-{number}");
            let service = Kept::start(&program, &name, folder.path(), &arguments)?;
            let front = Proxy::start(service.address).await?;
            seats.push(Seat {
                service,
                front,
                link,
            });
        }
        let nats = nats.map(Mutex::new);
        Ok(Self {
            seats,
            nats,
            tokens,
            program,
            folder,
        })
    }

    /// Compares the read models with a replay, through the program itself.
    pub(super) fn verify(&self) -> Result<()> {
        let tokens = self.folder.path().join("tokens").display().to_string();
        for seat in &self.seats {
            let server = format!("http://{}", seat.service.address);
            let variables = [
                ("MATTERS_SERVER", server),
                ("MATTERS_TOKENS", tokens.clone()),
            ];
            self.program.run(&["verify", "--area", AREA], &variables)?;
        }
        Ok(())
    }

    /// What the services said that nothing excuses.
    pub(super) fn panics(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for seat in &self.seats {
            let said = std::fs::read_to_string(&seat.service.log)?;
            found.extend(
                said.lines()
                    .filter(|l| l.contains("panicked"))
                    .map(str::to_owned),
            );
        }
        Ok(found)
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
        let log: Box<dyn EventLog> = match &self.nats {
            None => {
                let path = self.folder.path().join("data-0").join("log");
                Box::new(opened(&path).await?)
            }
            Some(nats) => {
                let urls = nats.lock().await.urls();
                let index = self.folder.path().join("last-ids");
                let options = JetStreamOptions::new(urls, index);
                Box::new(JetStreamLog::connect(options).await?)
            }
        };
        let mut records: Vec<Record> = Vec::new();
        loop {
            let batch = log.read_batch(records.len() as u64, 10_000).await?;
            if batch.is_empty() {
                return Ok(records);
            }
            records.extend(batch);
        }
    }
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
