//! A disk without room: a small tmpfs, where this process may mount one.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use event_log::contract::Message;
use event_log::{AppendError, EmbeddedLog, EmbeddedOptions, EventLog};
use tempfile::TempDir;

struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    fn mount() -> Result<Self, String> {
        let folder = TempDir::new().unwrap();
        let output = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "event-log-test"])
            .arg(folder.path())
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(Self { folder })
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Fills what is left but for a few pages.
    fn fill(&self) -> PathBuf {
        let ballast = self.path().join("ballast");
        let status = Command::new("dd")
            .args(["if=/dev/zero", "bs=4k", "status=none"])
            .arg(format!("of={}", ballast.display()))
            .status();
        assert!(!status.unwrap().success(), "the disk was to be full");
        ballast
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.folder.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_acknowledges_nothing_and_recovers_by_itself() {
    let disk = match SmallDisk::mount() {
        Ok(disk) => disk,
        Err(reason) => {
            let line = testkit::skip::line(
                "a_full_disk_acknowledges_nothing_and_recovers_by_itself",
                &format!("no tmpfs can be mounted: {reason}"),
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
    let ballast = disk.fill();
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
