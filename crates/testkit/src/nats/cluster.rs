//! Several servers that are one cluster.

use std::time::Duration;

use anyhow::{Result, bail};

use super::server::{NatsOptions, NatsServer, free_port, host};
use crate::wait;

/// A cluster of nats-server processes on this machine.
#[derive(Debug)]
pub struct Cluster {
    servers: Vec<NatsServer>,
}

impl Cluster {
    /// Starts so many servers and waits until they have a leader.
    ///
    /// # Errors
    /// When a server does not start or no leader comes.
    pub async fn start(count: usize) -> Result<Self> {
        Self::start_with(vec![NatsOptions::default(); count], "").await
    }

    /// Starts a server with each of these options and waits until they have a leader; `also` is a line
    /// of every server's `cluster` block.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_with(options: Vec<NatsOptions>, also: &str) -> Result<Self> {
        let mut tries = 1;
        loop {
            match Self::try_start(&options, also).await {
                Ok(cluster) => return Ok(cluster),
                Err(_) if tries < 3 => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    async fn try_start(options: &[NatsOptions], also: &str) -> Result<Self> {
        let count = options.len();
        let ports = (0..2 * count)
            .map(|_| free_port())
            .collect::<Result<Vec<_>>>()?;
        let (clients, routes) = ports.split_at(count);
        let members = || options.iter().zip(clients.iter().zip(routes));
        let listed: Vec<_> = members()
            .map(|(options, (_, port))| format!("nats://{}:{port}", host(options.place.as_ref())))
            .collect();
        let listed = listed.join(", ");
        let mut servers = Vec::new();
        for (index, (options, (client, route))) in members().enumerate() {
            let host = host(options.place.as_ref());
            let cluster = format!(
                "cluster {{ name: matters, listen: \"{host}:{route}\", routes: [{listed}]\n{also} }}"
            );
            let name = format!("n{}", index + 1);
            servers.push(NatsServer::prepare(&name, *client, &cluster, options)?);
        }
        let mut cluster = Self { servers };
        cluster.restart().await?;
        Ok(cluster)
    }

    /// The addresses for clients.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.servers.iter().map(NatsServer::url).collect()
    }

    /// One server, counted from 0.
    ///
    /// # Errors
    /// When there are fewer.
    pub fn server(&mut self, index: usize) -> Result<&mut NatsServer> {
        let count = self.servers.len();
        match self.servers.get_mut(index) {
            Some(server) => Ok(server),
            None => bail!("the cluster has {count} servers, there is none at {index}"),
        }
    }

    /// Kills every server, starts them all again and waits for a leader.
    ///
    /// # Errors
    /// When a server does not start or no leader comes.
    pub async fn restart(&mut self) -> Result<()> {
        for server in &mut self.servers {
            server.kill()?;
        }
        for server in &mut self.servers {
            server.launch()?;
        }
        for server in &mut self.servers {
            server.ready().await?;
        }
        self.has_leader().await
    }

    /// Waits until JetStream answers, which it does when the cluster has a leader.
    ///
    /// # Errors
    /// When no leader comes.
    pub async fn has_leader(&self) -> Result<()> {
        let client = async_nats::connect(self.urls()).await?;
        let mut jetstream = async_nats::jetstream::new(client);
        jetstream.set_timeout(Duration::from_millis(250));
        wait::until("a leader of the cluster", || async {
            jetstream.query_account().await.is_ok()
        })
        .await
    }
}
