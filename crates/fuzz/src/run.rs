//! Runs a target for so many cases.

use crate::mutator::Mutator;
use crate::targets::Target;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// The most findings of one target that are told; a target with more has one cause, mostly.
const FINDINGS: usize = 5;

/// A case that broke what must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its number: with the seed, it makes the case again.
    pub case: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What was said.
    pub said: String,
}

/// What came of a run.
#[derive(Debug)]
pub struct Told {
    /// The target.
    pub name: &'static str,
    /// How many cases.
    pub cases: u64,
    /// How many of them were read, the others being refused.
    pub read: u64,
    /// How long it took.
    pub took: Duration,
    /// The slowest case.
    pub slowest: Duration,
    /// What was found.
    pub found: Vec<Found>,
}

/// Gives a target so many cases of a seed, from a case on.
pub fn run(target: &Target, seed: u64, first: u64, cases: u64) -> Told {
    let began = Instant::now();
    let corpus = (target.corpus)();
    let mut told = Told {
        name: target.name,
        cases: 0,
        read: 0,
        took: Duration::ZERO,
        slowest: Duration::ZERO,
        found: vec![],
    };
    let mut bytes = Vec::new();
    for case in first..first + cases {
        Mutator::of(seed, case).case(&corpus, target.most, &mut bytes);
        told.cases += 1;
        let at = Instant::now();
        match catch_unwind(AssertUnwindSafe(|| (target.give)(&bytes))) {
            Ok(read) => told.read += u64::from(read),
            Err(said) => {
                let said = said
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| said.downcast_ref::<&str>().map(|s| (*s).to_owned()));
                told.found.push(Found {
                    case,
                    bytes: bytes.clone(),
                    said: said.unwrap_or_default(),
                });
                if told.found.len() >= FINDINGS {
                    break;
                }
            }
        }
        told.slowest = told.slowest.max(at.elapsed());
    }
    told.took = began.elapsed();
    told
}
