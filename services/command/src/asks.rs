//! What can be asked for, one family of calls in each file.

mod action;
mod linking;
mod next_meeting;
mod register;
mod responding;
mod restricting;
mod returns;
mod several;
mod splitting;
mod undertaking;

use crate::aggregate::Folded;
use crate::asking::Asking;
use crate::journal::{Entry, refused_for_good};
use crate::service::Inner;
use crate::states::{Freshness, Held};
use crate::step::Seen;
use api::failure::{Failure, Reason};
use api::request::Ask;
use api::v1;
use domain::action::{Command, Context};
use domain::aggregate::Address;
use domain::reference::Reference;
use domain::register::Register;
use event_log::{AppendError, Record, Sequence};

impl Inner {
    /// Does what is asked, once: a request that was answered before gets its first answer again.
    ///
    /// The look before costs nothing and may miss what was recorded a moment ago. That is safe: the
    /// append knows every id, and nothing but a fresh record is answered without an exact look.
    pub(crate) async fn perform(
        &self,
        asking: &Asking,
        ask: &Ask,
        entry: &Entry,
    ) -> Result<v1::Written, Failure> {
        if let Some(record) = self.log.seen(asking.id).await? {
            return self.done_before(asking, ask, &record).await;
        }
        let answer = if asking.next_agenda {
            match self.before_next_agenda(asking, ask.clone()).await {
                Ok(ask) => self.attempt(asking, &ask, entry).await,
                Err(failure) => Err(failure),
            }
        } else {
            self.attempt(asking, ask, entry).await
        };
        let may_stand = match &answer {
            Ok(written) => written.unchanged,
            Err(failure) => may_be_on_record(failure),
        };
        if may_stand {
            self.settle_earlier(asking).await?;
            if let Some(record) = self.log.find(asking.id).await? {
                return self.done_before(asking, ask, &record).await;
            }
        }
        answer
    }

    /// The first answer, once everything is done that comes after the last message: who did it first may
    /// not have come so far.
    async fn done_before(
        &self,
        asking: &Asking,
        ask: &Ask,
        record: &Record,
    ) -> Result<v1::Written, Failure> {
        let written = self.first_answer(asking, record).await?;
        match self.see_to_views(asking, ask, &written).await {
            Err(failure) if refused_for_good(&failure) => {
                tracing::warn!(
                    request_id = %asking.id,
                    reason = failure.reason().as_str(),
                    "what a request spoke to is not in one view, and cannot be brought there"
                );
                Ok(written)
            }
            Err(failure) => Err(failure),
            Ok(()) => Ok(written),
        }
    }

    /// What an earlier attempt recorded of what was just refused: the cheap look before it may have missed it.
    ///
    /// # Errors
    /// The refusal, when there is nothing.
    async fn recorded_before(&self, asking: &Asking, refused: Failure) -> Result<Record, Failure> {
        if may_be_on_record(&refused)
            && let Some(record) = self.log.find(asking.id).await?
        {
            return Ok(record);
        }
        Err(refused)
    }

    /// The first message on record of a request of several, if any is; `None` where the request is of one.
    pub(crate) async fn has_begun(
        &self,
        asking: &Asking,
        ask: &Ask,
    ) -> Result<Option<Option<Sequence>>, Failure> {
        let parts: Vec<Asking> = match ask {
            Ask::Respond(_, responding) => {
                let others = responding.also.iter();
                others.map(|(other, _)| asking.for_other(other)).collect()
            }
            Ask::Split(_, splitting) => {
                let pieces = 0..splitting.pieces.len();
                pieces.map(|at| asking.for_piece(at)).collect()
            }
            Ask::Undertake(..) => vec![asking.for_undertaking()],
            Ask::Action(reference, command) if matches!(**command, Command::Restrict { .. }) => {
                self.carrying(asking, reference).await?
            }
            _ => return Ok(None),
        };
        let mut first = None;
        for part in parts.iter().chain([asking]) {
            let found = self.log.find(part.id).await?.map(|record| record.sequence);
            first = first.into_iter().chain(found).min();
        }
        Ok(Some(first))
    }

