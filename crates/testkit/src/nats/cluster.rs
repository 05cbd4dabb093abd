//! Several servers that are one cluster.

use std::time::Duration;

use anyhow::{Result, bail};

use super::server::{NatsOptions, NatsServer, free_port};
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
        let mut tries = 1;
        loop {
            match Self::try_start(count).await {
                Ok(cluster) => return Ok(cluster),
                Err(_) if tries < 3 => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    async fn try_start(count: usize) -> Result<Self> {
        let ports = (0..2 * count)
            .map(|_| free_port())
            .collect::<Result<Vec<_>>>()?;
        let (clients, routes) = ports.split_at(count);
        let listed: Vec<_> = routes
            .iter()
            .map(|port| format!("nats://127.0.0.1:{port}"))
            .collect();
        let listed = listed.join(", ");
        let mut servers = Vec::new();
        for (index, (client, route)) in clients.iter().zip(routes).enumerate() {
            let cluster = format!(
                "cluster {{ name: matters, listen: \"127.0.0.1:{route}\", routes: [{listed}] }}"
            );
            let name = format!("n{}", index + 1);
            let options = NatsOptions::default();
            servers.push(NatsServer::prepare(&name, *client, &cluster, &options)?);
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
