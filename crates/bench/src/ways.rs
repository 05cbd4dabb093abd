//! The ways to append that are held against each other, one client each.

use crate::bare;
use crate::file::File;
use crate::raw::{Raw, fresh_id};
use crate::serving::Stub;
use anyhow::{Context, Result};
use api::v1::{Progress, Rag, RecordUpdateRequest, Write};
use bytes::Bytes;
use event_log::Sequence;

/// What an update says: with it a message is about as long as a real one, 600 to 700 bytes.
const NARRATIVE: &str = "The outreach team has met the schools twice this quarter, the pathway is \
    agreed with the health partners, and the first referrals came through in the last month; the \
    remaining two districts will be brought in by the end of the next quarter.";

/// A client that appends one message after the other.
pub(crate) trait Appends: Send + 'static {
    /// Appends one and waits until it is acknowledged.
    fn append(&mut self) -> impl Future<Output = Result<()>> + Send;
}

/// Through gRPC, to actions in turn.
pub(crate) struct Through {
    pub(crate) stub: Stub,
    pub(crate) area: String,
    pub(crate) targets: std::iter::Cycle<std::vec::IntoIter<String>>,
}

impl Appends for Through {
    async fn append(&mut self) -> Result<()> {
        let reference = self.targets.next().context("no open action to update")?;
        let request = update(&self.area, &reference);
        let written = self.stub.record_update(request).await;
        written.context("an update through gRPC").map(drop)
    }
}

/// With nothing before the log, to one subject.
pub(crate) struct Rawly {
    pub(crate) raw: Raw,
    pub(crate) body: Bytes,
    pub(crate) subject: String,
    pub(crate) expected: Sequence,
}

impl Appends for Rawly {
    async fn append(&mut self) -> Result<()> {
        let body = self.body.clone();
        self.expected = self.raw.append(&self.subject, self.expected, body).await?;
        Ok(())
    }
}

/// Through a gRPC handler that does nothing else, to one subject.
pub(crate) struct Barely {
    pub(crate) stub: bare::Client,
    pub(crate) area: String,
    pub(crate) subject: String,
    pub(crate) expected: Sequence,
}

impl Appends for Barely {
    async fn append(&mut self) -> Result<()> {
        let request = RecordUpdateRequest {
            period: self.expected.to_string(),
            ..update(&self.area, &self.subject)
        };
        self.expected = self.stub.append(request).await?;
        Ok(())
    }
}

/// To a file, synced for all who wait together.
pub(crate) struct ToFile {
    pub(crate) file: File,
    pub(crate) body: Bytes,
}

impl Appends for ToFile {
    async fn append(&mut self) -> Result<()> {
        self.file.append(self.body.clone()).await
    }
}

/// Progress on an action.
pub(crate) fn update(area: &str, reference: &str) -> RecordUpdateRequest {
    RecordUpdateRequest {
        write: Some(Write {
            request_id: fresh_id().to_string(),
            area: area.to_owned(),
            ..Write::default()
        }),
        reference: reference.to_owned(),
        period: String::new(),
        progress: Some(Progress {
            rag: Rag::Green.into(),
            narrative: NARRATIVE.to_owned(),
            ..Progress::default()
        }),
    }
}
