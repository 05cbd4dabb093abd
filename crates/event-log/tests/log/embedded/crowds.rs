//! Many readers at one time.

use std::sync::Arc;
use std::time::Duration;

use event_log::contract::Message;
use event_log::{EmbeddedLog, EmbeddedOptions, EventLog};
use futures::poll;
use tempfile::TempDir;

/// Under load each waiting story had a place in the line before whatever the write side had to read.
#[tokio::test]
async fn whoever_reads_one_record_does_not_wait_behind_those_who_read_many() {
    let folder = TempDir::new().unwrap();
    let log = EmbeddedLog::open(folder.path(), EmbeddedOptions::default());
    let log: Arc<dyn EventLog> = Arc::new(log.await.unwrap());
    Message::new("m", "m").to(&log).await.unwrap();
    // They take a while, and nobody asks for their answers: what each is given in its turn it keeps.
    let long = [1; 20_000];
    let mut many: Vec<_> = (0..16).map(|_| log.read_many(&long)).collect();
    for read in &mut many {
        assert!(poll!(read).is_pending());
    }
    let one = tokio::time::timeout(Duration::from_secs(60), log.read(1));
    assert!(one.await.unwrap().unwrap().is_some());
}
