//! A disk whose power can be cut: ext4 on a file in memory, whose journal commits every ten minutes, so
//! that only what was synced is on it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

/// Where the files that stand for disks are: a disk of this machine would sync them itself.
const MEMORY: &str = "/dev/shm";

/// A mounted disk, unmounted when it is dropped.
#[derive(Debug)]
pub struct LoopDisk {
    images: TempDir,
    image: PathBuf,
    mount: TempDir,
    cuts: usize,
}

impl LoopDisk {
    /// Makes and mounts one of so many MiB.
    ///
    /// # Errors
    /// Where this process may not mount anything, or there is no place in memory.
    pub fn mount(mebibytes: u64) -> Result<Self> {
        let images = tempfile::tempdir_in(MEMORY).context("a place in memory for a disk")?;
        let image = images.path().join("disk-0");
        std::fs::File::create(&image)?.set_len(mebibytes << 20)?;
        run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image))?;
        let disk = Self {
            images,
            image,
            mount: TempDir::new().context("a folder for a disk")?,
            cuts: 0,
        };
        disk.attach()?;
        Ok(disk)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.mount.path()
    }

    /// Cuts its power: what is on it at this moment is copied, and the copy is mounted in its place.
    /// Nothing may have a file of it open.
    ///
    /// # Errors
    /// When it cannot be copied or mounted.
    pub fn cut(&mut self) -> Result<()> {
        self.cuts += 1;
        let copy = self.images.path().join(format!("disk-{}", self.cuts));
        std::fs::copy(&self.image, &copy).context("copying the disk")?;
        run(Command::new("umount").arg(self.path()))?;
        std::fs::remove_file(&self.image)?;
        self.image = copy;
        self.attach()
    }

    fn attach(&self) -> Result<()> {
        let mut command = Command::new("mount");
        command.args(["-o", "loop,commit=600"]);
        run(command.arg(&self.image).arg(self.path()))
    }
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        bail!("no disk can be made and mounted here: {why}");
    }
    Ok(())
}

impl Drop for LoopDisk {
    fn drop(&mut self) {
        // Nothing is left to be told of a failure here.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}
