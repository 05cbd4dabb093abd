//! What is counted while a campaign runs: answers, and the time between them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Counts and times.
#[derive(Debug)]
pub(super) struct Tally {
    acknowledged: AtomicU64,
    read: AtomicU64,
    unread: AtomicU64,
    times: Mutex<Times>,
}

#[derive(Debug)]
struct Times {
    last_answer: Instant,
    longest_gap: Duration,
    again: BTreeMap<String, u64>,
    /// Faults that are mended and after which nothing was acknowledged yet.
    mended: Vec<(String, Instant)>,
    faults: BTreeMap<String, Fault>,
}

/// What is known of a kind of fault.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fault {
    /// How often it was injected.
    pub(super) times: u64,
    /// The longest time without an acknowledgement that overlapped it.
    pub(super) outage: Duration,
    /// The longest time from its end to the next acknowledgement.
    pub(super) recovery: Duration,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            acknowledged: AtomicU64::new(0),
            read: AtomicU64::new(0),
            unread: AtomicU64::new(0),
            times: Mutex::new(Times {
                last_answer: Instant::now(),
                longest_gap: Duration::ZERO,
                again: BTreeMap::new(),
                mended: Vec::new(),
                faults: BTreeMap::new(),
            }),
        }
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn acknowledged(&self) {
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
        let (mut times, now) = (self.times(), Instant::now());
        let gap = now - times.last_answer;
        times.longest_gap = times.longest_gap.max(gap);
        times.last_answer = now;
        for (name, ended) in std::mem::take(&mut times.mended) {
            let fault = times.faults.entry(name).or_default();
            fault.recovery = fault.recovery.max(now - ended);
            fault.outage = fault.outage.max(gap);
        }
    }

    pub(super) fn again(&self, why: &str) {
        *self.times().again.entry(why.to_owned()).or_default() += 1;
    }

    pub(super) fn read(&self) {
        self.read.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn unread(&self) {
        self.unread.fetch_add(1, Ordering::SeqCst);
    }

    /// A fault was injected, lasted, and is mended.
    pub(super) fn mended(&self, name: String) {
        let mut times = self.times();
        times.faults.entry(name.clone()).or_default().times += 1;
        times.mended.push((name, Instant::now()));
    }

    pub(super) fn counts(&self) -> (u64, u64, u64) {
        let of = |count: &AtomicU64| count.load(Ordering::SeqCst);
        (of(&self.acknowledged), of(&self.read), of(&self.unread))
    }

    pub(super) fn faults(&self) -> BTreeMap<String, Fault> {
        self.times().faults.clone()
    }

    pub(super) fn retried(&self) -> BTreeMap<String, u64> {
        self.times().again.clone()
    }

    pub(super) fn longest_gap(&self) -> Duration {
        self.times().longest_gap
    }
}
