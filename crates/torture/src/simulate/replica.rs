//! One replica of the command service: it serves, is killed, and starts again over what it left on disk.

use super::log::FakeLog;
use super::world::World;
use crate::chance::Chance;
use crate::history::Attempt;
use crate::request::Asking;
use api::clock::Clock;
use api::v1::command_service_server::CommandService as _;
use chrono::{DateTime, TimeDelta};
use command::{Metrics, Service};
use prometheus_client::registry::Registry;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Status};

/// A replica, up or down.
pub(super) struct Replica {
    world: Arc<World>,
    number: usize,
    folder: PathBuf,
    /// How far its clock is off, in milliseconds.
    skew: i64,
    up: Mutex<Option<Up>>,
}

#[derive(Clone)]
struct Up {
    service: Service,
    dead: CancellationToken,
}

impl Replica {
    pub(super) fn new(world: &Arc<World>, number: usize, folder: &Path) -> Self {
        let mut chance = Chance::of(world.seed, &format!("clock {number}"));
        let skew = match chance.below(4) {
            0 => i64::try_from(chance.below(120_000)).unwrap_or(0) - 60_000,
            _ => 0,
        };
        Self {
            world: Arc::clone(world),
            number,
            folder: folder.join(format!("replica-{number}")),
            skew,
            up: Mutex::new(None),
        }
    }

    fn clock(&self) -> Clock {
        let (world, skew) = (Arc::clone(&self.world), self.skew);
        Arc::new(move || {
            let now = i64::try_from(world.now()).unwrap_or(i64::MAX);
            let begin = DateTime::from_timestamp_millis(super::BEGIN_MILLIS).unwrap_or_default();
            begin + TimeDelta::milliseconds(now.saturating_add(skew))
        })
    }

    /// Starts: finishes what the last life left half done, then serves.
    pub(super) async fn start(&self) {
        let dead = CancellationToken::new();
        let log = FakeLog::new(Arc::clone(&self.world), self.number, dead.clone());
        let metrics = Metrics::new(&mut Registry::default());
        let service = Service::new(Arc::new(log), self.clock(), self.folder.clone(), metrics);
        // An operator starts it again and again while the log does not answer.
        loop {
            match service.recover().await {
                Ok(0) => break,
                Ok(finished) => {
                    self.world
                        .note(format_args!("{} finishes {finished}", self.number));
                    break;
                }
                Err(error) => {
                    self.world
                        .note(format_args!("{} does not start: {error}", self.number));
                    self.world.pass(200).await;
                }
            }
        }
        self.world.note(format_args!("{} serves", self.number));
        *self.up.lock().unwrap_or_else(PoisonError::into_inner) = Some(Up { service, dead });
    }

    /// Kills it: whoever waits for it is cut off, what it sent arrives none the less.
    pub(super) fn kill(&self) {
        let up = self
            .up
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(up) = up {
            self.world.note(format_args!("{} is killed", self.number));
            up.dead.cancel();
        }
    }

    /// Sends a request once; its client hangs up after so many milliseconds, if it is that impatient.
    pub(super) async fn ask(&self, asking: &Asking, patience: Option<u64>) -> Attempt {
        let up = self
            .up
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let Some(Up { service, dead }) = up else {
            return Attempt::of(Err(Status::unavailable("the replica is down")));
        };
        let by = asking.by;
        let call = async {
            let answer = crate::send!(service, &asking.message, |message| {
                let mut request = Request::new(message);
                request.extensions_mut().insert(by.principal());
                request
            });
            Attempt::of(answer)
        };
        tokio::select! {
            biased;
            () = dead.cancelled() => Attempt::of(Err(Status::unavailable("the replica was killed"))),
            () = self.hangs_up(patience) => {
                self.world.inject("client hangs up");
                Attempt::of(Err(Status::cancelled("the client hung up")))
            }
            attempt = call => attempt,
        }
    }

    async fn hangs_up(&self, patience: Option<u64>) {
        match patience {
            Some(milliseconds) => self.world.pass(milliseconds).await,
            None => std::future::pending().await,
        }
    }
}
