//! One process of the program under its keeper, who starts it again whenever it ends.

use anyhow::{Context as _, Result, bail};
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;

/// The variable that names a fail point.
const FAILPOINT: &str = "MATTERS_FAILPOINT";

/// How long the keeper waits before he starts it again.
const PAUSE: Duration = Duration::from_millis(100);

/// How the program is run.
#[derive(Clone, Debug)]
pub(super) struct Program {
    /// The binary.
    pub(super) path: PathBuf,
    /// What comes before the program's own arguments.
    pub(super) before: Vec<String>,
}

impl Program {
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.before).stdin(Stdio::null());
        command.env_remove(FAILPOINT);
        command
    }

    /// Runs one command to its end; what it said.
    pub(super) fn run(&self, arguments: &[&str], variables: &[(&str, String)]) -> Result<String> {
        let mut command = self.command();
        command.args(arguments).envs(variables.iter().cloned());
        let output = command.output().context("the program does not run")?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        if !output.status.success() {
            bail!("matters {}: {}\n{said}", arguments.join(" "), output.status);
        }
        Ok(said)
    }
}

/// A server that is kept running.
#[derive(Debug)]
pub(super) struct Kept {
    shared: Arc<Shared>,
    keeper: JoinHandle<()>,
    pub(super) address: SocketAddr,
    pub(super) log: PathBuf,
}

#[derive(Debug, Default)]
struct Shared {
    /// 0 while it does not run.
    pid: AtomicU32,
    starts: AtomicU64,
    failpoint: Mutex<Option<String>>,
}

impl Kept {
    /// Keeps `matters serve` running with these arguments, at a port that stays its own.
    pub(super) fn start(
        program: &Program,
        name: &str,
        folder: &Path,
        arguments: &[String],
    ) -> Result<Self> {
        let address = free_address()?;
        let log = folder.join(format!("{name}.log"));
        let file = File::options().create(true).append(true).open(&log)?;
        let mut arguments = arguments.to_vec();
        arguments.extend(["--listen".to_owned(), address.to_string()]);
        arguments.extend(["--metrics", "127.0.0.1:0"].map(str::to_owned));
        let shared = Arc::new(Shared::default());
        let keeper = tokio::spawn(keep(program.clone(), arguments, file, Arc::clone(&shared)));
        Ok(Self {
            shared,
            keeper,
            address,
            log,
        })
    }

    /// Ends the process as it stands (SIGKILL); the keeper starts it again, with a fail point if given.
    pub(super) fn kill(&self, failpoint: Option<String>) {
        *self
            .shared
            .failpoint
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = failpoint;
        self.signal("KILL");
    }

    /// Sends a signal, when it runs.
    pub(super) fn signal(&self, name: &str) {
        let pid = self.shared.pid.load(Ordering::SeqCst);
        if pid > 0 {
            // It may have ended meanwhile: then there is nobody to signal.
            let _ = Command::new("kill")
                .args([format!("-{name}"), pid.to_string()])
                .stderr(Stdio::null())
                .status();
        }
    }

    /// How often it was started.
    pub(super) fn starts(&self) -> u64 {
        self.shared.starts.load(Ordering::SeqCst)
    }

    /// Ends it for good.
    pub(super) async fn end(&mut self) {
        self.keeper.abort();
        // The child is killed with the task that held it.
        let _ = (&mut self.keeper).await;
    }
}

/// A port that was free a moment ago.
fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

async fn keep(program: Program, arguments: Vec<String>, log: File, shared: Arc<Shared>) {
    loop {
        let mut command = program.command();
        let failpoint = shared
            .failpoint
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(place) = failpoint {
            command.env(FAILPOINT, place);
        }
        command.arg("serve").args(&arguments).stdout(Stdio::null());
        if let Ok(log) = log.try_clone() {
            command.stderr(log);
        }
        let mut command = tokio::process::Command::from(command);
        command.kill_on_drop(true);
        if let Ok(mut child) = command.spawn() {
            shared.starts.fetch_add(1, Ordering::SeqCst);
            shared.pid.store(child.id().unwrap_or(0), Ordering::SeqCst);
            let _ = child.wait().await;
            shared.pid.store(0, Ordering::SeqCst);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
