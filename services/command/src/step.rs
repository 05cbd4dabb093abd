//! One decision on one aggregate: load, decide, append, and again when another was faster.

use crate::aggregate::Folded;
use crate::asking::Asking;
use crate::service::Inner;
use crate::states::{Freshness, Held, decision};
use api::failure::{Failure, Violations};
use chrono::{DateTime, Utc};
use domain::aggregate::Address;
use domain::policy::Rule;
use domain::register::Register;
use domain::stored::{DECISION_TYPE, Decision, encode};
use event_log::{Append, AppendError, Attributes, Sequence, Subject};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio_util::bytes::Bytes;

/// How often a decision is made anew before the caller is told to try again.
const ATTEMPTS: u32 = 12;

/// The CloudEvents source of what this service writes.
const SOURCE: &str = "/matters-arising/command";

/// What a decision looks at.
pub(crate) struct Seen<'a, S> {
    pub(crate) state: &'a S,
    pub(crate) register: &'a Register,
}

/// What was decided, and the rule of the policy that allows it.
pub(crate) struct Decided<E> {
    pub(crate) events: Vec<E>,
    pub(crate) rule: Rule,
}

/// What a step led to.
#[derive(Debug, Clone)]
pub(crate) struct Done<E> {
    /// Position of its message, or of the aggregate's last one when nothing was recorded.
    pub(crate) position: Sequence,
    /// Whether it stood already.
    pub(crate) unchanged: bool,
    /// What was recorded, now or by the first of several same requests.
    pub(crate) events: Vec<E>,
    /// When.
    pub(crate) recorded_at: Option<DateTime<Utc>>,
}

impl<E> Done<E> {
    /// What an earlier request recorded.
    pub(crate) fn before(position: Sequence, decision: Decision<E>) -> Self {
        Self {
            position,
            unchanged: true,
            events: decision.events,
            recorded_at: Some(decision.recorded_at),
        }
    }
}

/// What became of one append.
pub(crate) enum Tried<E> {
    /// It is on record.
    Done(Done<E>),
    /// Another message stands where it expected the end.
    Conflict,
}

impl Inner {
    /// The subject of an address.
    pub(crate) fn subject(address: &Address) -> Result<Subject, Failure> {
        Subject::parse(&address.to_string()).map_err(|error| Failure::Fault {
            cause: error.to_string(),
        })
    }

    /// The state of an aggregate.
    pub(crate) async fn load<S: Folded>(
        &self,
        address: &Address,
        freshness: Freshness,
    ) -> Result<Arc<Held<S>>, Failure> {
        let subject = Self::subject(address)?;
        S::kept(self).load(&*self.log, &subject, freshness).await
    }

    /// The register of the area.
    pub(crate) async fn register(
        &self,
        asking: &Asking,
        freshness: Freshness,
    ) -> Result<Arc<Held<Register>>, Failure> {
        self.load(&Address::register(&asking.area), freshness).await
    }

