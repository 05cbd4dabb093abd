//! States of aggregates, kept between requests.
//!
//! A kept state may be behind the log. That is safe: an append states which last message it was
//! decided on, and a refusal is never given on a kept state without reading the log again.

use crate::aggregate::Folded;
use crate::step::Done;
use crate::turns::Turns;
use api::failure::Failure;
use chrono::{DateTime, Utc};
use domain::stored::{Decision, decode};
use event_log::{EventLog, Record, Sequence, Subject};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A state with the last message it takes in.
#[derive(Clone)]
pub(crate) struct Held<S> {
    pub(crate) state: S,
    /// Position of the subject's last message; 0 without one.
    pub(crate) last: Sequence,
    /// Who recorded that message, and when.
    pub(crate) changed: Option<(String, DateTime<Utc>)>,
    /// When the log was last asked.
    asked: Instant,
}

impl<S: Folded> Held<S> {
    /// Before the first message.
    pub(crate) fn nothing() -> Self {
        Self {
            state: S::default(),
            last: 0,
            changed: None,
            asked: Instant::now(),
        }
    }

    /// The answer that this state stands already as is wished.
    pub(crate) fn unchanged(&self, events: Vec<S::Event>) -> Done<S::Event> {
        Done {
            position: self.last,
            unchanged: true,
            events,
            recorded_at: self.changed.as_ref().map(|(_, at)| *at),
        }
    }

    /// Takes in a decision that stands at a position.
    pub(crate) fn take_in(&mut self, decision: &Decision<S::Event>, at: Sequence) {
        for event in &decision.events {
            self.state.apply(decision.on, event);
        }
        self.last = at;
        self.changed = Some((decision.by.name.clone(), decision.recorded_at));
    }
}

/// How fresh a state must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// A kept one will do, unless it is older than the kind of state allows.
    Kept,
    /// The log is asked now.
    Now,
}

/// States by subject, the least recently used dropped first.
pub(crate) struct States<S> {
    limit: usize,
    /// After which a kept state is asked for again even when a kept one would do.
    stale_after: Option<Duration>,
    /// One reads again for all who wait.
    refreshing: Turns,
    kept: Mutex<Kept<S>>,
}

struct Kept<S> {
    tick: u64,
    by_subject: HashMap<Subject, (u64, Arc<Held<S>>)>,
}

impl<S: Folded> States<S> {
    /// At most `limit` of them.
    pub(crate) fn new(limit: usize, stale_after: Option<Duration>) -> Self {
        Self {
            limit,
            stale_after,
            refreshing: Turns::new(),
            kept: Mutex::new(Kept {
                tick: 0,
                by_subject: HashMap::new(),
            }),
        }
    }

    /// The state of a subject.
    pub(crate) async fn load(
        &self,
        log: &dyn EventLog,
        subject: &Subject,
        freshness: Freshness,
    ) -> Result<Arc<Held<S>>, Failure> {
        let mut kept = self.get(subject);
        let _one;
        if freshness == Freshness::Kept {
            if let Some(held) = kept.as_ref().filter(|held| self.is_fresh(held)) {
                return Ok(Arc::clone(held));
            }
            _one = self.refreshing.wait_for(subject).await;
            kept = self.get(subject);
            if let Some(held) = kept.as_ref().filter(|held| self.is_fresh(held)) {
                return Ok(Arc::clone(held));
            }
        }
        let mut held = kept.map_or_else(Held::nothing, |held| (*held).clone());
        held.asked = Instant::now();
        for record in log.read_subject(subject, held.last).await? {
            held.take_in(&decision::<S>(&record)?, record.sequence);
        }
        let held = Arc::new(held);
        self.put(subject, Arc::clone(&held));
        Ok(held)
    }

    fn is_fresh(&self, held: &Held<S>) -> bool {
        let stale_after = self.stale_after;
        stale_after.is_none_or(|after| held.asked.elapsed() < after)
    }

    fn get(&self, subject: &Subject) -> Option<Arc<Held<S>>> {
        let mut kept = self.lock();
        kept.tick += 1;
        let tick = kept.tick;
        let (used, held) = kept.by_subject.get_mut(subject)?;
        *used = tick;
        Some(Arc::clone(held))
    }

    /// Keeps a state, unless a newer one is kept already.
    pub(crate) fn put(&self, subject: &Subject, held: Arc<Held<S>>) {
        let mut kept = self.lock();
        kept.tick += 1;
        let tick = kept.tick;
        match kept.by_subject.get_mut(subject) {
            Some((_, there)) if there.last > held.last => return,
            Some(there) => *there = (tick, held),
            None => {
                kept.by_subject.insert(subject.clone(), (tick, held));
            }
        }
        if kept.by_subject.len() > self.limit {
            kept.drop_older_half();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept<S>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Kept<S> {
    /// Half at once, so that the sorting is paid for by many insertions.
    fn drop_older_half(&mut self) {
        let mut used: Vec<u64> = self.by_subject.values().map(|(used, _)| *used).collect();
        let half = used.len() / 2;
        let (_, middle, _) = used.select_nth_unstable(half);
        let middle = *middle;
        self.by_subject.retain(|_, (used, _)| *used >= middle);
    }
}

/// The decision in a record.
pub(crate) fn decision<S: Folded>(record: &Record) -> Result<Decision<S::Event>, Failure> {
    decode::<S::Event>(&record.body).map_err(|error| Failure::Unreadable {
        what: record.subject.to_string(),
        cause: format!("sequence {}: {error}", record.sequence),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::register::Register;

    #[test]
    fn the_least_recently_used_go_first() {
        let states = States::<Register>::new(4, None);
        let subject = |n: usize| Subject::parse(&format!("evt.area-{n}.register")).unwrap();
        for n in 0..4 {
            states.put(&subject(n), Arc::new(Held::nothing()));
        }
        assert!(states.get(&subject(0)).is_some());
        states.put(&subject(4), Arc::new(Held::nothing()));
        let kept: Vec<usize> = (0..5)
            .filter(|n| states.get(&subject(*n)).is_some())
            .collect();
        assert_eq!(kept, [0, 3, 4]);
    }

    #[test]
    fn an_older_state_does_not_replace_a_newer_one() {
        let states = States::<Register>::new(4, None);
        let subject = Subject::parse("evt.area.register").unwrap();
        let held = |last| {
            Arc::new(Held {
                last,
                ..Held::<Register>::nothing()
            })
        };
        states.put(&subject, held(7));
        states.put(&subject, held(5));
        assert_eq!(states.get(&subject).unwrap().last, 7);
    }
}
