//! A handle onto the simulated stream, as one replica has it.

use super::fate::Fate;
use super::world::World;
use crate::chance::Chance;
use async_trait::async_trait;
use event_log::{
    Append, AppendError, Appended, ConflictCode, EventLog, Incarnation, LogError, MAX_BATCH,
    MAX_BODY_BYTES, Record, Sequence, Subject,
};
use futures::stream::{self, BoxStream, StreamExt as _};
use std::future::{Future, pending};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long a cheap look may miss an id, in milliseconds of the simulation.
const SEEN_LATE: u64 = 60_000;

/// A log whose every answer is one that the contract permits.
#[derive(Clone)]
pub struct FakeLog {
    world: Arc<World>,
    replica: usize,
    dead: CancellationToken,
}

impl FakeLog {
    /// The log as a replica has it until it dies. What it sent before arrives none the less.
    #[must_use]
    pub fn new(world: Arc<World>, replica: usize, dead: CancellationToken) -> Self {
        Self {
            world,
            replica,
            dead,
        }
    }

    /// Goes on unless the replica is dead: a dead one hears nothing more.
    async fn living<T>(&self, work: impl Future<Output = T> + Send) -> T {
        tokio::select! {
            biased;
            () = self.dead.cancelled() => pending().await,
            done = work => done,
        }
    }

    /// One read: looks at some instant between the question and the answer.
    async fn read_by<T: Send>(
        &self,
        what: String,
        look: impl Fn(&World) -> T + Send + Sync,
    ) -> Result<T, LogError> {
        if self.world.faults.none() {
            return Ok(look(&self.world));
        }
        self.living(async {
            let mut chance = self.world.chance(&format!("{} {what}", self.replica));
            let (there, back) = (chance.between(1, 15), chance.between(1, 15));
            let refused = !self.world.is_calm() && chance.percent(self.world.faults.reads);
            self.world.pass(there).await;
            if refused || !self.world.reaches(self.replica) {
                self.world.inject("read refused");
                self.world
                    .note(format_args!("{} {what} is refused", self.replica));
                return Err(LogError::Unavailable {
                    reason: "simulated".to_owned(),
                });
            }
            let seen = look(&self.world);
            self.world.pass(back).await;
            Ok(seen)
        })
        .await
    }
}

/// An append on its way, in a task of its own: its sender may be dropped, or die.
async fn deliver(
    world: Arc<World>,
    replica: usize,
    append: Append,
) -> Result<Appended, AppendError> {
    let what = format!(
        "{replica} append {} {} {}",
        append.id, append.subject, append.expected
    );
    let mut chance = world.chance(&what);
    let fate = Fate::draw(&mut chance, world.faults, world.is_calm());
    let (there, back) = (chance.between(1, 40), chance.between(1, 40));
    world.pass(there).await;
    let fate = if world.reaches(replica) {
        fate
    } else {
        cut_off(fate)
    };
    if !matches!(fate, Fate::Plain) {
        world.inject(fate.name());
    }
    let arrive = |world: &World, how: &str| {
        let answer = world.arrive(&append);
        world.note(format_args!("{what} {how}: {answer:?}"));
        answer
    };
    let unknown = || AppendError::OutcomeUnknown {
        reason: "simulated".to_owned(),
    };
    match fate {
        Fate::Plain => {
            let answer = arrive(&world, fate.name());
            world.pass(back).await;
            told_somehow(answer, &mut chance, &world)
        }
        Fate::HeldUp { later } => {
            world.pass(later).await;
            let answer = arrive(&world, fate.name());
            world.pass(back).await;
            answer
        }
        Fate::AskedAgain { duplicate } => {
            let answer = arrive(&world, fate.name());
            world.pass(back * 4).await;
            answer.map(|told| Appended {
                duplicate: told.duplicate || duplicate,
                ..told
            })
        }
        Fate::TwiceSent { later } => {
            let answer = arrive(&world, fate.name());
            tokio::spawn(come_later(Arc::clone(&world), append.clone(), later));
            world.pass(back).await;
            answer
        }
        Fate::Unheard => {
            let answer = arrive(&world, fate.name());
            world.pass(back * 10).await;
            // What is too large, taken or overtaken is refused however often it is asked.
            answer.and(Err(unknown()))
        }
        Fate::Swallowed => {
            world.note(format_args!("{what} {}", fate.name()));
            world.pass(back * 10).await;
            Err(unknown())
        }
        Fate::Zombie { later } => {
            world.note(format_args!("{what} {}", fate.name()));
            tokio::spawn(come_later(Arc::clone(&world), append.clone(), later));
            world.pass(back).await;
            Err(unknown())
        }
        Fate::Refused => {
            world.note(format_args!("{what} {}", fate.name()));
            world.pass(back).await;
            Err(AppendError::Unavailable {
                reason: "simulated".to_owned(),
            })
        }
    }
}

