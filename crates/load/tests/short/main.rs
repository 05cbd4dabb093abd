//! Each phase for a few seconds, against the program itself.
#![allow(clippy::unwrap_used, reason = "tests")]

use load::{Asked, Phase, run};
use std::path::PathBuf;
use std::time::Duration;

#[allow(
    clippy::disallowed_methods,
    reason = "the server that is asked reads the machine's clock, and tokens are to count there"
)]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_few_seconds_of_each_phase_have_no_errors() {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_matters-load"));
    let asked = Asked {
        program: (program, vec!["as-program".to_owned()]),
        phases: Phase::ALL.to_vec(),
        lasts: Duration::from_secs(3),
        step: Duration::from_secs(1),
        seed: 7,
        now: now(),
    };
    let report = run(&asked, |_| {}).await.unwrap();
    assert!(report.problems().is_empty(), "{report}");
    assert!(report.answered() > 200, "{report}");
    assert_eq!(report.json()["phases"].as_array().unwrap().len(), 3);
}
