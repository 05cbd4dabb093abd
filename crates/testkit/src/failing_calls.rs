//! A disk that fails: system calls of a process that runs answer EIO, by strace.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use tempfile::NamedTempFile;

use crate::wait;

/// A process whose system calls fail while this is attached.
#[derive(Debug)]
pub struct FailingCalls {
    strace: Child,
    /// What it did.
    trace: NamedTempFile,
}

impl FailingCalls {
    /// Why nothing can be made to fail on this machine; `None` when it can.
    #[must_use]
    pub fn impossible() -> Option<String> {
        let tried = Command::new("strace")
            .args(["-o", "/dev/null", "true"])
            .stderr(Stdio::null())
            .status();
        match tried {
            Ok(tried) if tried.success() => None,
            Ok(_) => Some("strace may not trace here".to_owned()),
            Err(_) => Some("there is no strace on this machine".to_owned()),
        }
    }

    /// Attaches to a process; `failure` is what strace's `inject=` takes, such as
    /// `fsync,fdatasync:error=EIO`. Only calls on these files fail, when any are given.
    ///
    /// # Errors
    /// When strace does not run or does not come to trace the process.
    pub async fn attach(pid: u32, files: &[PathBuf], failure: &str) -> Result<Self> {
        let mut command = Command::new("strace");
        let trace = NamedTempFile::new().context("a file for strace")?;
        command.args(["-f", "-qq", "-p", &pid.to_string(), "-o"]);
        command.arg(trace.path());
        for file in files {
            command.arg("-P").arg(file);
        }
        let calls = failure.split(':').next().unwrap_or_default();
        command.args(["-e", &format!("trace={calls}")]);
        command.args(["-e", &format!("inject={failure}")]);
        let strace = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("strace")?;
        let failing = Self { strace, trace };
        wait::until("strace to trace every thread", || {
            std::future::ready(traced(pid))
        })
        .await?;
        Ok(failing)
    }

    /// Lets go; how many calls failed.
    ///
    /// # Errors
    /// When strace cannot be ended.
    pub fn detach(mut self) -> Result<usize> {
        self.let_go()?;
        let trace = std::fs::read_to_string(self.trace.path())?;
        Ok(trace.matches("(INJECTED)").count())
    }

    /// By SIGINT: killed otherwise, it would leave what it traces stopped.
    fn let_go(&mut self) -> Result<()> {
        if self.strace.try_wait()?.is_some() {
            return Ok(());
        }
        let pid = self.strace.id().to_string();
        let told = Command::new("kill").args(["-INT", &pid]).status()?;
        if !told.success() {
            bail!("strace cannot be told to let go");
        }
        self.strace.wait()?;
        Ok(())
    }
}

impl Drop for FailingCalls {
    fn drop(&mut self) {
        // What it traced ends with the test that failed, at the latest.
        let _ = self.let_go();
    }
}

fn traced(pid: u32) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else {
        return false;
    };
    threads.flatten().all(|thread| {
        let status = std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        let mut lines = status.lines().filter_map(|l| l.strip_prefix("TracerPid:"));
        lines.next().is_none_or(|tracer| tracer.trim() != "0")
    })
}
