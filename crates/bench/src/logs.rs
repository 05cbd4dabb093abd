//! The two logs, filled by the generator.

use crate::raw::Raw;
use anyhow::{Context, Result};
use event_log::{EmbeddedLog, EmbeddedOptions, EventLog, JetStreamLog, JetStreamOptions};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use testkit::nats::{NatsOptions, NatsServer, RawPublisher};

/// Which log is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// SQLite in a folder.
    Embedded,
    /// A nats-server with its default flushing.
    Jetstream,
    /// A nats-server that syncs every message (`sync_interval: always`).
    JetstreamAlways,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Embedded => "embedded",
            Kind::Jetstream => "jetstream",
            Kind::JetstreamAlways => "jetstream-always",
        }
    }
}

/// A log with what it needs to live; dropped last.
pub(crate) struct Rig {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) folder: TempDir,
    server: Option<NatsServer>,
}

impl Rig {
    pub(crate) async fn start(kind: Kind) -> Result<Self> {
        let folder = TempDir::new().context("a folder for the log")?;
        let data = folder.path().join("log");
        if kind == Kind::Embedded {
            let log = EmbeddedLog::open(data, EmbeddedOptions::default()).await?;
            return Ok(Self {
                log: Arc::new(log),
                folder,
                server: None,
            });
        }
        let server = NatsServer::start_with(NatsOptions {
            sync_always: kind == Kind::JetstreamAlways,
            ..NatsOptions::default()
        })
        .await?;
        let options = JetStreamOptions {
            group_commit: kind == Kind::JetstreamAlways,
            ..JetStreamOptions::new(vec![server.url()], data)
        };
        event_log::provision(&options).await?;
        let log = JetStreamLog::connect(options).await?;
        Ok(Self {
            log: Arc::new(log),
            folder,
            server: Some(server),
        })
    }

    /// Bytes that the log keeps on disk.
    pub(crate) fn bytes(&self) -> Result<u64> {
        match &self.server {
            Some(server) => size(server.store_dir()),
            None => size(&self.folder.path().join("log")),
        }
    }

    /// The way to the same disk without the program.
    pub(crate) async fn raw(&self) -> Result<Raw> {
        match &self.server {
            None => Ok(Raw::Log(Arc::clone(&self.log))),
            Some(server) => Ok(Raw::Nats(RawPublisher::connect(&server.url()).await?)),
        }
    }

    /// Lets go of the log, so that another process can hold it; its folder and server stay.
    pub(crate) fn close(self) -> (TempDir, Option<NatsServer>) {
        (self.folder, self.server)
    }

    /// The address of its server, when it has one.
    pub(crate) fn nats(&self) -> Option<String> {
        self.server.as_ref().map(NatsServer::url)
    }
}

/// Bytes of the files below a folder.
pub(crate) fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        // A file may go while its folder is read.
        let Ok(about) = entry.metadata() else {
            continue;
        };
        bytes += if about.is_dir() {
            size(&entry.path())?
        } else {
            about.len()
        };
    }
    Ok(bytes)
}
