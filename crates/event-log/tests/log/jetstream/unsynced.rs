//! A server whose disk fails to sync: it shows what it could not put on disk, and acknowledges it to nobody.

use std::time::Duration;

use event_log::contract::Message;
use event_log::{AppendError, EventLog, JetStreamLog, JetStreamOptions, LogError};
use testkit::failing_calls::FailingCalls;

use super::rig::OneServer;

/// What nobody synced is not acknowledged because it can be read, and nothing is decided on it; a server that was
/// started again counts what its files hold.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_not_synced_is_not_on_record_because_it_is_shown() {
    if let Some(why) = FailingCalls::impossible() {
        let test = "a_message_that_was_not_synced_is_not_on_record_because_it_is_shown";
        eprintln!("{}", testkit::skip::line(test, &why).unwrap());
        return;
    }
    let mut rig = OneServer::synced().await;
    let options = JetStreamOptions {
        append_timeout: Duration::from_secs(3),
        ..rig.options()
    };
    let log = JetStreamLog::connect(options).await.unwrap();
    let other = JetStreamLog::connect(rig.options()).await.unwrap();
    let (first, lost) = (
        Message::new("m", "first").append(),
        Message::new("m", "lost").expects(1).append(),
    );
    assert_eq!(log.append(first.clone()).await.unwrap().sequence, 1);

    let pid = rig.server.pid().unwrap();
    let failing = FailingCalls::attach(pid, &[], "fsync,fdatasync:error=EIO").await;
    let failing = failing.unwrap();
    let refused = log.append(lost.clone()).await.unwrap_err();
    assert!(
        matches!(refused, AppendError::OutcomeUnknown { .. }),
        "{refused}"
    );
    // Nor does anybody decide on it, who wrote it or another.
    for log in [&log, &other] {
        // Versions that do not show it have nothing to refuse.
        let refused = [
            log.last_of(&lost.subject).await.err(),
            log.read_subject(&lost.subject, 1).await.err(),
        ];
        for error in refused.into_iter().flatten() {
            assert!(matches!(error, LogError::Unavailable { .. }), "{error}");
        }
        assert_eq!(log.find(lost.id).await, Ok(None));
        assert_eq!(log.head().await, Ok(1));
    }
    assert!(failing.detach().unwrap() > 0, "no sync failed");

    rig.server.restart().await.unwrap();
    let again = testkit::wait::until_some("the server to take messages again", || async {
        log.append(lost.clone()).await.ok()
    });
    assert_eq!(again.await.unwrap().sequence, 2);
    let records = other.read_batch(0, 10).await.unwrap();
    let ids: Vec<_> = records.iter().map(|record| record.id).collect();
    assert_eq!(ids, [first.id, lost.id]);
    assert_eq!(other.read_subject(&lost.subject, 0).await, Ok(records));
}
