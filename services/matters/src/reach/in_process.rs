//! The services in this process, over a data folder, for one command.

use crate::failure::Failure;
use crate::serve::{Running, ServiceName, in_process};
use identity::Issuer;
use std::path::Path;
use std::sync::Arc;

/// Services that live as long as the command.
pub(super) struct InProcess {
    running: Running,
    issuer: Arc<Issuer>,
}

impl InProcess {
    /// Starts them on a port of this machine's own, and waits until the read models are up to date.
    pub(super) async fn start(folder: &Path) -> Result<Self, Failure> {
        let running = in_process(folder, &ServiceName::ALL).await?;
        let issuer = running
            .issuer()
            .ok_or_else(|| Failure::new("the data folder has no issuer of tokens"))?;
        Ok(Self { running, issuer })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.running.address())
    }

    pub(super) fn issuer(&self) -> Arc<Issuer> {
        Arc::clone(&self.issuer)
    }

    pub(super) async fn stop(mut self) -> Result<(), Failure> {
        self.running.stop().await
    }
}
