//! The program as a process of its own, and what memory it holds.

use anyhow::{Context as _, Result, bail};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Lines that a server may say before it serves.
const LINES: usize = 1_000;

/// How the program is run: the binary, and what comes before its own arguments.
pub(crate) type Program = (PathBuf, Vec<String>);

/// A server, ended when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts it over a data folder on the embedded log, and waits until it serves.
    pub(crate) fn start(program: &Program, data: &Path) -> Result<Self> {
        let mut child = Command::new(&program.0)
            .args(&program.1)
            .args(["serve", "--data"])
            .arg(data)
            .args(["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"])
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("the server cannot be started")?;
        let said = child.stderr.take().context("what the server says")?;
        let mut lines = BufReader::new(said).lines();
        for _ in 0..LINES {
            let Some(line) = lines.next() else { break };
            let line = line?;
            if let Some(at) = line.find("http://").filter(|_| line.contains("serving at")) {
                let url = line[at..].trim().to_owned();
                // Whatever it says later is read, so that it never waits for its reader.
                std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
                return Ok(Self { child, url });
            }
        }
        let _ = child.kill();
        bail!("the server ended before it served")
    }

    /// Memory that it holds now, in bytes; `None` where the system does not tell.
    pub(crate) fn memory(&self) -> Option<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes * 1_024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
