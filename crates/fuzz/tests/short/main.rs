//! A short run of every target: seconds in all, the same cases each time. The long one is
//! `cargo xtask fuzz --cases 10000000`.
#![allow(clippy::unwrap_used, reason = "tests")]

use fuzz::{Mutator, all, run};

/// Cases of each target; a workbook costs more than all the others together, and an export is written to
/// files.
const CASES: u64 = 4_000;
const OF_WORKBOOKS: u64 = 200;
const OF_EXPORTS: u64 = 500;

#[test]
fn no_case_breaks_what_must_hold() {
    for target in all() {
        let cases = match target.name {
            "log-xlsx" => OF_WORKBOOKS,
            "export-folder" => OF_EXPORTS,
            _ => CASES,
        };
        let told = run(&target, 2018, 0, cases);
        assert!(told.found.is_empty(), "{told:#?}");
        // Cases that are all refused, or all read, would show little.
        assert!((1..cases).contains(&told.read), "{told:?}");
    }
}

#[test]
fn what_a_corpus_holds_is_read() {
    for target in all() {
        let corpus = (target.corpus)();
        assert!(!corpus.is_empty(), "{}", target.name);
        let read = corpus.iter().filter(|bytes| (target.give)(bytes)).count();
        assert!(read > 0, "{}", target.name);
        let mut case = Vec::new();
        Mutator::of(1, 1).case(&corpus, target.most, &mut case);
        assert!(case.len() <= target.most);
    }
}
