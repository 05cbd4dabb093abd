//! A file that is appended to and synced for all who wait together: what the disk alone allows.

use anyhow::{Context, Result};
use bytes::Bytes;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use tokio::sync::{mpsc, oneshot};

/// Most messages of one sync, as many as the embedded log takes.
const GROUP: usize = 256;

struct Waiting {
    body: Bytes,
    synced: oneshot::Sender<std::io::Result<()>>,
}

/// The way to the thread that writes.
#[derive(Clone)]
pub(crate) struct File(mpsc::Sender<Waiting>);

impl File {
    /// Makes the file.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let file = fs::File::create(path).with_context(|| path.display().to_string())?;
        let (sender, waiting) = mpsc::channel(4_096);
        std::thread::spawn(move || write(file, waiting));
        Ok(Self(sender))
    }

    /// Appends, and waits until it is on disk.
    pub(crate) async fn append(&self, body: Bytes) -> Result<()> {
        let (synced, answer) = oneshot::channel();
        let sent = self.0.send(Waiting { body, synced }).await;
        sent.ok().context("the file's thread has ended")?;
        Ok(answer.await??)
    }
}

fn write(mut file: fs::File, mut waiting: mpsc::Receiver<Waiting>) {
    let mut group = Vec::with_capacity(GROUP);
    let mut bytes = Vec::new();
    while waiting.blocking_recv_many(&mut group, GROUP) > 0 {
        bytes.clear();
        for one in &group {
            bytes.extend_from_slice(&one.body);
        }
        let written = file.write_all(&bytes).and_then(|()| file.sync_data());
        for one in group.drain(..) {
            let written = match &written {
                Ok(()) => Ok(()),
                Err(error) => Err(std::io::Error::new(error.kind(), error.to_string())),
            };
            // Nobody is obliged to wait.
            let _ = one.synced.send(written);
        }
    }
}
