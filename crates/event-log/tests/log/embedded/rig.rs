//! A log in a temporary folder.

use std::sync::Arc;

use async_trait::async_trait;
use event_log::contract::Rig;
use event_log::{ConflictCode, EmbeddedLog, EmbeddedOptions, EventLog};
use tempfile::TempDir;

pub(crate) struct EmbeddedRig {
    folder: TempDir,
    log: Option<EmbeddedLog>,
}

impl EmbeddedRig {
    pub(crate) async fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            log: None,
        }
    }
}

#[async_trait]
impl Rig for EmbeddedRig {
    async fn handle(&mut self) -> Arc<dyn EventLog> {
        if self.log.is_none() {
            let log = EmbeddedLog::open(self.folder.path(), EmbeddedOptions::default()).await;
            self.log = Some(log.unwrap());
        }
        Arc::new(self.log.clone().unwrap())
    }

    async fn restart(&mut self) {
        self.log = None;
    }

    async fn forget_recent_ids(&mut self) {}

    fn conflict_codes(&self) -> &'static [ConflictCode] {
        &[ConflictCode::Expectation]
    }

    async fn replace(&mut self) {
        self.log = None;
        self.folder = TempDir::new().unwrap();
    }
}
