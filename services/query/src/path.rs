//! The path of every read.

use std::sync::Arc;
use std::time::Duration;

use api::auth::principal_or_public;
use api::deadline::time_given;
use api::failure::Failure;
use api::message::{Duties, Reading, freshness};
use api::v1;
use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::london::civil_date;
use domain::policy::{self, Facts, Operation, Principal, Verdict};
use domain::text::Slug;
use event_log::Sequence;
use projection::{Question, ReadModel, Token};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tonic::Request;
use tonic::metadata::MetadataMap;

use crate::failure::{of_read, of_wait};
use crate::service::{READS, STORIES, Service};

/// The longest wait for the write of a token.
const PATIENCE: Duration = Duration::from_secs(10);

/// Kept back from the caller's deadline, so that the reason arrives before it.
const MARGIN: Duration = Duration::from_millis(50);

/// A question, ready to be put: who asks for what, and until when they wait.
pub(crate) struct Asked {
    pub(crate) reading: Reading,
    pub(crate) reader: Principal,
    pub(crate) now: DateTime<Utc>,
    deadline: Instant,
    /// Held from the first wait to the answer, whatever is waited for or read in between.
    _room: OwnedSemaphorePermit,
}

impl Asked {
    pub(crate) fn question(&self) -> Question<'_> {
        Question {
            area: &self.reading.area,
            as_of: self.reading.as_of,
            today: civil_date(self.now),
            reader: &self.reader,
        }
    }

    /// The day on which overdue is judged and names are looked up.
    pub(crate) fn as_at(&self) -> NaiveDate {
        self.question().as_at()
    }
}

impl Service {
    /// Who asks, checked by the policy, at the time of the service's clock; refused when too many ask already.
    pub(crate) fn asked<T>(
        &self,
        request: &Request<T>,
        reading: Reading,
    ) -> Result<Asked, Failure> {
        let reader = self.reader(request, &reading.area)?;
        let room = Arc::clone(&self.inner.room).try_acquire_owned();
        Ok(Asked {
            reading,
            reader,
            now: (self.inner.clock)(),
            deadline: deadline(request.metadata()),
            _room: room.map_err(|_| Failure::Busy { limit: READS })?,
        })
    }

    /// Room to read a story; refused when too many are asked for already.
    pub(crate) fn room_for_a_story(&self) -> Result<OwnedSemaphorePermit, Failure> {
        let room = Arc::clone(&self.inner.stories).try_acquire_owned();
        room.map_err(|_| Failure::Busy { limit: STORIES })
    }

    /// Whoever signed in, or anybody; the policy says whether they read what is published.
    pub(crate) fn reader<T>(
        &self,
        request: &Request<T>,
        area: &Slug,
    ) -> Result<Principal, Failure> {
        let reader = principal_or_public(request, area.as_str());
        allow(&reader, Operation::ReadPublished, area.as_str(), None)?;
        Ok(reader)
    }

    /// Waits for the token, then puts the question where it may take its time. The answer comes
    /// with what was asked and the position that it takes in at least.
    pub(crate) async fn ask<A: Send + 'static>(
        &self,
        asked: Asked,
        read: impl FnOnce(&ReadModel, &Asked) -> Result<A, Failure> + Send + 'static,
    ) -> Result<(Asked, A, Sequence), Failure> {
        self.ask_where(asked, false, read).await
    }

    /// The same, but what is answered at once is answered here: to hand it to another thread and back
    /// takes longer than the answer does.
    pub(crate) async fn ask_where<A: Send + 'static>(
        &self,
        asked: Asked,
        at_once: bool,
        read: impl FnOnce(&ReadModel, &Asked) -> Result<A, Failure> + Send + 'static,
    ) -> Result<(Asked, A, Sequence), Failure> {
        if let Some(token) = &asked.reading.token {
            self.wait_for(token, asked.deadline).await?;
        }
        if at_once {
            return answer(&self.inner.model, asked, read);
        }
        let turns = Arc::clone(&self.inner.turns);
        let turn = tokio::time::timeout_at(asked.deadline, turns.acquire_owned()).await;
        let turn = turn.map_err(|_| Failure::Deadline)?;
        let model = self.inner.model.clone();
        let work = move || {
            let _held = turn;
            answer(&model, asked, read)
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Failure::Fault {
                cause: format!("a question was not answered: {error}"),
            })?
    }

    async fn wait_for(&self, token: &Token, deadline: Instant) -> Result<(), Failure> {
        let waited = self.inner.model.wait_for(token, deadline).await;
        waited.map_err(|error| of_wait(error, token.sequence))
    }

    /// The freshness of an answer that takes in everything up to `position`.
    pub(crate) fn freshness(&self, position: Sequence) -> v1::Freshness {
        let now = (self.inner.clock)();
        freshness(&self.inner.model.freshness(now), position, now)
    }
}

fn answer<A>(
    model: &ReadModel,
    asked: Asked,
    read: impl FnOnce(&ReadModel, &Asked) -> Result<A, Failure>,
) -> Result<(Asked, A, Sequence), Failure> {
    let position = model.position();
    known_area(model, &asked.reading.area)?;
    let answer = read(model, &asked)?;
    Ok((asked, answer, position))
}

/// Whom the Panel can require to answer, by the register of the question's time.
pub(crate) fn duties(model: &ReadModel, asked: &Asked) -> Result<Duties, Failure> {
    model
        .with_register(&asked.reading.area, &asked.reading.as_of, Duties::of)
        .map_err(of_read)
}

/// The policy's answer, as a failure when it is no.
pub(crate) fn allow(
    reader: &Principal,
    operation: Operation,
    area: &str,
    group: Option<&str>,
) -> Result<(), Failure> {
    match policy::decide(reader, operation, Facts { area, group }) {
        Verdict::Allow(_) => Ok(()),
        Verdict::Deny(rule) => Err(Failure::Denied {
            name: reader.name.clone(),
            operation,
            rule,
        }),
    }
}

/// An area of which the log does not speak is a mistake in the question, unless the log is empty.
fn known_area(model: &ReadModel, area: &Slug) -> Result<(), Failure> {
    if model.speaks_of(area).map_err(of_read)? {
        return Ok(());
    }
    Err(Failure::NotFound {
        what: "area",
        name: area.to_string(),
        field: "area",
    })
}

/// Until when the answer may be waited for: the caller's deadline, at most [`PATIENCE`] away.
fn deadline(metadata: &MetadataMap) -> Instant {
    let asked = time_given(metadata).map_or(PATIENCE, |time| time.saturating_sub(MARGIN));
    Instant::now() + asked.min(PATIENCE)
}
