//! References are unique and without a gap.

use super::effect::Life;
use super::{Problem, Told};
use std::collections::BTreeMap;

pub(super) fn problems(told: &[Told]) -> Vec<Problem> {
    let mut numbers: BTreeMap<u64, usize> = BTreeMap::new();
    let mut problems = Vec::new();
    for told in told {
        // A reference kept from elsewhere is no number of the series.
        if told.effect.life != Life::Raise || told.reference.starts_with("OLD/") {
            continue;
        }
        let number = told
            .reference
            .rsplit('/')
            .next()
            .and_then(|n| n.parse().ok());
        match number {
            Some(number) => *numbers.entry(number).or_default() += 1,
            None => problems.push(Problem::Numbering {
                what: format!("{} has no number", told.reference),
            }),
        }
    }
    for (expected, (number, times)) in (1..).zip(&numbers) {
        if *number != expected {
            let what = format!("{expected} was not given out, {number} was");
            problems.push(Problem::Numbering { what });
            break;
        }
        if *times > 1 {
            let what = format!("{number} was given out {times} times");
            problems.push(Problem::Numbering { what });
        }
    }
    problems
}
