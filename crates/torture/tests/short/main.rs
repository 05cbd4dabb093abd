//! A short campaign on each log, and the short form of the scripted faults: real processes, real faults,
//! nothing lost, every loss noticed.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::path::PathBuf;
use std::time::Duration;
use torture::run::{Campaign, On, Report, run, scripted};

/// Long enough for a dozen faults.
const LASTS: Duration = Duration::from_secs(20);

#[allow(
    clippy::disallowed_methods,
    reason = "the services that are tested read the machine's clock, and tokens are to count there"
)]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

fn campaign(on: On) -> Campaign {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_matters-torture"));
    Campaign {
        seed: 2018,
        lasts: LASTS,
        on,
        clients: 6,
        alone: false,
        program: (program, vec!["as-program".to_owned()]),
        previous: None,
        now: now(),
        clock: now,
    }
}

fn nothing_is_wrong(report: &Report) {
    assert!(report.problems.is_empty(), "{report}");
    assert_eq!((report.lost, report.doubled), (0, 0), "{report}");
    assert!(report.acknowledged > 50, "{report}");
    assert!(report.faults.len() > 2, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_on_the_embedded_log() {
    nothing_is_wrong(&run(&campaign(On::Embedded)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_on_nats() {
    nothing_is_wrong(&run(&campaign(On::Nats)).await.unwrap());
}

/// Those that this machine does not permit are said, and count where they must not be left out.
#[tokio::test(flavor = "multi_thread")]
async fn every_scripted_fault_of_the_short_form_is_survived_or_noticed() {
    let findings = scripted(&campaign(On::Embedded), &[], true, |finding| {
        eprintln!("{finding}");
    })
    .await;
    for finding in findings {
        assert!(finding.problems.is_empty(), "{finding}");
        if let Some(why) = &finding.skipped {
            eprintln!("{}", testkit::skip::line(finding.name, why).unwrap());
        }
    }
}
