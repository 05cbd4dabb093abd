//! One process of the program under its keeper, who starts it again whenever it ends, unless he is told
//! to hold.

use anyhow::{Context as _, Result, bail};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use testkit::wait;
use tokio::task::JoinHandle;

/// The variable that names a fail point.
const FAILPOINT: &str = "MATTERS_FAILPOINT";

/// How long the keeper waits before he starts it again.
const PAUSE: Duration = Duration::from_millis(100);

/// How the program is run.
#[derive(Clone, Debug, Default)]
pub(super) struct Program {
    /// The binary.
    pub(super) path: PathBuf,
    /// What comes before the program's own arguments.
    pub(super) before: Vec<String>,
    /// The command that runs it where it is to run, such as `ip netns exec NAME`.
    pub(super) wrapper: Vec<String>,
    /// Variables of its environment.
    pub(super) variables: Vec<(String, String)>,
}

impl Program {
    /// The one of a campaign.
    pub(super) fn of((path, before): &(PathBuf, Vec<String>)) -> Self {
        Self {
            path: path.clone(),
            before: before.clone(),
            ..Self::default()
        }
    }

    pub(super) fn command(&self) -> Command {
        let mut command = match self.wrapper.as_slice() {
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(&self.path);
                command
            }
            [] => Command::new(&self.path),
        };
        command.args(&self.before).stdin(Stdio::null());
        command.env_remove(FAILPOINT);
        command.envs(self.variables.iter().cloned());
        command
    }

    /// Runs one command to its end; its exit code and what it said.
    pub(super) fn ask(
        &self,
        arguments: &[&str],
        variables: &[(&str, String)],
    ) -> Result<(Option<i32>, String)> {
        let mut command = self.command();
        command.args(arguments).envs(variables.iter().cloned());
        let output = command.output().context("the program does not run")?;
        let said = [output.stdout, output.stderr].concat();
        Ok((
            output.status.code(),
            String::from_utf8_lossy(&said).into_owned(),
        ))
    }

    /// Runs one command that must succeed; what it said.
    pub(super) fn run(&self, arguments: &[&str], variables: &[(&str, String)]) -> Result<String> {
        let (code, said) = self.ask(arguments, variables)?;
        if code != Some(0) {
            bail!(
                "matters {}: exit code {code:?}\n{said}",
                arguments.join(" ")
            );
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
    /// Nothing is started while this is so.
    held: AtomicBool,
    failpoint: Mutex<Option<String>>,
    program: Mutex<Program>,
    /// Exit codes so far, the last one last; of a signal its number below 0.
    codes: Mutex<Vec<i32>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    /// Keeps `matters serve` running with these arguments, at a port that stays its own.
    pub(super) fn start(
        program: &Program,
        name: &str,
        host: Ipv4Addr,
        folder: &Path,
        arguments: &[String],
    ) -> Result<Self> {
        let address = SocketAddr::from((host, free_port()?));
        let log = folder.join(format!("{name}.log"));
        let file = File::options().create(true).append(true).open(&log)?;
        let mut arguments = arguments.to_vec();
        arguments.extend(["--listen".to_owned(), address.to_string()]);
        arguments.extend(["--metrics", "127.0.0.1:0"].map(str::to_owned));
        let shared = Arc::new(Shared::default());
        *locked(&shared.program) = program.clone();
        let keeper = tokio::spawn(keep(arguments, file, Arc::clone(&shared)));
        Ok(Self {
            shared,
            keeper,
            address,
            log,
        })
    }

    /// Ends the process as it stands (SIGKILL); the keeper starts it again, with a fail point if given.
    pub(super) fn kill(&self, failpoint: Option<String>) {
        *locked(&self.shared.failpoint) = failpoint;
        self.signal("KILL");
    }

    /// Sends a signal, when it runs.
    pub(super) fn signal(&self, name: &str) {
        if let Some(pid) = self.pid() {
            // It may have ended meanwhile: then there is nobody to signal.
            let _ = Command::new("kill")
                .args([format!("-{name}"), pid.to_string()])
                .stderr(Stdio::null())
                .status();
        }
    }

    /// The process id while it runs.
    pub(super) fn pid(&self) -> Option<u32> {
        Some(self.shared.pid.load(Ordering::SeqCst)).filter(|pid| *pid > 0)
    }

    /// Ends it with this signal, and starts nothing until [`release`](Self::release).
    pub(super) async fn hold(&self, signal: &str) -> Result<()> {
        self.shared.held.store(true, Ordering::SeqCst);
        // Between two starts there is nobody to signal yet: so again and again.
        wait::until("the end of a service", || {
            self.signal(signal);
            std::future::ready(self.pid().is_none())
        })
        .await
    }

    /// Starts it again after [`hold`](Self::hold).
    pub(super) fn release(&self) {
        self.shared.held.store(false, Ordering::SeqCst);
    }

    /// Changes how it is run from the next start on.
    pub(super) fn change(&self, change: impl FnOnce(&mut Program)) {
        change(&mut locked(&self.shared.program));
    }

    /// How often it was started.
    pub(super) fn starts(&self) -> u64 {
        self.shared.starts.load(Ordering::SeqCst)
    }

    /// The exit codes so far; of an end by a signal its number below 0.
    pub(super) fn codes(&self) -> Vec<i32> {
        locked(&self.shared.codes).clone()
    }

    /// Everything that it said on standard error.
    pub(super) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Ends it for good.
    pub(super) async fn end(&mut self) {
        self.keeper.abort();
        // The child is killed with the task that held it.
        let _ = (&mut self.keeper).await;
    }
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

async fn keep(arguments: Vec<String>, log: File, shared: Arc<Shared>) {
    loop {
        if shared.held.load(Ordering::SeqCst) {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        let mut command = locked(&shared.program).command();
        if let Some(place) = locked(&shared.failpoint).take() {
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
            let ended = child.wait().await.ok();
            let code =
                ended.and_then(|ended| ended.code().or(ended.signal().map(|signal| -signal)));
            shared.pid.store(0, Ordering::SeqCst);
            locked(&shared.codes).push(code.unwrap_or_default());
        }
        tokio::time::sleep(PAUSE).await;
    }
}
