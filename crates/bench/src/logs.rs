//! The two logs, filled by the generator.

use crate::raw::Raw;
use anyhow::{Context, Result};
use event_log::{EmbeddedLog, EmbeddedOptions, EventLog, JetStreamLog, JetStreamOptions};
use std::fs;
use std::path::{Path, PathBuf};
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
    pub(crate) kind: Kind,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) folder: PathBuf,
    stays: Stays,
}

/// What a log needs to be opened again.
#[derive(Default)]
pub(crate) struct Stays {
    /// Unless it is kept.
    folder: Option<TempDir>,
    server: Option<NatsServer>,
}

impl Rig {
    /// Opens a log: the embedded one in a folder to keep, if one is given.
    pub(crate) async fn start(kind: Kind, keep: Option<PathBuf>) -> Result<Self> {
        let mut stays = Stays::default();
        let folder = match keep.filter(|_| kind == Kind::Embedded) {
            Some(keep) => keep,
            None => {
                let folder = TempDir::new().context("a folder for the log")?;
                stays.folder.insert(folder).path().to_owned()
            }
        };
        let data = folder.join("log");
        if kind == Kind::Embedded {
            let log = EmbeddedLog::open(data, EmbeddedOptions::default()).await?;
            return Ok(Self {
                kind,
                log: Arc::new(log),
                folder,
                stays,
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
        stays.server = Some(server);
        Ok(Self {
            kind,
            log: Arc::new(log),
            folder,
            stays,
        })
    }

    /// Bytes that the log keeps on disk.
    pub(crate) fn bytes(&self) -> Result<u64> {
        match &self.stays.server {
            Some(server) => size(server.store_dir()),
            None => size(&self.folder.join("log")),
        }
    }

    /// The way to the same disk without the program.
    pub(crate) async fn raw(&self) -> Result<Raw> {
        match &self.stays.server {
            None => Ok(Raw::Log(Arc::clone(&self.log))),
            Some(server) => Ok(Raw::Nats(RawPublisher::connect(&server.url()).await?)),
        }
    }

    /// Lets go of the log, so that another process can hold it; its folder and server stay.
    pub(crate) fn close(self) -> Stays {
        self.stays
    }

    /// The address of its server, when it has one.
    pub(crate) fn nats(&self) -> Option<String> {
        self.stays.server.as_ref().map(NatsServer::url)
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
