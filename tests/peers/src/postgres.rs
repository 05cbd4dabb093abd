//! A PostgreSQL of this run's own: a fresh cluster in a temporary folder, ended with it.

use anyhow::{Context, Result, bail, ensure};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use testkit::wait;
use tokio_postgres::{Client, NoTls};

/// What a DBA sets on a machine of 8 GiB and more with a solid-state disk. Nothing that is
/// acknowledged before it is on disk: `fsync`, `full_page_writes` and `synchronous_commit` stay on.
const SETTINGS: [&str; 17] = [
    "fsync=on",
    "full_page_writes=on",
    "synchronous_commit=on",
    "shared_buffers=1GB",
    "effective_cache_size=4GB",
    "work_mem=32MB",
    "maintenance_work_mem=256MB",
    "wal_buffers=16MB",
    "max_wal_size=4GB",
    "checkpoint_timeout=15min",
    "checkpoint_completion_target=0.9",
    "random_page_cost=1.1",
    "effective_io_concurrency=200",
    "jit=off",
    "max_connections=300",
    // For serializable transactions: fewer that only seem to meet.
    "max_pred_locks_per_transaction=512",
    "max_pred_locks_per_page=32",
];

/// The server while it runs.
pub(crate) struct Postgres {
    bin: PathBuf,
    folder: TempDir,
    owner: Option<(u32, u32)>,
    port: u16,
    server: Option<Child>,
    /// As it says itself: `postgres (PostgreSQL) 15.1`.
    pub(crate) version: String,
}

/// Where PostgreSQL's programs are: on the PATH, or where Debian puts them, the newest.
pub(crate) fn find() -> Option<PathBuf> {
    let complete = |bin: &Path| bin.join("initdb").is_file() && bin.join("postgres").is_file();
    let path = std::env::var_os("PATH").unwrap_or_default();
    if let Some(bin) = std::env::split_paths(&path).find(|bin| complete(bin)) {
        return Some(bin);
    }
    let installed = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut bins: Vec<(u32, PathBuf)> = installed
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, bin)| complete(bin))
        .collect();
    bins.sort();
    bins.pop().map(|(_, bin)| bin)
}

/// Whom the server runs as when we are root, as which it refuses to run.
fn owner() -> Result<Option<(u32, u32)>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let uid = status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:"))
        .and_then(|ids| ids.split_whitespace().next());
    if uid != Some("0") {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd")?;
    let id_of = |name: &str| {
        let mut fields = users
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
            .find(|fields| fields.first() == Some(&name))?
            .into_iter()
            .skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let found = id_of("postgres").or_else(|| id_of("nobody"));
    found
        .map(Some)
        .context("neither a user postgres nor nobody to run PostgreSQL as")
}

impl Postgres {
    /// Makes a cluster and starts it.
    pub(crate) async fn start() -> Result<Self> {
        let bin = find().context(
            "no PostgreSQL: initdb and postgres are neither on the PATH nor below /usr/lib/postgresql",
        )?;
        let folder = TempDir::new().context("a folder for PostgreSQL")?;
        let owner = owner()?;
        if let Some((uid, gid)) = owner {
            chown(folder.path(), Some(uid), Some(gid))?;
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let mut this = Self {
            bin,
            folder,
            owner,
            port,
            server: None,
            version: String::new(),
        };
        let version = this.program("postgres").arg("--version").output()?;
        this.version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
        this.init()?;
        this.launch().await?;
        Ok(this)
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        if let Some((uid, gid)) = self.owner {
            command.uid(uid).gid(gid);
        }
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn init(&self) -> Result<()> {
        let made = self
            .program("initdb")
            .args([
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ])
            .arg("-D")
            .arg(self.data())
            .output()?;
        ensure!(
            made.status.success(),
            "initdb failed: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        Ok(())
    }

    async fn launch(&mut self) -> Result<()> {
        let log = std::fs::File::create(self.folder.path().join("postgres.log"))?;
        let mut command = self.program("postgres");
        command
            .arg("-D")
            .arg(self.data())
            .arg("-p")
            .arg(self.port.to_string());
        command.args([
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
        ]);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        let server = command.stdout(Stdio::null()).stderr(log).spawn()?;
        self.server = Some(server);
        let up = wait::until("PostgreSQL", || async {
            tokio_postgres::connect(&self.url("postgres"), NoTls)
                .await
                .is_ok()
        });
        if let Err(error) = up.await {
            let log = std::fs::read_to_string(self.folder.path().join("postgres.log"));
            bail!("{error}\n{}", log.unwrap_or_default());
        }
        Ok(())
    }

    /// The address of a database.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// A connection to a database.
    pub(crate) async fn connect(&self, database: &str) -> Result<Client> {
        let (client, connection) = tokio_postgres::connect(&self.url(database), NoTls).await?;
        // It ends with the client; a query that it fails says so.
        tokio::spawn(connection);
        Ok(client)
    }

    /// A new, empty database, and its address.
    pub(crate) async fn create(&self, database: &str) -> Result<String> {
        let client = self.connect("postgres").await?;
        client
            .batch_execute(&format!("CREATE DATABASE {database}"))
            .await?;
        Ok(self.url(database))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The folder goes with it, so nothing needs to be written down any more.
        let _ = self
            .program("pg_ctl")
            .args(["stop", "-m", "immediate", "-D"])
            .arg(self.data())
            .output();
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}
