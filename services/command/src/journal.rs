//! The journal: requests that need more than one message, written down before the first, so that a
//! service that was killed in between finishes them when it starts again.
//!
//! One file for each, `command/journal/<request id>.json` in the data folder, removed after the last
//! message. Finishing is idempotent: every message has an id that follows from the request's. A request
//! that is refused for good is removed too, even when its first messages stand: finished by a start,
//! weeks later, it would record what its caller was told is not on record.

use crate::asking::Asking;
use crate::service::Inner;
use api::failure::{Failure, Reason};
use api::v1;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use domain::policy::Principal;
use event_log::{AppendError, Sequence};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::future::Future;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// A request as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The request id.
    pub(crate) id: Uuid,
    /// The name of the call.
    pub(crate) method: String,
    /// The request's bytes, in base64.
    pub(crate) request: String,
    /// Who asked.
    pub(crate) principal: Principal,
    /// The day on which it came in.
    pub(crate) today: NaiveDate,
    /// The last message on what it speaks to when it was checked; entries of older releases have none.
    #[serde(default)]
    pub(crate) checked: Option<Sequence>,
}

impl Entry {
    pub(crate) fn new(
        id: Uuid,
        method: &'static str,
        request: &[u8],
        principal: Principal,
        today: NaiveDate,
    ) -> Self {
        Self {
            id,
            method: method.to_owned(),
            request: STANDARD.encode(request),
            principal,
            today,
            checked: None,
        }
    }

    /// Reads a file that is named by an id.
    pub(crate) fn read(bytes: &[u8], id: Uuid) -> io::Result<Self> {
        let entry: Self = serde_json::from_slice(bytes)?;
        if entry.id == id {
            return Ok(entry);
        }
        let reason = format!("it is of request {}", entry.id);
        Err(io::Error::new(io::ErrorKind::InvalidData, reason))
    }

    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.request).ok()
    }
}

/// The folder of unfinished requests.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    folder: PathBuf,
}

impl Journal {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self {
            folder: data_dir.join("command").join("journal"),
        }
    }

    fn path(&self, id: Uuid) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    /// Writes a request down; it is on disk when this returns.
    fn write(&self, entry: &Entry) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let path = self.path(entry.id);
        let unfinished = path.with_extension("new");
        let mut file = File::create(&unfinished)?;
        file.write_all(&serde_json::to_vec(entry)?)?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        File::open(&self.folder)?.sync_all()
    }

    /// Forgets a request. That it is forgotten need not be on disk: finishing it again does nothing.
    pub(crate) fn forget(&self, id: Uuid) -> io::Result<()> {
        match fs::remove_file(self.path(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The ids of what was left half done, in order, and how many files have no id for a name.
    ///
    /// All of them: an id is small, and each file is read only when its turn comes.
    pub(crate) fn unfinished(&self) -> io::Result<(Vec<Uuid>, usize)> {
        let (mut ids, mut strangers) = (vec![], 0);
        let files = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((vec![], 0)),
            files => files?,
        };
        for file in files {
            let path = file?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let name = path.file_stem().and_then(|name| name.to_str());
            match name.and_then(|name| name.parse::<Uuid>().ok()) {
                // Another spelling of an id would be looked for under the wrong name.
                Some(id) if self.path(id) == path => ids.push(id),
                _ => {
                    tracing::error!(file = %path.display(), "a file of the journal has no request id for a name; it is left");
                    strangers += 1;
                }
            }
        }
        ids.sort_unstable();
        Ok((ids, strangers))
    }

    /// The request that was written down under an id.
    pub(crate) fn read(&self, id: Uuid) -> io::Result<Entry> {
        Entry::read(&fs::read(self.path(id))?, id)
    }
}

/// When a request that is written down has begun: from then on it is finished, whoever waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begins {
    /// Before its first message.
    Now,
    /// With its own message, before which nothing is recorded of it.
    WithItsOwn,
}

impl Inner {
    /// Does work of several messages with the request written down meanwhile; it was checked when `checked`
    /// was the last message on what it speaks to.
    pub(crate) async fn journalled(
        &self,
        asking: &Asking,
        entry: &Entry,
        checked: Sequence,
        begins: Begins,
        work: impl Future<Output = Result<v1::Written, Failure>> + Send,
    ) -> Result<v1::Written, Failure> {
        asking.caller.still_waits()?;
        let written = Entry {
            checked: Some(match begins {
                Begins::Now => asking.caller.begun(checked),
                Begins::WithItsOwn => checked,
            }),
            ..entry.clone()
        };
        let journal = self.journal.clone();
        // Nothing was recorded yet. A disk may have room again by the next attempt.
        let noted = on_disk(move || journal.write(&written)).await;
        noted.map_err(|failure| {
            let reason = failure.cause().unwrap_or_default();
            Failure::Append(AppendError::Unavailable { reason })
        })?;
        let answer = work.await;
        let finished = match &answer {
            Ok(_) => true,
            Err(failure) => refused_for_good(failure),
        };
        if finished {
            let (journal, id) = (self.journal.clone(), asking.id);
            if let Err(failure) = on_disk(move || journal.forget(id)).await {
                tracing::warn!(cause = ?failure.cause(), "a finished request stays in the journal");
            }
        }
        answer
    }
}

/// Whether trying again would be refused again. A change that the caller had not seen counts: it is for
/// the caller to read and to decide.
pub(crate) fn refused_for_good(failure: &Failure) -> bool {
    use tonic::Code::{
        Aborted, DataLoss, DeadlineExceeded, Internal, ResourceExhausted, Unavailable,
    };
    let reason = failure.reason();
    let may_pass = matches!(
        reason.code(),
        Aborted | DataLoss | DeadlineExceeded | Internal | ResourceExhausted | Unavailable
    );
    !may_pass || matches!(reason, Reason::ChangedSinceRead | Reason::TooLarge)
}

pub(crate) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    let fault = |cause: String| Failure::Fault {
        cause: format!("the journal of requests: {cause}"),
    };
    match done {
        Ok(result) => result.map_err(|error| fault(error.to_string())),
        Err(error) => Err(fault(error.to_string())),
    }
}
