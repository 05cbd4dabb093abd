//! The matrix of now, of which some is kept, is that of the same position, which is folded.

use domain::policy::{Principal, Role};
use projection::{AsOf, ReturnCell};

use crate::memory::MemoryLog;
use crate::rig::{self, Following, appends, area, ask, auditor};

#[tokio::test]
async fn what_is_kept_of_returns_is_what_was_sent() {
    let log = MemoryLog::new("one");
    let dir = tempfile::tempdir().unwrap();
    let all = appends(7, 3_000);
    log.put(all[..200].iter().cloned());
    let following = Following::begin(dir.path(), &log);
    let here = area();
    let readers = [
        auditor(),
        Principal::anybody("cambs"),
        rig::reader(Role::Group, Some("prevent")),
    ];
    let (from, to) = ("Q1 2012/13".parse().unwrap(), "Q4 2013/14".parse().unwrap());
    let (mut corrected, mut seen): (u32, Vec<Vec<ReturnCell>>) = (0, Vec::new());
    for more in all[200..].chunks(60) {
        log.put(more.iter().cloned());
        following.reach(&log).await;
        let head = AsOf::known_position(log.records().len() as u64);
        for reader in &readers {
            let cells = |as_of| {
                let question = ask(&here, reader, as_of);
                let cells = following.model.returns_matrix(&question, None, from, to);
                cells.unwrap()
            };
            let now = cells(AsOf::NOW);
            assert_eq!(now, cells(head));
            corrected += now.iter().map(|cell| cell.corrections).sum::<u32>();
            seen.push(now);
        }
    }
    seen.dedup();
    assert!(
        seen.len() > 20 && corrected > 0,
        "{} {corrected}",
        seen.len()
    );
    assert!(seen.iter().flatten().any(|cell| cell.updated > 0));
    following.end().await;
}