    /// Decides and appends. A refusal, or a wish for what stands already, is answered only on states
    /// that were just read.
    pub(crate) async fn step<S: Folded>(
        &self,
        asking: &Asking,
        address: &Address,
        decide: impl Fn(Seen<'_, S>) -> Result<Decided<S::Event>, Failure> + Send + Sync,
    ) -> Result<Done<S::Event>, Failure> {
        let subject = Self::subject(address)?;
        let _turn = self.turns.wait_for(&subject).await;
        let mut freshness = Freshness::Kept;
        let mut attempts = 0;
        while attempts < ATTEMPTS {
            let register = self.register(asking, freshness).await?;
            let held = self.load::<S>(address, freshness).await?;
            asking.caller.still_waits()?;
            unchanged_since(asking, &held, address)?;
            let answered = self
                .answered_since_it_began::<S>(asking, address, &register.state, &decide)
                .await?;
            if let Some(done) = answered {
                return Ok(done);
            }
            let decided = decide(Seen {
                state: &held.state,
                register: &register.state,
            });
            let decided = match decided {
                Ok(decided) if !decided.events.is_empty() => decided,
                _ if freshness == Freshness::Kept => {
                    freshness = Freshness::Now;
                    continue;
                }
                Ok(nothing) => return Ok(held.unchanged(nothing.events)),
                Err(refused) => return Err(refused),
            };
            match self.append::<S>(asking, &subject, &held, decided).await? {
                Tried::Done(done) => return Ok(done),
                Tried::Conflict => {
                    attempts += 1;
                    freshness = Freshness::Now;
                    tokio::time::sleep(pause(asking, attempts)).await;
                }
            }
        }
        Err(Failure::Contended {
            what: named(address),
            attempts,
        })
    }

    /// Appends a decision that was made on a state.
    pub(crate) async fn append<S: Folded>(
        &self,
        asking: &Asking,
        subject: &Subject,
        held: &Held<S>,
        decided: Decided<S::Event>,
    ) -> Result<Tried<S::Event>, Failure> {
        let last_change = held.changed.as_ref().map(|(_, at)| *at);
        let decision = Decision {
            on: asking.on,
            recorded_at: self.recording_time(last_change).await?,
            by: asking.actor(),
            rule: decided.rule.id().to_owned(),
            events: decided.events,
        };
        let body = encode(&decision).map_err(|error| Failure::Fault {
            cause: format!("a decision cannot be written: {error}"),
        })?;
        let body = Bytes::from(body);
        let append = |body| Append {
            id: asking.id,
            subject: subject.clone(),
            expected: held.last,
            digest: asking.digest,
            attributes: Attributes {
                source: SOURCE.to_owned(),
                kind: DECISION_TYPE.to_owned(),
                time: decision.recorded_at,
            },
            body,
        };
        match self.log.append(append(body.clone())).await {
            Ok(appended) if appended.duplicate => self.first::<S>(appended.sequence).await,
            Ok(appended) => {
                self.metrics.appended(S::NAME);
                self.met.fetch_max(appended.sequence, Ordering::Relaxed);
                asking.caller.wrote(appended.sequence);
                let mut held = held.clone();
                held.take_in(&decision, appended.sequence);
                S::kept(self).put(subject, Arc::new(held));
                Ok(Tried::Done(Done {
                    position: appended.sequence,
                    unchanged: false,
                    events: decision.events,
                    recorded_at: Some(decision.recorded_at),
                }))
            }
            Err(AppendError::Conflict { code, .. }) => {
                self.metrics.conflict(S::NAME, code);
                Ok(Tried::Conflict)
            }
            Err(error) => {
                if matches!(error, AppendError::OutcomeUnknown { .. }) {
                    self.unsettled.note(append(body));
                }
                Err(error.into())
            }
        }
    }

    /// What stands at the position of a duplicate. A log that names it and does not show it is one that is
    /// failing: whether it is on record is to be asked again.
    async fn first<S: Folded>(&self, at: Sequence) -> Result<Tried<S::Event>, Failure> {
        let record = self.log.read(at).await?.ok_or_else(|| {
            Failure::Append(AppendError::OutcomeUnknown {
                reason: format!("the log names sequence {at} and does not show it"),
            })
        })?;
        let decision = decision::<S>(&record)?;
        Ok(Tried::Done(Done::before(at, decision)))
    }
}

impl Inner {
    /// Refuses an etag that no read can have given out: the log is not asked for its end unless the
    /// etag is beyond all that this process has met.
    pub(crate) async fn etag_within_log(&self, asking: &Asking) -> Result<(), Failure> {
        let Some(etag) = asking.etag else {
            return Ok(());
        };
        if etag <= self.met.load(Ordering::Relaxed) {
            return Ok(());
        }
        let head = self.log.head().await?;
        self.met.fetch_max(head, Ordering::Relaxed);
        if etag <= head {
            return Ok(());
        }
        let wrong = format!(
            "is {etag}, and the record ends at {head}; give the one that came with the read"
        );
        Err(Violations::one("write.etag", wrong).into())
    }
}

/// Refuses a write over a change that the caller has not seen. One of several messages that has begun was
/// checked before its first.
pub(crate) fn unchanged_since<S>(
    asking: &Asking,
    held: &Held<S>,
    address: &Address,
) -> Result<(), Failure> {
    match asking.etag {
        Some(etag) if held.last > etag && !asking.caller.has_begun() => {
            Err(changed_since(etag, held, address))
        }
        _ => Ok(()),
    }
}

/// That the last message came after what the caller had read.
pub(crate) fn changed_since<S>(etag: Sequence, held: &Held<S>, address: &Address) -> Failure {
    let (who, at) = held.changed.clone().unwrap_or_default();
    Failure::Changed {
        what: named(address),
        who,
        at,
        etag,
        now: held.last,
    }
}

/// An aggregate as people call it.
pub(crate) fn named(address: &Address) -> String {
    use domain::aggregate::Aggregate;
    match &address.aggregate {
        Aggregate::Register => "the register".to_owned(),
        Aggregate::Action(reference) => reference.to_string(),
        Aggregate::Return(group, quarter) => format!("the return of {group} for {quarter}"),
    }
}

/// Grows with the attempts. The chance in it is that of the request id, which its caller drew.
pub(crate) fn pause(asking: &Asking, attempts: u32) -> Duration {
    let most = 2_u128 << attempts.min(6);
    let chance = (asking.id.as_u128() >> (attempts % 16 * 4)) % most;
    Duration::from_millis(1 + u64::try_from(chance).unwrap_or(1))
}
