//! One server process.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;

use super::find;
use crate::wait;

/// How many times a server is started on other ports when the chosen ones were taken meanwhile.
const PORT_TRIES: usize = 5;

/// How long one greeting may take: a server that is not there yet may say nothing at all.
const A_WHILE: Duration = Duration::from_secs(1);

/// How a [`NatsServer`] is started.
#[derive(Clone, Debug, Default)]
pub struct NatsOptions {
    /// Sync every message to disk (`sync_interval: always`) instead of every two minutes.
    pub sync_always: bool,
    /// Where the store is, instead of in the server's own temporary folder.
    pub store_dir: Option<PathBuf>,
    /// Lines that limit what clients may do, `max_payload` among them; empty: what the log needs.
    pub limits: String,
    /// Further lines of the configuration file, such as accounts.
    pub extra: String,
    /// Where it runs when not at 127.0.0.1 in this process's own network.
    pub place: Option<Place>,
}

/// A place in the network of its own, such as a network namespace.
#[derive(Clone, Debug)]
pub struct Place {
    /// The address to listen at and to be reached by.
    pub host: String,
    /// The command that runs another one there, such as `ip netns exec NAME`.
    pub wrapper: Vec<String>,
}

/// A nats-server with JetStream, killed when it is dropped.
#[derive(Debug)]
pub struct NatsServer {
    folder: TempDir,
    store: PathBuf,
    port: u16,
    place: Option<Place>,
    child: Option<Child>,
}

