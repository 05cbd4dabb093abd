//! A disk without room: a small tmpfs, where this process may mount one.

use std::sync::Arc;

use event_log::contract::Message;
use event_log::{AppendError, EmbeddedLog, EmbeddedOptions, EventLog};
use testkit::small_disk::SmallDisk;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_acknowledges_nothing_and_recovers_by_itself() {
    let disk = match SmallDisk::mount("4m") {
        Ok(disk) => disk,
        Err(reason) => {
            let line = testkit::skip::line(
                "a_full_disk_acknowledges_nothing_and_recovers_by_itself",
                &reason.to_string(),
            );
            eprintln!("{}", line.unwrap());
            return;
        }
    };
    let folder = disk.path().join("log");
    let options = EmbeddedOptions::default();
    let log = EmbeddedLog::open(&folder, options.clone()).await.unwrap();
    let log: Arc<dyn EventLog> = Arc::new(log);
    let long = |index: usize| {
        let name = format!("m{index}");
        Message::new(&name, &name).with(|append| append.body = vec![b'x'; 50_000].into())
    };
    let mut written = Vec::new();
    for index in 0..3 {
        long(index).to(&log).await.unwrap();
        written.push(index);
    }
    let ballast = disk.fill().unwrap();
    let mut refused = Vec::new();
    for index in 3..200 {
        match long(index).to(&log).await {
            Ok(_) => written.push(index),
            Err(AppendError::Unavailable { .. }) => refused.push(index),
            Err(other) => panic!("{other}"),
        }
    }
    assert!(refused.len() > 100, "only {} were refused", refused.len());
    for index in &refused {
        assert_eq!(log.find(long(*index).append().id).await, Ok(None));
    }
    std::fs::remove_file(ballast).unwrap();
    let index = refused[0];
    assert!(!long(index).to(&log).await.unwrap().duplicate);
    written.push(index);
    for log in [log] {
        let ids: Vec<_> = log.read_batch(0, 500).await.unwrap();
        let ids: Vec<_> = ids.into_iter().map(|record| record.id).collect();
        let expected: Vec<_> = written
            .iter()
            .map(|index| long(*index).append().id)
            .collect();
        assert_eq!(ids, expected);
    }
    let log = EmbeddedLog::open(&folder, options).await.unwrap();
    log.check().await.unwrap();
    assert_eq!(log.head().await, Ok(written.len() as u64));
}
