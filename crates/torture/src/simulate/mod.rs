//! Deterministic simulation: replicas of the command service and their clients in one thread, over a
//! log that misbehaves within its contract, on a clock that stands until all wait.

mod client;
mod fate;
mod log;
mod many;
mod replica;
mod trace;
mod world;

#[cfg(test)]
mod tests;

pub use fate::Faults;
pub use log::FakeLog;
pub use many::{Seeds, Sums, many};
pub use trace::Trace;
pub use world::World;

use crate::chance::Chance;
use crate::check::{Evidence, Problem, problems};
use crate::history::{Op, Outcome};
use crate::request::{Wishes, principal, register_requests};
use anyhow::{Context as _, Result};
use api::v1;
use api::v1::command_service_server::CommandService as _;
use client::Office;
use command::{Metrics, Service};
use domain::policy::Role;
use event_log::Record;
use futures::future::join_all;
use prometheus_client::registry::Registry;
use replica::Replica;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tokio_util::sync::CancellationToken;
use tonic::Request;

/// When every simulation begins: noon of 9 November 2018, in milliseconds since 1970.
const BEGIN_MILLIS: i64 = 1_541_764_800_000;

/// How much is simulated.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Replicas of the service.
    pub replicas: usize,
    /// Clients at work at the same time.
    pub clients: usize,
    /// Requests of each.
    pub requests: usize,
    /// What they ask for.
    pub wishes: Wishes,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            replicas: 2,
            clients: 3,
            requests: 5,
            wishes: Wishes::Every,
        }
    }
}

/// What came of one seed.
#[derive(Debug)]
pub struct Simulated {
    /// What clients asked for and were told.
    pub ops: Vec<Op>,
    /// The log in the end.
    pub records: Vec<Record>,
    /// How many messages of it the register was in the beginning.
    pub before: usize,
    /// Everything that happened.
    pub trace: Trace,
    /// What is wrong; nothing should be.
    pub problems: Vec<Problem>,
    /// How often each fault was injected.
    pub injected: BTreeMap<&'static str, u64>,
}

impl Simulated {
    /// How many requests were acknowledged.
    #[must_use]
    pub fn acknowledged(&self) -> usize {
        self.answered().count()
    }

    /// The calls of the contract of which one was acknowledged, and recorded something.
    #[must_use]
    pub fn calls(&self) -> BTreeSet<&'static str> {
        self.answered()
            .filter(|(_, written)| !written.events.is_empty())
            .map(|(op, _)| op.rpc)
            .collect()
    }

    fn answered(&self) -> impl Iterator<Item = (&Op, &v1::Written)> {
        self.ops.iter().filter_map(|op| match &op.outcome {
            Outcome::Acknowledged(written) => Some((op, written.as_ref())),
            _ => None,
        })
    }
}

/// Simulates one seed.
///
/// # Errors
/// When the machine does not allow it: no folder, no runtime.
pub fn simulate(seed: u64, size: Size) -> Result<Simulated> {
    let register = register(size.wishes)?;
    let folder = folder()?;
    paused()?.block_on(run(seed, size, register, folder.path()))
}

/// In memory where there is such a place: journals are fsynced.
fn folder() -> Result<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    folder.context("a folder for the journals")
}

fn paused() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .max_blocking_threads(1)
        .build()
        .context("a runtime")
}

/// The records of the register, made once by the service itself.
fn register(wishes: Wishes) -> Result<&'static [Record]> {
    static FEW: OnceLock<Vec<Record>> = OnceLock::new();
    static EVERY: OnceLock<Vec<Record>> = OnceLock::new();
    let register = match wishes {
        Wishes::Few => &FEW,
        Wishes::Every => &EVERY,
    };
    if let Some(records) = register.get() {
        return Ok(records);
    }
    let folder = folder()?;
    let made = paused()?.block_on(make_register(folder.path(), wishes))?;
    Ok(register.get_or_init(|| made))
}

async fn make_register(folder: &Path, wishes: Wishes) -> Result<Vec<Record>> {
    let world = Arc::new(World::new(0, Faults::NONE, &[]));
    let log = FakeLog::new(Arc::clone(&world), 0, CancellationToken::new());
    let clock: api::clock::Clock =
        Arc::new(|| chrono::DateTime::from_timestamp_millis(BEGIN_MILLIS).unwrap_or_default());
    let metrics = Metrics::new(&mut Registry::default());
    let service = Service::new(Arc::new(log), clock, folder.to_owned(), metrics);
    fn by_clerk<T>(message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.extensions_mut().insert(principal(Role::Clerk));
        request
    }
    let register = register_requests(wishes);
    for body in register.bodies {
        service.register_body(by_clerk(body)).await?;
    }
    for group in register.groups {
        service.register_group(by_clerk(group)).await?;
    }
    service.open_series(by_clerk(register.series)).await?;
    service.arrange_meeting(by_clerk(register.meeting)).await?;
    Ok(world.records())
}

async fn run(seed: u64, size: Size, register: &[Record], folder: &Path) -> Result<Simulated> {
    let world = Arc::new(World::new(seed, Faults::of(seed), register));
    let replicas = (0..size.replicas).map(|number| Replica::new(&world, number, folder));
    let office = Office::new(Arc::clone(&world), replicas.collect(), size.wishes);
    for replica in &office.replicas {
        replica.start().await;
    }
    let clients = (0..size.clients).map(|client| office.work(client, size.requests));
    let crashes = (0..world.faults.crashes).map(|crash| crash_once(&office, crash));
    tokio::join!(join_all(clients), join_all(crashes));
    world.calm_down();
    // Everything that is on its way arrives; then every replica starts anew, with what it left.
    world.pass(60_000).await;
    for replica in &office.replicas {
        replica.kill();
        replica.start().await;
    }
    let ops = office.afterwards().await;
    let records = world.records();
    let evidence = Evidence {
        ops: &ops,
        records: &records,
        before: register.len(),
    };
    let problems = problems(&evidence);
    Ok(Simulated {
        problems,
        trace: world.take_trace(),
        injected: world.injected(),
        before: register.len(),
        ops,
        records,
    })
}

/// Kills a replica at some time and starts it again.
async fn crash_once(office: &Office, crash: u64) {
    let world = &office.world;
    let mut chance = Chance::of(world.seed, &format!("crash {crash}"));
    world.pass(chance.between(50, 4_000)).await;
    let Some(replica) = chance.pick(&office.replicas) else {
        return;
    };
    world.inject("replica killed");
    replica.kill();
    world.pass(chance.between(20, 1_000)).await;
    replica.start().await;
}