impl NatsServer {
    /// Starts a server with the default options and waits until it answers.
    ///
    /// # Errors
    /// When there is no server binary or it does not start; the message ends with its log.
    pub async fn start() -> Result<Self> {
        Self::start_with(NatsOptions::default()).await
    }

    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_with(options: NatsOptions) -> Result<Self> {
        let mut tries = 1;
        loop {
            let port = free_port()?;
            let mut server = Self::prepare("solo", port, "", &options)?;
            match server.restart().await {
                Ok(()) => return Ok(server),
                Err(_) if tries < PORT_TRIES => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Writes the configuration of a server that is not started yet.
    pub(super) fn prepare(
        name: &str,
        port: u16,
        cluster: &str,
        options: &NatsOptions,
    ) -> Result<Self> {
        let folder = TempDir::new().context("a folder for nats-server")?;
        let store = options
            .store_dir
            .clone()
            .unwrap_or_else(|| folder.path().join("store"));
        let limits = match options.limits.as_str() {
            "" => "max_payload: 512KB",
            given => given,
        };
        let host = host(options.place.as_ref());
        let mut config = format!(
            "listen: \"{host}:{port}\"\nserver_name: {name}\n{limits}\n\
             jetstream {{ store_dir: {store:?}, max_file_store: 64GiB, max_memory_store: 64MiB"
        );
        if options.sync_always {
            config.push_str(", sync_interval: always");
        }
        writeln!(config, " }}\n{cluster}\n{}", options.extra)?;
        fs::write(folder.path().join("nats.conf"), config)?;
        Ok(Self {
            folder,
            store,
            port,
            place: options.place.clone(),
            child: None,
        })
    }

    /// The address for clients.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://{}:{}", host(self.place.as_ref()), self.port)
    }

    /// The folder of the JetStream store.
    #[must_use]
    pub fn store_dir(&self) -> &Path {
        &self.store
    }

    /// What the server has logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("nats.log")).unwrap_or_default()
    }

    /// The process id while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Ends the process as `kill -9` does.
    ///
    /// # Errors
    /// When the process cannot be ended.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Ends the process in order (SIGTERM) and waits for its end.
    ///
    /// # Errors
    /// When the process cannot be ended.
    pub async fn stop(&mut self) -> Result<()> {
        self.signal("TERM")?;
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        let ended = wait::until("the end of nats-server", || {
            let ended = matches!(child.try_wait(), Ok(Some(_)));
            std::future::ready(ended)
        })
        .await;
        if ended.is_err() {
            child.kill()?;
            child.wait()?;
        }
        ended
    }

    /// Freezes the process (SIGSTOP): it keeps its connections and answers nothing. Returns when every
    /// thread stands still, which is a moment after the signal.
    ///
    /// # Errors
    /// When the signal cannot be sent or the process does not stop.
    pub fn pause(&self) -> Result<()> {
        self.signal("STOP")?;
        let begun = Instant::now();
        while !self.stands_still()? {
            if begun.elapsed() > wait::PATIENCE {
                bail!("nats-server did not stop");
            }
            std::thread::yield_now();
        }
        Ok(())
    }

    fn stands_still(&self) -> Result<bool> {
        let Some(pid) = self.pid() else {
            return Ok(true);
        };
        for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
            // Name in brackets, then the state: T is stopped (proc(5)).
            let stat = fs::read_to_string(thread?.path().join("stat")).unwrap_or_default();
            if stat
                .rsplit_once(") ")
                .is_some_and(|(_, rest)| !rest.starts_with('T'))
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Lets a frozen process go on (SIGCONT).
    ///
    /// # Errors
    /// When the signal cannot be sent.
    pub fn resume(&self) -> Result<()> {
        self.signal("CONT")
    }

    /// Kills the process when it runs, starts it on the same port and store, waits until it answers.
    ///
    /// # Errors
    /// When it does not start; the message ends with its log.
    pub async fn restart(&mut self) -> Result<()> {
        self.launch()?;
        self.ready().await
    }

    /// Kills the process when it runs and starts it, without waiting.
    pub(super) fn launch(&mut self) -> Result<()> {
        self.kill()?;
        let folder = self.folder.path();
        let log = File::options()
            .create(true)
            .append(true)
            .open(folder.join("nats.log"))?;
        let binary = find()?;
        let mut command = match self.place.as_ref().map(|place| place.wrapper.as_slice()) {
            Some([first, rest @ ..]) => {
                let mut command = Command::new(first);
                command.args(rest).arg(binary);
                command
            }
            _ => Command::new(binary),
        };
        let child = command
            .arg("--config")
            .arg(folder.join("nats.conf"))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        self.child = Some(child);
        Ok(())
    }

    /// Waits until the server greets clients.
    pub(super) async fn ready(&mut self) -> Result<()> {
        let port = self.port;
        let host = host(self.place.as_ref()).to_owned();
        let child = &mut self.child;
        let answered = wait::until_some("nats-server", || {
            let ended = child
                .as_mut()
                .is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
            let host = host.clone();
            async move {
                if ended {
                    return Some(false);
                }
                greets(&host, port).await.then_some(true)
            }
        })
        .await?;
        if !answered {
            bail!("nats-server ended at once; its log:\n{}", self.log());
        }
        Ok(())
    }

    fn signal(&self, name: &str) -> Result<()> {
        if let Some(pid) = self.pid() {
            let sent = Command::new("kill")
                .args([format!("-{name}"), pid.to_string()])
                .status()?;
            if !sent.success() {
                bail!("SIG{name} was not sent to nats-server");
            }
        }
        Ok(())
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        // Nothing is left to be told of a failure here.
        let _ = self.kill();
    }
}

/// A port that was free a moment ago.
pub(super) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Where a server in this place is.
pub(super) fn host(place: Option<&Place>) -> &str {
    place.map_or("127.0.0.1", |place| place.host.as_str())
}

async fn greets(host: &str, port: u16) -> bool {
    let connecting = tokio::time::timeout(A_WHILE, TcpStream::connect((host, port)));
    let Ok(Ok(stream)) = connecting.await else {
        return false;
    };
    let mut line = String::new();
    let mut stream = BufReader::new(stream);
    let read = tokio::time::timeout(A_WHILE, stream.read_line(&mut line)).await;
    read.is_ok_and(|read| read.is_ok()) && line.starts_with("INFO ")
}
