//! Files that must be there whole or not at all, and keys that only their owner may read.

use crate::error::KeyError;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Keeps the temporary files of one process apart.
static TURN: AtomicU64 = AtomicU64::new(0);

/// Makes the folder, readable by its owner only, unless it is there.
pub(crate) fn make_folder(folder: &Path) -> Result<(), KeyError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(failed("create", folder))
}

/// Writes a private key under a name that must be free. False when another process was first: its key stays.
pub(crate) fn write_new_secret(path: &Path, content: &[u8]) -> Result<bool, KeyError> {
    let temporary = write_beside(path, content, 0o600)?;
    // A hard link, unlike a rename, never replaces what is there.
    let linked = fs::hard_link(&temporary, path);
    let _ = fs::remove_file(&temporary);
    match linked {
        Ok(()) => sync_folder_of(path).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed("create", path)(error)),
    }
}

/// Replaces a public file in one step.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<(), KeyError> {
    let temporary = write_beside(path, content, 0o644)?;
    fs::rename(&temporary, path).map_err(failed("replace", path))?;
    sync_folder_of(path)
}

/// Removes a file, and makes sure it stays removed.
pub(crate) fn remove(path: &Path) -> Result<(), KeyError> {
    fs::remove_file(path).map_err(failed("remove", path))?;
    sync_folder_of(path)
}

/// Reads a private key, refused when others can read it too.
pub(crate) fn read_secret(path: &Path, limit: u64) -> Result<Vec<u8>, KeyError> {
    let file = File::open(path).map_err(failed("open", path))?;
    let mode = file
        .metadata()
        .map_err(failed("look at", path))?
        .permissions()
        .mode()
        & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed {
            path: path.to_path_buf(),
            mode,
        });
    }
    read_at_most(file, path, limit)
}

/// Reads a file up to a limit; what is longer is cut, and its reader finds it wrong.
pub(crate) fn read_public(path: &Path, limit: u64) -> Result<Vec<u8>, KeyError> {
    let file = File::open(path).map_err(failed("open", path))?;
    read_at_most(file, path, limit)
}

fn read_at_most(file: File, path: &Path, limit: u64) -> Result<Vec<u8>, KeyError> {
    let mut content = Vec::new();
    file.take(limit)
        .read_to_end(&mut content)
        .map_err(failed("read", path))?;
    Ok(content)
}

/// The content in a temporary file of the same folder, on disk before it gets its name.
fn write_beside(path: &Path, content: &[u8], mode: u32) -> Result<PathBuf, KeyError> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    let turn = TURN.fetch_add(1, Ordering::Relaxed);
    name.push(format!(".{}-{turn}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&temporary)
        .and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        });
    written.map_err(failed("write", &temporary))?;
    Ok(temporary)
}

fn sync_folder_of(path: &Path) -> Result<(), KeyError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed("sync", folder))
}

/// Turns what the system said into an error with the file and the deed.
pub(crate) fn failed<'p>(
    doing: &'static str,
    path: &'p Path,
) -> impl FnOnce(io::Error) -> KeyError + use<'p> {
    move |source| KeyError::File {
        doing,
        path: path.to_path_buf(),
        source,
    }
}
