//! The log on NATS JetStream: one stream, one subject per aggregate, one message per decision.
//!
//! What the server promises was measured and is not enough by itself: see `append.rs` for how an
//! append comes to an answer that is true, and `ids.rs` for ids older than the server remembers.

mod append;
mod consume;
mod filter;
mod follow;
pub mod fuzzing;
mod headers;
mod ids;
mod options;
mod publish;
mod server;
mod silence;
mod stored;
mod stream;

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use uuid::Uuid;

use crate::limits;
use crate::{
    Append, AppendError, Appended, EventLog, Incarnation, LogError, Record, Sequence, Subject,
};
use ids::Ids;
use publish::Publisher;
use server::Server;
use silence::Silence;

pub use options::{Credentials, JetStreamOptions};

/// A handle onto the stream. Clones share one connection and one index of ids.
#[derive(Clone)]
pub struct JetStreamLog {
    inner: Arc<Inner>,
}

struct Inner {
    server: Arc<Server>,
    publisher: Publisher,
    ids: Ids,
    silence: Silence,
}

/// Makes the stream, deliberately and once. An existing stream is left alone when it is configured as
/// the log must be.
///
/// # Errors
/// [`LogError::Drift`] when a stream of that name is configured otherwise, [`LogError::Version`],
/// [`LogError::Unavailable`].
pub async fn provision(options: &JetStreamOptions) -> Result<Incarnation, LogError> {
    let server = Server::connect(options).await?;
    stream::provision(&server).await
}

impl JetStreamLog {
    /// Connects to a provisioned stream, checks its configuration and opens the index of ids.
    ///
    /// # Errors
    /// [`LogError::NotProvisioned`] when there is no stream, [`LogError::Drift`] when it is configured
    /// otherwise, [`LogError::Version`] when the server is too old, [`LogError::Locked`] when another
    /// process uses the index folder, [`LogError::Option`], [`LogError::Unavailable`].
    pub async fn connect(options: JetStreamOptions) -> Result<Self, LogError> {
        let server = Arc::new(Server::connect(&options).await?);
        let info = stream::checked(&server).await?;
        let ids = Ids::open(Arc::clone(&server), &info).await?;
        Ok(Self {
            inner: Arc::new(Inner {
                publisher: Publisher::new(&server),
                server,
                ids,
                silence: Silence::default(),
            }),
        })
    }

    /// Compares the stream's configuration with the one that protects the log, as at the start.
    ///
    /// # Errors
    /// [`LogError::Drift`] with every field that differs, [`LogError::NotProvisioned`],
    /// [`LogError::Unavailable`].
    pub async fn check_configuration(&self) -> Result<(), LogError> {
        stream::checked(&self.inner.server).await.map(|_| ())
    }
}

#[async_trait]
impl EventLog for JetStreamLog {
    async fn incarnation(&self) -> Result<Incarnation, LogError> {
        Ok(self.inner.server.info().await?.incarnation())
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        limits::check(&append)?;
        let inner = Arc::clone(&self.inner);
        // Its own task: the caller's future may be dropped between the message and its answer.
        let appending = async move {
            let Inner {
                server,
                publisher,
                ids,
                silence,
            } = &*inner;
            append::run(server, publisher, ids, silence, &append).await
        };
        tokio::spawn(appending).await.unwrap_or_else(|error| {
            Err(AppendError::OutcomeUnknown {
                reason: format!("the append's task ended: {error}"),
            })
        })
    }

    async fn find(&self, id: Uuid) -> Result<Option<Record>, LogError> {
        let Inner { server, ids, .. } = &*self.inner;
        if let Some(sequence) = ids.look_up(id).await? {
            return ids::verified(server, id, sequence).await.map(Some);
        }
        ids.catch_up(server).await?;
        match ids.look_up(id).await? {
            Some(sequence) => ids::verified(server, id, sequence).await.map(Some),
            None => Ok(None),
        }
    }

    /// A miss is answered by the index alone; a hit reads the record at the leader. Once in half of the
    /// server's window of remembered ids the index is first compared with the leader's head.
    async fn seen(&self, id: Uuid) -> Result<Option<Record>, LogError> {
        let Inner { server, ids, .. } = &*self.inner;
        ids.refresh(server).await?;
        match ids.look_up(id).await? {
            Some(sequence) => ids::verified(server, id, sequence).await.map(Some),
            None => Ok(None),
        }
    }

    async fn read(&self, sequence: Sequence) -> Result<Option<Record>, LogError> {
        self.inner.server.record(sequence).await
    }

    async fn read_subject(
        &self,
        subject: &Subject,
        after: Sequence,
    ) -> Result<Vec<Record>, LogError> {
        consume::of_subject(&self.inner.server, subject, after).await
    }

    async fn last_of(&self, subject: &Subject) -> Result<Option<Record>, LogError> {
        self.inner.server.last_of(subject).await
    }

    async fn head(&self) -> Result<Sequence, LogError> {
        Ok(self.inner.server.info().await?.head)
    }

    async fn read_batch(&self, after: Sequence, limit: usize) -> Result<Vec<Record>, LogError> {
        consume::batch(&self.inner.server, after, limit).await
    }

    fn follow(&self, after: Sequence) -> BoxStream<'static, Result<Vec<Record>, LogError>> {
        follow::from(Arc::clone(&self.inner.server), after)
    }
}
