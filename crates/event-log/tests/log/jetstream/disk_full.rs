//! A server whose disk is full: a small tmpfs, where this process may mount one.

use std::time::Duration;

use event_log::contract::Message;
use event_log::{Append, AppendError, EventLog, JetStreamLog, JetStreamOptions};
use futures::future::join_all;
use testkit::nats::NatsOptions;
use testkit::small_disk::SmallDisk;

use super::rig::OneServer;

fn long(index: usize) -> Append {
    let name = format!("m{index}");
    Message::new(&name, &name)
        .with(|append| append.body = vec![b'x'; 200_000].into())
        .append()
}

/// Whether a refusal tells the operator where to look.
fn names_the_disk(reason: &str) -> bool {
    ["disk", "room", "resource", "storage", "space"]
        .iter()
        .any(|word| reason.contains(word))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_room_is_named_and_holds_nobody_up() {
    let disk = match SmallDisk::mount("16m") {
        Ok(disk) => disk,
        Err(reason) => {
            let test = "a_server_without_room_is_named_and_holds_nobody_up";
            eprintln!(
                "{}",
                testkit::skip::line(test, &reason.to_string()).unwrap()
            );
            return;
        }
    };
    let store_dir = Some(disk.path().join("store"));
    let mut rig = OneServer::with(NatsOptions {
        store_dir,
        ..NatsOptions::default()
    })
    .await;
    let options = JetStreamOptions {
        append_timeout: Duration::from_secs(3),
        ..rig.options()
    };
    let log = JetStreamLog::connect(options).await.unwrap();
    log.append(long(0)).await.unwrap();
    let ballast = disk.fill().unwrap();
    let mut next = 1;
    let refused = loop {
        assert!(next < 200, "a full disk takes no message");
        match log.append(long(next)).await {
            Ok(_) => next += 1,
            Err(refused) => break refused,
        }
    };
    let said = refused.to_string();
    assert!(names_the_disk(&said), "{said}");
    // Those that come now, all at once: at most one finds out, the others have sent nothing.
    let refused = join_all((next..next + 20).map(|index| log.append(long(index)))).await;
    let mut unknown = 0;
    for refused in refused {
        match refused {
            Err(AppendError::Unavailable { reason }) => {
                assert!(names_the_disk(&reason), "{reason}");
            }
            Err(AppendError::OutcomeUnknown { .. }) => unknown += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(unknown <= 1, "{unknown} waited for nothing");
    std::fs::remove_file(ballast).unwrap();
    // Some versions heal by themselves, others when they are started again.
    rig.server.restart().await.unwrap();
    for index in 0..next + 20 {
        testkit::wait::until_some("the server to take messages again", || async {
            log.append(long(index)).await.ok()
        })
        .await
        .unwrap();
    }
    let head = log.head().await.unwrap();
    assert_eq!(usize::try_from(head), Ok(next + 20));
}

/// The server has room, the index of ids has none: writes are refused until it has, and go on then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_without_room_goes_on_when_there_is() {
    let disk = match SmallDisk::mount("4m") {
        Ok(disk) => disk,
        Err(reason) => {
            let test = "an_index_without_room_goes_on_when_there_is";
            eprintln!(
                "{}",
                testkit::skip::line(test, &reason.to_string()).unwrap()
            );
            return;
        }
    };
    let mut rig = OneServer::new().await;
    let options = JetStreamOptions {
        id_index_dir: disk.path().join("ids"),
        ..rig.options()
    };
    let log = JetStreamLog::connect(options).await.unwrap();
    let short = |index: usize| {
        let name = format!("m{index}");
        Message::new(&name, &name).append()
    };
    let mut written = vec![log.append(short(0)).await.unwrap().sequence];
    let ballast = disk.fill().unwrap();
    let mut next = 1;
    while let Ok(appended) = log.append(short(next)).await {
        written.push(appended.sequence);
        // The index is asked before an append once it may be behind what the server remembers.
        let found = log.find(short(next).id).await;
        next += 1;
        if found.is_err() {
            break;
        }
        assert!(next < 20_000, "a full disk holds every id");
    }
    std::fs::remove_file(ballast).unwrap();
    testkit::wait::until("the index to take ids again", || async {
        log.append(short(next)).await.is_ok()
    })
    .await
    .unwrap();
    for index in 0..=next {
        assert!(
            log.find(short(index).id).await.unwrap().is_some(),
            "{index}"
        );
    }
}
