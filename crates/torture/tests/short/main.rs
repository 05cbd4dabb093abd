//! A short campaign on each log: real processes, real faults, nothing lost.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;
use std::time::Duration;
use torture::run::{Campaign, On, Report, run};

/// Long enough for a dozen faults.
const LASTS: Duration = Duration::from_secs(20);

#[allow(
    clippy::disallowed_methods,
    reason = "the services that are tested read the machine's clock, and tokens are to count there"
)]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

async fn short(on: On) -> Report {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_matters-torture"));
    let campaign = Campaign {
        seed: 2018,
        lasts: LASTS,
        on,
        clients: 6,
        alone: false,
        program: (program, vec!["as-program".to_owned()]),
        now: now(),
    };
    run(&campaign).await.unwrap()
}

fn nothing_is_wrong(report: &Report) {
    assert!(report.unexplained.is_empty(), "{report}");
    assert_eq!((report.lost, report.doubled), (0, 0), "{report}");
    assert!(report.acknowledged > 50, "{report}");
    assert!(report.faults.len() > 2, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_on_the_embedded_log() {
    nothing_is_wrong(&short(On::Embedded).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_on_nats() {
    nothing_is_wrong(&short(On::Nats).await);
}
