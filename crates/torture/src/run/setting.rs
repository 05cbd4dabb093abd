//! What a stage is made of, where it differs from the plainest one.

use super::process::Program;
use super::stage::On;
use std::path::PathBuf;
use testkit::nats::Place;

/// What a stage is made of.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Which log.
    pub(super) on: On,
    /// Where the data folders of the services are, when not in the campaign's own folder.
    pub(super) data: Option<PathBuf>,
    /// Where the one nats-server keeps its store, when not in a folder of its own.
    pub(super) store: Option<PathBuf>,
    /// Whether the one nats-server syncs every message.
    pub(super) sync_always: bool,
    /// Variables of each service's environment.
    pub(super) variables: Vec<Vec<(String, String)>>,
    /// What each service runs instead of the campaign's program.
    pub(super) programs: Vec<Program>,
    /// Where each of three nats-servers, and the service beside it, run.
    pub(super) places: Vec<Place>,
}

impl Setting {
    /// The plainest stage with this log.
    pub(super) fn of(on: On) -> Self {
        Self {
            on,
            data: None,
            store: None,
            sync_always: true,
            variables: Vec::new(),
            programs: Vec::new(),
            places: Vec::new(),
        }
    }

    /// How many services there are.
    pub(super) fn services(&self) -> usize {
        match self.on {
            On::Embedded => 1,
            _ if !self.places.is_empty() => self.places.len(),
            _ => 2,
        }
    }
}
