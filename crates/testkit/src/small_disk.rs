//! A disk without room: a small tmpfs, where this process may mount one.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

/// A small tmpfs, unmounted when it is dropped.
#[derive(Debug)]
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// Mounts one of this size, as mount(8) writes it: `4m`.
    ///
    /// # Errors
    /// Where this process may not mount anything.
    pub fn mount(size: &str) -> Result<Self> {
        let folder = TempDir::new().context("a folder for a small disk")?;
        let output = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "small-disk"])
            .arg(folder.path())
            .output()
            .context("mount")?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            bail!("no tmpfs can be mounted: {why}");
        }
        Ok(Self { folder })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Fills what is left; the file that does it can be taken away again.
    ///
    /// # Errors
    /// When there is room still.
    pub fn fill(&self) -> Result<PathBuf> {
        let ballast = self.path().join("ballast");
        let filled = Command::new("dd")
            .args(["if=/dev/zero", "bs=4k", "status=none"])
            .arg(format!("of={}", ballast.display()))
            .output()
            .context("dd")?;
        if filled.status.success() {
            bail!("the disk was to be full, and is not");
        }
        Ok(ballast)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Nothing is left to be told of a failure here.
        let _ = Command::new("umount")
            .arg("-l")
            .arg(self.folder.path())
            .status();
    }
}
