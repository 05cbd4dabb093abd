//! The servers of the log: one, or three that keep the stream together.

use super::setting::Setting;
use super::stage::On;
use anyhow::Result;
use testkit::nats::{Cluster, NatsOptions, NatsServer};

/// How many servers keep the stream in a cluster.
pub(super) const THREE: usize = 3;

/// The servers, killed when they are dropped.
pub(super) enum Servers {
    Solo(NatsServer),
    Cluster(Cluster),
}

impl Servers {
    /// What a stage needs; none for the embedded log.
    pub(super) async fn start(setting: &Setting) -> Result<Option<Self>> {
        let options = NatsOptions {
            sync_always: setting.sync_always,
            store_dir: setting.store.clone(),
            ..NatsOptions::default()
        };
        Ok(match setting.on {
            On::Embedded => None,
            On::Nats | On::NatsGrouped => Some(Self::Solo(NatsServer::start_with(options).await?)),
            On::Cluster => {
                let member = |index: usize| NatsOptions {
                    place: setting.places.get(index).cloned(),
                    ..NatsOptions::default()
                };
                // Clients are not told where the other servers are: they would go round the proxies.
                let members = (0..THREE).map(member).collect();
                let cluster = Cluster::start_with(members, "no_advertise: true").await?;
                Some(Self::Cluster(cluster))
            }
        })
    }

    /// Where they are, as the program takes it.
    pub(super) fn urls(&self) -> Vec<String> {
        match self {
            Self::Solo(server) => vec![server.url()],
            Self::Cluster(cluster) => cluster.urls(),
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Solo(_) => 1,
            Self::Cluster(_) => THREE,
        }
    }

    /// One of them.
    pub(super) fn server(&mut self, index: usize) -> Result<&mut NatsServer> {
        match self {
            Self::Solo(server) => Ok(server),
            Self::Cluster(cluster) => cluster.server(index),
        }
    }
}