/// The same append once more, when nobody waits for it.
async fn come_later(world: Arc<World>, append: Append, later: u64) {
    world.pass(later).await;
    let answer = world.arrive(&append);
    world.note(format_args!("{} comes late: {answer:?}", append.id));
}

/// A conflict is not always told with what stands there, and is noticed in many ways.
fn told_somehow(
    answer: Result<Appended, AppendError>,
    chance: &mut Chance,
    world: &World,
) -> Result<Appended, AppendError> {
    match answer {
        Err(AppendError::Conflict {
            subject,
            expected,
            actual,
            ..
        }) => {
            let told = chance.percent(70) || world.faults.none();
            let code = chance.pick(&ConflictCode::ALL).copied();
            Err(AppendError::Conflict {
                subject,
                expected,
                actual: actual.filter(|_| told),
                code: code.unwrap_or(ConflictCode::Expectation),
            })
        }
        answer => answer,
    }
}

/// What becomes of an append while nothing is reached: it waits in a buffer, or is refused.
fn cut_off(fate: Fate) -> Fate {
    match fate {
        Fate::Zombie { .. } | Fate::Swallowed => fate,
        _ => Fate::Refused,
    }
}

#[async_trait]
impl EventLog for FakeLog {
    async fn incarnation(&self) -> Result<Incarnation, LogError> {
        let seed = self.world.seed;
        self.read_by("incarnation".to_owned(), |_| {
            Incarnation(format!("simulated-{seed}"))
        })
        .await
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let bytes = append.body.len();
        if bytes > MAX_BODY_BYTES {
            let (field, limit) = ("body", MAX_BODY_BYTES);
            return Err(AppendError::TooLarge {
                field,
                bytes,
                limit,
            });
        }
        let sent = tokio::spawn(deliver(Arc::clone(&self.world), self.replica, append));
        let answer = self.living(sent).await;
        answer.unwrap_or_else(|ended| {
            Err(AppendError::OutcomeUnknown {
                reason: ended.to_string(),
            })
        })
    }

    async fn find(&self, id: Uuid) -> Result<Option<Record>, LogError> {
        self.read_by(format!("find {id}"), |world| world.by_id(id))
            .await
    }

    async fn seen(&self, id: Uuid) -> Result<Option<Record>, LogError> {
        if self.world.faults.none() {
            return Ok(self.world.by_id(id));
        }
        let mut chance = self.world.chance(&format!("{} seen {id}", self.replica));
        // The index is caught up in the background: it may miss what is younger than its last round.
        let late = chance.below(SEEN_LATE);
        let Some(until) = self.world.now().checked_sub(late) else {
            return Ok(None);
        };
        Ok(self.world.by_id_until(id, until))
    }

    async fn read(&self, sequence: Sequence) -> Result<Option<Record>, LogError> {
        self.read_by(format!("read {sequence}"), |world| {
            let at = usize::try_from(sequence)
                .ok()
                .and_then(|s| s.checked_sub(1))?;
            world.look(|records| records.get(at).cloned())
        })
        .await
    }

    async fn read_subject(
        &self,
        subject: &Subject,
        after: Sequence,
    ) -> Result<Vec<Record>, LogError> {
        let what = format!("read {subject} after {after}");
        self.read_by(what, |world| world.of_subject(subject, after))
            .await
    }

    async fn last_of(&self, subject: &Subject) -> Result<Option<Record>, LogError> {
        let what = format!("last of {subject}");
        self.read_by(what, |world| world.of_subject(subject, 0).pop())
            .await
    }

    async fn head(&self) -> Result<Sequence, LogError> {
        self.read_by("head".to_owned(), |world| {
            world.look(|records| records.len() as u64)
        })
        .await
    }

    async fn read_batch(&self, after: Sequence, limit: usize) -> Result<Vec<Record>, LogError> {
        self.read_by(format!("batch after {after}"), |world| {
            let after = usize::try_from(after).unwrap_or(usize::MAX);
            let limit = limit.min(MAX_BATCH);
            world.look(|records| records.iter().skip(after).take(limit).cloned().collect())
        })
        .await
    }

    fn follow(&self, after: Sequence) -> BoxStream<'static, Result<Vec<Record>, LogError>> {
        let (world, head) = (Arc::clone(&self.world), self.world.head.subscribe());
        let place = Some((world, head, after));
        stream::unfold(place, |place| async move {
            let (world, mut head, after) = place?;
            let now = *head.borrow();
            if after > now {
                return Some((Err(LogError::BeyondHead { after, head: now }), None));
            }
            head.wait_for(|head| *head > after).await.ok()?;
            let skipped = usize::try_from(after).unwrap_or(usize::MAX);
            let records: Vec<Record> =
                world.look(|records| records.iter().skip(skipped).take(1_000).cloned().collect());
            let last = records.last().map_or(after, |record| record.sequence);
            Some((Ok(records), Some((world, head, last))))
        })
        .boxed()
    }
}
