//! However the rows are come by, they are the same.

use bytes::Bytes;
use event_log::Append;
use projection::AsOf;
use proptest::prelude::*;

use crate::memory::MemoryLog;
use crate::rig::{self, Following, appends, area, assert_same, replay, runtime};

/// Spoils the bodies of some messages.
fn spoil(appends: &mut [Append], every: usize) {
    for append in appends.iter_mut().skip(every).step_by(every.max(1)) {
        append.body =
            Bytes::from_static(br#"{"on":"2018-09-12","events":[{"type":"action.x.v9"}]}"#);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn incremental_is_rebuilt_is_replayed(seed in any::<u64>(), count in 1usize..700, first in 0usize..700, every in 40usize..2_000) {
        let mut all = appends(seed, count);
        spoil(&mut all, every);
        let first = first.min(count);
        runtime().block_on(async {
            let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let log = MemoryLog::new("one");
            log.put(all[..first].iter().cloned());
            // Some of it rebuilt, the rest as it comes.
            let following = Following::begin(dir.path(), &log);
            following.reach(&log).await;
            for append in &all[first..] {
                log.put([append.clone()]);
            }
            following.reach(&log).await;
            assert_same(&following.model, &log.records());
            let rebuilt = Following::begin(other.path(), &log);
            rebuilt.reach(&log).await;
            assert_same(&rebuilt.model, &log.records());
            rebuilt.end().await;
            following.end().await;
        });
    }
}

#[tokio::test]
async fn a_history_has_returns_corrections_restrictions() {
    let log = MemoryLog::new("one");
    log.put(appends(7, 3_000));
    let bodies: Vec<String> = log
        .records()
        .iter()
        .map(|record| String::from_utf8_lossy(&record.body).into_owned())
        .collect();
    let has = |name: &str| bodies.iter().filter(|body| body.contains(name)).count();
    for name in [
        "action.raised.v1",
        "action.response-corrected.v1",
        "action.restricted.v1",
        "action.restriction-lifted.v1",
        "action.reopened.v1",
        "action.withdrawn.v1",
        "action.clock-resumed.v1",
        "action.due-date-moved.v1",
        "action.transferred.v1",
        "return.submitted.v1",
        "return.corrected.v1",
        "register.meeting-arranged.v1",
    ] {
        assert!(has(name) > 0, "no {name}");
    }
    let rows = replay(&log.records()).rows(&area(), &AsOf::NOW);
    let open = rows.iter().filter(|row| row.status.is_open()).count();
    assert!(
        rows.len() > 100 && open * 2 < rows.len(),
        "{open} of {}",
        rows.len()
    );
    assert_eq!(appends(7, 300), appends(7, 300));
}

#[tokio::test]
async fn what_cannot_be_read_stands_still_and_is_shown() {
    let log = MemoryLog::new("one");
    let mut all = appends(3, 600);
    let at = all
        .iter()
        .rposition(|append| append.subject.as_str().contains("cambs.action") && append.expected > 0)
        .unwrap();
    all[at].body = Bytes::from_static(b"{");
    log.put(all.iter().cloned());
    let dir = tempfile::tempdir().unwrap();
    let following = Following::begin(dir.path(), &log);
    following.reach(&log).await;
    assert_same(&following.model, &log.records());
    let status = following.model.status(rig::instant("2026-01-01T00:00:00Z"));
    assert_eq!((status.position, status.lag_events), (600, 0));
    let [parked] = status.parked.as_slice() else {
        panic!("{:?}", status.parked);
    };
    assert_eq!(parked.sequence, at as u64 + 1);
    let auditor = rig::auditor();
    let here = area();
    let domain::aggregate::Aggregate::Action(reference) =
        domain::aggregate::Address::parse(&parked.subject)
            .unwrap()
            .aggregate
    else {
        panic!("not an action")
    };
    let question = rig::ask(&here, &auditor, AsOf::NOW);
    let story = following
        .model
        .action(&question, &reference)
        .unwrap()
        .unwrap();
    assert_eq!(story.row.position, parked.sequence);
    assert_eq!(story.row.parked.unwrap().sequence, parked.sequence);
    let before = AsOf::known_position(parked.sequence - 1);
    let story = following
        .model
        .action(&rig::ask(&here, &auditor, before), &reference);
    assert_eq!(story.unwrap().unwrap().row.parked, None);
    following.end().await;
}
