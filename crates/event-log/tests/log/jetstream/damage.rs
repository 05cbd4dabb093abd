//! A server that lost messages: the file that held them ends early.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use event_log::contract::Message;
use event_log::{EventLog, JetStreamLog, LogError};

use super::rig::OneServer;

/// How many messages there are before.
const MESSAGES: usize = 60;

/// The blocks of messages under a folder.
fn blocks(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(blocks(&path));
        } else if path.extension().is_some_and(|extension| extension == "blk") {
            found.push(path);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_lost_messages_is_damaged_and_not_silent() {
    let mut rig = OneServer::synced().await;
    let log = JetStreamLog::connect(rig.options()).await.unwrap();
    for index in 0..MESSAGES {
        let name = format!("m{index}");
        log.append(Message::new(&name, &name).append())
            .await
            .unwrap();
    }
    rig.server.stop().await.unwrap();
    for block in blocks(rig.server.store_dir()) {
        let file = File::options().write(true).open(&block).unwrap();
        file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    }
    rig.server.restart().await.unwrap();

    // Who was there before is told, and so is who comes new: it is no matter of time.
    let told = |error: LogError| match error {
        LogError::Corrupt { reason, .. } => {
            assert!(reason.contains("counts 60 messages"), "{reason}");
        }
        other => panic!("{other}"),
    };
    told(log.head().await.unwrap_err());
    told(log.check_configuration().await.unwrap_err());
    drop(log);
    let refused = JetStreamLog::connect(rig.options()).await;
    told(refused.err().unwrap());
}