    /// Attempts it; what has begun is finished on a change that its caller has not seen too, since it
    /// was begun before that.
    async fn attempt(
        &self,
        asking: &Asking,
        ask: &Ask,
        entry: &Entry,
    ) -> Result<v1::Written, Failure> {
        match self.attempt_once(asking, ask, entry).await {
            Err(failure)
                if failure.reason() == Reason::ChangedSinceRead
                    && asking.caller.gone_since_it_began().is_none()
                    && self.has_begun(asking, ask).await?.flatten().is_some() =>
            {
                let asking = Asking {
                    etag: None,
                    ..asking.clone()
                };
                self.attempt_once(&asking, ask, entry).await
            }
            answer => answer,
        }
    }

    async fn attempt_once(
        &self,
        asking: &Asking,
        ask: &Ask,
        entry: &Entry,
    ) -> Result<v1::Written, Failure> {
        self.etag_within_log(asking).await?;
        match ask {
            Ask::Raise(raising) => self.raise(asking, raising).await,
            Ask::Action(reference, command) => match **command {
                Command::Restrict { .. } => self.restrict(asking, reference, command, entry).await,
                Command::CorrectResponse { response, .. } => {
                    self.correct(asking, reference, command, response).await
                }
                Command::Link { kind, ref other } => {
                    self.link(asking, reference, command, kind, other).await
                }
                Command::Close { .. } | Command::Withdraw { .. } => {
                    let _family = self.families.read().await;
                    self.act(asking, reference, command).await
                }
                _ => self.act(asking, reference, command).await,
            },
            Ask::Register(command) => self.enter(asking, command).await,
            Ask::Return(returning) => self.step_of_return(asking, returning).await,
            Ask::Respond(reference, responding) => {
                self.respond(asking, reference, responding, entry).await
            }
            Ask::Split(reference, splitting) => {
                self.split(asking, reference, splitting, entry).await
            }
            Ask::Undertake(reference, undertaking) => {
                self.undertake(asking, reference, undertaking, entry).await
            }
        }
    }

    /// Looks at a state without writing; what is refused on kept states is looked at again on
    /// states that were just read. Before a write of several messages nothing but the latter will do.
    async fn look<S: Folded, T>(
        &self,
        asking: &Asking,
        address: &Address,
        mut freshness: Freshness,
        look: impl Fn(Seen<'_, S>, &Held<S>) -> Result<T, Failure> + Send + Sync,
    ) -> Result<T, Failure> {
        loop {
            let register = self.register(asking, freshness).await?;
            let held = self.load::<S>(address, freshness).await?;
            let seen = Seen {
                state: &held.state,
                register: &register.state,
            };
            match look(seen, &held) {
                Err(_) if freshness == Freshness::Kept => freshness = Freshness::Now,
                looked => return looked,
            }
        }
    }
}

/// Whether what was refused may be what this very request recorded before. A log that does not answer
/// is not asked a second time.
pub(crate) fn may_be_on_record(failure: &Failure) -> bool {
    match failure {
        Failure::Append(error) => !matches!(
            error,
            AppendError::OutcomeUnknown { .. } | AppendError::Unavailable { .. }
        ),
        Failure::Log(_) | Failure::Fault { .. } | Failure::Unreadable { .. } => false,
        _ => true,
    }
}

/// A refusal of a request whose first messages stand already. It takes another replica, or another
/// request, that changes the action between the check and the last message: nothing is recorded twice
/// or lost, and the caller is told what stands.
fn partly(failure: Failure, recorded: &[Reference]) -> Failure {
    if recorded.is_empty() || !refused_for_good(&failure) {
        return failure;
    }
    let recorded: Vec<String> = recorded.iter().map(ToString::to_string).collect();
    tracing::warn!(
        reason = failure.reason().as_str(),
        recorded = recorded.join(", "),
        "a request of several messages was refused after the first"
    );
    Failure::Partly {
        refused: Box::new(failure),
        recorded,
    }
}

/// What a decision on an action may look at.
fn context<'a>(asking: &Asking, register: &'a Register) -> Context<'a> {
    Context {
        on: asking.on,
        today: asking.today,
        register,
    }
}
