//! Plain publishes to a stream, as a program without a library of its own would make them: what a
//! measurement is held against.

use anyhow::{Context, Result};
use async_nats::HeaderMap;
use async_nats::jetstream::{self, context::Context as JetStream};
use bytes::Bytes;
use std::sync::Arc;

/// A connection that publishes and waits for the acknowledgement, and nothing else.
#[derive(Clone)]
pub struct RawPublisher(Arc<JetStream>);

impl RawPublisher {
    /// Connects to a server.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn connect(url: &str) -> Result<Self> {
        let client = async_nats::connect(url).await;
        let client = client.with_context(|| format!("connecting to {url}"))?;
        Ok(Self(Arc::new(jetstream::new(client))))
    }

    /// Publishes a message with these headers and waits until the server has it; where it stands.
    ///
    /// # Errors
    /// When the server refuses it or does not answer.
    pub async fn publish(
        &self,
        subject: String,
        headers: &[(&str, String)],
        body: Bytes,
    ) -> Result<u64> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.as_str());
        }
        let sent = self.0.publish_with_headers(subject, map, body).await?;
        Ok(sent.await?.sequence)
    }
}
