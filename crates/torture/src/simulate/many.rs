//! Many seeds in several threads, and the sums.

use super::{Size, simulate};
use anyhow::{Result, anyhow};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Which seeds, and when to stop before the last.
#[derive(Clone, Copy, Debug)]
pub struct Seeds {
    /// The first.
    pub first: u64,
    /// How many from there on.
    pub count: u64,
    /// Stop when so many requests are acknowledged.
    pub acknowledged: u64,
    /// Stop when so much time has passed.
    pub within: Duration,
}

/// What came of many seeds.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    /// How many were simulated.
    pub seeds: u64,
    /// Requests acknowledged.
    pub acknowledged: u64,
    /// How often each fault was injected.
    pub injected: BTreeMap<&'static str, u64>,
    /// What was wrong, each with its seed.
    pub wrong: Vec<(u64, String)>,
}

/// Simulates seeds in so many threads.
///
/// # Errors
/// When the machine does not allow it: no folder, no runtime.
pub fn many(seeds: Seeds, size: Size, threads: usize) -> Result<Sums> {
    let (next, acknowledged) = (AtomicU64::new(0), AtomicU64::new(0));
    let begun = Instant::now();
    let work = || -> Result<Sums> {
        let mut sums = Sums::default();
        loop {
            let at = next.fetch_add(1, Ordering::SeqCst);
            let enough = acknowledged.load(Ordering::SeqCst) >= seeds.acknowledged;
            if at >= seeds.count || enough || begun.elapsed() > seeds.within {
                return Ok(sums);
            }
            let seed = seeds.first.wrapping_add(at);
            let simulated = simulate(seed, size)?;
            let told = simulated.acknowledged() as u64;
            acknowledged.fetch_add(told, Ordering::SeqCst);
            let wrong = simulated.problems.iter();
            sums.wrong
                .extend(wrong.map(|problem| (seed, problem.to_string())));
            sums.add(1, told, simulated.injected);
        }
    };
    let mut sums = Sums::default();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            let done = thread
                .join()
                .map_err(|_| anyhow!("a simulation panicked"))??;
            sums.wrong.extend(done.wrong);
            sums.add(done.seeds, done.acknowledged, done.injected);
        }
        Ok(sums)
    })
}

impl Sums {
    fn add(&mut self, seeds: u64, acknowledged: u64, injected: BTreeMap<&'static str, u64>) {
        self.seeds += seeds;
        self.acknowledged += acknowledged;
        for (fault, times) in injected {
            *self.injected.entry(fault).or_default() += times;
        }
    }
}
