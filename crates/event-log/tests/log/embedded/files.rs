//! The folder: owners, missing and damaged files.

use std::io::{Seek, SeekFrom, Write};
use std::sync::Arc;

use event_log::contract::Message;
use event_log::{EmbeddedLog, EmbeddedOptions, EventLog, LogError};
use tempfile::TempDir;

async fn open(folder: &TempDir) -> Result<EmbeddedLog, LogError> {
    EmbeddedLog::open(folder.path(), EmbeddedOptions::default()).await
}

#[tokio::test]
async fn a_folder_has_one_owner() {
    let folder = TempDir::new().unwrap();
    let first = open(&folder).await.unwrap();
    let refused = open(&folder).await.err().unwrap().to_string();
    let expected = format!(
        "the log in {} is held by another process; stop it, or use its server",
        folder.path().display()
    );
    assert_eq!(refused, expected);
    drop(first);
    open(&folder).await.unwrap();
}

#[tokio::test]
async fn a_log_is_made_only_when_that_is_asked_for() {
    let folder = TempDir::new().unwrap();
    let options = EmbeddedOptions {
        create: false,
        ..EmbeddedOptions::default()
    };
    let missing = EmbeddedLog::open(folder.path(), options.clone()).await;
    assert!(matches!(missing, Err(LogError::NotProvisioned { .. })));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    drop(open(&folder).await.unwrap());
    EmbeddedLog::open(folder.path(), options).await.unwrap();
}

#[tokio::test]
async fn a_changed_byte_is_found() {
    let folder = TempDir::new().unwrap();
    let log: Arc<dyn EventLog> = Arc::new(open(&folder).await.unwrap());
    for name in ["one", "needle", "three"] {
        Message::new(name, name).to(&log).await.unwrap();
    }
    drop(log);
    let path = folder.path().join("events.db");
    let bytes = std::fs::read(&path).unwrap();
    let needle = b"{\"name\":\"needle\"}";
    let at = bytes.windows(needle.len()).position(|part| part == needle);
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(at.unwrap() as u64 + 9)).unwrap();
    file.write_all(b"N").unwrap();
    drop(file);
    let log = open(&folder).await.unwrap();
    let said = "the log is corrupt at sequence 2: its checksum does not match";
    assert_eq!(log.read(2).await.unwrap_err().to_string(), said);
    assert_eq!(log.read_batch(0, 10).await.unwrap_err().to_string(), said);
    assert_eq!(log.check().await.unwrap_err().to_string(), said);
    assert!(log.read(3).await.unwrap().is_some());
}

#[tokio::test]
async fn a_file_that_is_no_log_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("events.db");
    std::fs::write(&path, vec![b'x'; 8_192]).unwrap();
    assert!(matches!(open(&folder).await, Err(LogError::Corrupt { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), vec![b'x'; 8_192]);
}

#[tokio::test]
async fn a_healthy_log_passes_its_check_and_its_wal_stays_bounded() {
    let folder = TempDir::new().unwrap();
    let log: Arc<dyn EventLog> = Arc::new(open(&folder).await.unwrap());
    let appends = (0..400).map(|index| {
        let name = format!("m{index}");
        let message =
            Message::new(&name, &name).with(|append| append.body = vec![b'x'; 200_000].into());
        let log = Arc::clone(&log);
        async move { message.to(&log).await }
    });
    for answer in futures::future::join_all(appends).await {
        answer.unwrap();
    }
    let wal = folder.path().join("events.db-wal");
    let bytes = std::fs::metadata(wal).unwrap().len();
    assert!(
        bytes < 100_000_000,
        "the write-ahead log holds {bytes} bytes"
    );
    drop(log);
    open(&folder).await.unwrap().check().await.unwrap();
}
