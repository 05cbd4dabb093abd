//! The folders of a read model: one for each build, one of them answering.
//!
//! `v<version>-<n>` is a store, `v<version>-<n>.building` one that is being built beside it and is
//! thrown away by a crash, `….aside` one that was found damaged or foreign: the last one is kept
//! for whoever wants to know why.

use std::fs::{self, File, TryLockError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Store, VERSION};
use crate::error::StoreError;

const BUILDING: &str = ".building";
const ASIDE: &str = ".aside";
/// How often a store that was just closed is tried again while its last thread lets go.
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);

/// The folder of a read model, owned.
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder when it is missing, and takes it.
    pub(crate) fn take(path: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(path).map_err(|error| failed(path, &error))?;
        let lock = path.join("lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock)
            .map_err(|error| failed(&lock, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked {
                    path: path.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(failed(path, &error)),
        }
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// The names of the folders inside.
    fn names(&self) -> Result<Vec<String>, StoreError> {
        let entries = fs::read_dir(&self.path).map_err(|error| failed(&self.path, &error))?;
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.starts_with('v'))
            .collect();
        names.sort();
        Ok(names)
    }

    /// The newest store of this version, if there is one that opens; and what was put aside.
    pub(crate) fn newest(
        &self,
        cache: u64,
        views: usize,
    ) -> Result<(Option<Store>, Option<String>), StoreError> {
        let mut put_aside = None;
        let mut stores: Vec<(u32, u32, String)> = Vec::new();
        for name in self.names()? {
            if name.ends_with(BUILDING) {
                self.remove(&name)?;
            } else if let Some((version, build)) = numbers(&name) {
                stores.push((version, build, name));
            }
        }
        stores.sort_unstable();
        while let Some((version, _, name)) = stores.pop() {
            let reason = if version == VERSION {
                match Store::open(&self.path.join(&name), cache, views) {
                    Ok(store)
                        if store
                            .books()
                            .checkpoint
                            .as_ref()
                            .is_some_and(|c| c.version == VERSION) =>
                    {
                        for (.., older) in stores {
                            self.remove(&older)?;
                        }
                        return Ok((Some(store), put_aside));
                    }
                    Ok(store) => {
                        drop(store);
                        "it has no checkpoint of this version".to_owned()
                    }
                    Err(locked @ StoreError::Locked { .. }) => return Err(locked),
                    Err(error) => error.to_string(),
                }
            } else {
                format!("it is of version {version}; this program keeps version {VERSION}")
            };
            put_aside = Some(self.put_aside(&name, &reason)?);
        }
        Ok((None, put_aside))
    }

    /// A new store to build in.
    pub(crate) fn building(&self, cache: u64) -> Result<Store, StoreError> {
        let taken = self
            .names()?
            .iter()
            .filter_map(|name| Some(numbers(name.strip_suffix(ASIDE).unwrap_or(name))?.1))
            .max();
        let name = format!("v{VERSION}-{}{BUILDING}", taken.unwrap_or(0) + 1);
        // An attempt that failed, for want of the log or of room, left what was true up to where it came.
        if self.path.join(&name).exists() {
            self.remove(&name)?;
        }
        // Nobody reads it before it is whole: it is flushed once, at the end.
        let db = open_sled(&self.path.join(&name), cache, None)?;
        Store::on(db, &self.path.join(name), 1)
    }

    /// Closes a store that was built and opens it under its own name.
    pub(crate) fn swap(&self, built: Store, cache: u64, views: usize) -> Result<Store, StoreError> {
        built.flush()?;
        let from = built.path().to_owned();
        drop(built);
        let name = from
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let to = self.path.join(name.trim_end_matches(BUILDING));
        fs::rename(&from, &to).map_err(|error| failed(&to, &error))?;
        Store::open(&to, cache, views)
    }

    /// Renames a store that is not to be used, and says so. The one put aside before goes.
    pub(crate) fn put_aside(&self, name: &str, reason: &str) -> Result<String, StoreError> {
        for old in self.names()?.iter().filter(|name| name.ends_with(ASIDE)) {
            self.remove(old)?;
        }
        let to = format!("{name}{ASIDE}");
        fs::rename(self.path.join(name), self.path.join(&to))
            .map_err(|error| failed(&self.path, &error))?;
        tracing::warn!(
            store = name,
            reason,
            "put the read model aside; it is rebuilt from the log"
        );
        Ok(format!("{name}: {reason}"))
    }

    pub(crate) fn remove(&self, name: &str) -> Result<(), StoreError> {
        let path = self.path.join(name);
        fs::remove_dir_all(&path).map_err(|error| failed(&path, &error))
    }
}

/// The version and the build of a store's name.
fn numbers(name: &str) -> Option<(u32, u32)> {
    let (version, build) = name.strip_prefix('v')?.split_once('-')?;
    Some((version.parse().ok()?, build.parse().ok()?))
}

/// Opens the tree. sled panics on some damage: that is an error here.
pub(super) fn open_sled(
    path: &Path,
    cache_bytes: u64,
    flush_every_ms: Option<u64>,
) -> Result<sled::Db, StoreError> {
    let config = sled::Config::new()
        .path(path)
        .cache_capacity(cache_bytes)
        .mode(sled::Mode::HighThroughput)
        .flush_every_ms(flush_every_ms);
    for attempt in 0.. {
        match catch_unwind(AssertUnwindSafe(|| config.open())) {
            Ok(Ok(db)) => return Ok(db),
            Ok(Err(sled::Error::Io(error))) if busy(&error) => {
                if attempt == ATTEMPTS {
                    return Err(StoreError::Locked {
                        path: path.to_owned(),
                    });
                }
                std::thread::sleep(PAUSE);
            }
            Ok(Err(error)) => return Err(error.into()),
            Err(_) => {
                return Err(StoreError::Damaged {
                    reason: "sled gave up on opening it".to_owned(),
                });
            }
        }
    }
    Err(StoreError::Locked {
        path: path.to_owned(),
    })
}

fn busy(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::WouldBlock
        || error.to_string().contains("could not acquire lock")
}

fn failed(path: &Path, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Folder {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_to_build_that_failed_leaves_nothing_to_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::take(dir.path()).unwrap();
        let failed = folder.building(1 << 20).unwrap();
        failed.db.insert("open/PCP-2018-001", "").unwrap();
        failed.flush().unwrap();
        drop(failed);
        let next = folder.building(1 << 20).unwrap();
        assert!(next.db.get("open/PCP-2018-001").unwrap().is_none());
    }
}
