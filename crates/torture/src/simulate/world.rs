//! The one stream of a simulation, what befalls those who speak to it, and the order of everything.

use super::fate::{Faults, Outage};
use super::trace::Trace;
use crate::chance::Chance;
use event_log::{Append, AppendError, Appended, ConflictCode, Record, Sequence, Subject};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

/// The stream. It exists once; the handles of services speak to it.
pub struct World {
    pub(super) seed: u64,
    pub(super) faults: Faults,
    begun: Instant,
    pub(super) head: watch::Sender<Sequence>,
    state: Mutex<State>,
}

struct State {
    calm: bool,
    records: Vec<Record>,
    /// When each record arrived.
    arrived: Vec<u64>,
    by_id: HashMap<Uuid, usize>,
    by_subject: HashMap<Subject, Vec<usize>>,
    outages: Vec<Outage>,
    /// Milliseconds at which something is due already: no two things happen at one instant, so that
    /// the order of the machine's threads cannot matter.
    taken: BTreeSet<u64>,
    injected: BTreeMap<&'static str, u64>,
    trace: Trace,
}

impl World {
    /// A stream that begins with these records.
    #[must_use]
    pub fn new(seed: u64, faults: Faults, records: &[Record]) -> Self {
        let mut state = State {
            calm: false,
            records: Vec::new(),
            arrived: Vec::new(),
            by_id: HashMap::new(),
            by_subject: HashMap::new(),
            outages: faults.outages(seed),
            taken: BTreeSet::new(),
            injected: BTreeMap::new(),
            trace: Trace::default(),
        };
        for record in records {
            state.keep(record.clone(), 0);
        }
        Self {
            seed,
            faults,
            begun: Instant::now(),
            head: watch::Sender::new(records.len() as u64),
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Milliseconds since the begin.
    #[must_use]
    pub fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Chance for one thing that happens now: it follows from what it is and when, not from what else
    /// was drawn before.
    pub(super) fn chance(&self, what: &str) -> Chance {
        Chance::of(self.seed, &format!("{} {what}", self.now()))
    }

    /// Waits at least so long, and until an instant of its own.
    pub(super) async fn pass(&self, milliseconds: u64) {
        if self.faults.none() {
            return;
        }
        let due = {
            let mut state = self.state();
            let now = self.now();
            state.taken = state.taken.split_off(&now);
            let mut due = now + milliseconds.max(1);
            while !state.taken.insert(due) {
                due += 1;
            }
            due
        };
        tokio::time::sleep_until(self.begun + Duration::from_millis(due)).await;
    }

    /// Ends all faults: what is under way comes to its end, nothing new befalls anybody.
    pub fn calm_down(&self) {
        self.state().calm = true;
        self.note(format_args!("all faults end"));
    }

    /// Whether faults have ended, or never were.
    pub(super) fn is_calm(&self) -> bool {
        self.faults.none() || self.state().calm
    }

    /// Whether this replica reaches the stream now.
    pub(super) fn reaches(&self, replica: usize) -> bool {
        let (now, state) = (self.now(), self.state());
        state.calm
            || !state
                .outages
                .iter()
                .any(|outage| outage.holds(now, replica))
    }

    /// Counts a fault.
    pub(super) fn inject(&self, fault: &'static str) {
        *self.state().injected.entry(fault).or_default() += 1;
    }

    /// Adds a line to the trace.
    pub fn note(&self, said: std::fmt::Arguments<'_>) {
        let now = self.now();
        self.state().trace.line(now, said);
    }

    /// An append arrives: what the stream makes of it.
    pub(super) fn arrive(&self, append: &Append) -> Result<Appended, AppendError> {
        let now = self.now();
        let answer = self.state().arrive(append, now);
        if let Ok(Appended {
            sequence,
            duplicate: false,
        }) = answer
        {
            self.head.send_replace(sequence);
        }
        answer
    }

    /// Looks at the records.
    pub(super) fn look<T>(&self, look: impl FnOnce(&[Record]) -> T) -> T {
        look(&self.state().records)
    }

    /// The record of an id.
    pub(super) fn by_id(&self, id: Uuid) -> Option<Record> {
        let state = self.state();
        state.by_id.get(&id).map(|at| state.records[*at].clone())
    }

    /// The record of an id, unless it arrived after this instant.
    pub(super) fn by_id_until(&self, id: Uuid, until: u64) -> Option<Record> {
        let state = self.state();
        let at = state
            .by_id
            .get(&id)
            .filter(|at| state.arrived[**at] <= until)?;
        Some(state.records[*at].clone())
    }

    /// The records of a subject after a position.
    pub(super) fn of_subject(&self, subject: &Subject, after: Sequence) -> Vec<Record> {
        let state = self.state();
        let places = state.by_subject.get(subject).into_iter().flatten();
        let records = places.map(|at| &state.records[*at]);
        records.filter(|r| r.sequence > after).cloned().collect()
    }

    /// Every record.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.state().records.clone()
    }

    /// How many faults of each kind there were.
    #[must_use]
    pub fn injected(&self) -> BTreeMap<&'static str, u64> {
        self.state().injected.clone()
    }

    /// The trace so far, which starts anew.
    #[must_use]
    pub fn take_trace(&self) -> Trace {
        std::mem::take(&mut self.state().trace)
    }
}

impl State {
    fn keep(&mut self, record: Record, now: u64) {
        let at = self.records.len();
        self.by_id.insert(record.id, at);
        self.by_subject
            .entry(record.subject.clone())
            .or_default()
            .push(at);
        self.records.push(record);
        self.arrived.push(now);
    }

    fn arrive(&mut self, append: &Append, now: u64) -> Result<Appended, AppendError> {
        if let Some(at) = self.by_id.get(&append.id) {
            let known = &self.records[*at];
            if known.subject == append.subject && known.digest == append.digest {
                return Ok(Appended {
                    sequence: known.sequence,
                    duplicate: true,
                });
            }
            return Err(AppendError::IdReused {
                id: append.id,
                sequence: known.sequence,
                subject: known.subject.clone(),
            });
        }
        let last = self
            .by_subject
            .get(&append.subject)
            .and_then(|places| places.last());
        let last = last.map_or(0, |at| self.records[*at].sequence);
        if last != append.expected {
            return Err(AppendError::Conflict {
                subject: append.subject.clone(),
                expected: append.expected,
                actual: Some(last),
                code: ConflictCode::Expectation,
            });
        }
        let sequence = self.records.len() as u64 + 1;
        let record = Record {
            sequence,
            subject: append.subject.clone(),
            id: append.id,
            digest: append.digest,
            attributes: append.attributes.clone(),
            body: append.body.clone(),
        };
        self.keep(record, now);
        Ok(Appended {
            sequence,
            duplicate: false,
        })
    }
}
