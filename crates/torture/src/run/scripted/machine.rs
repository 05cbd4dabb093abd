//! What this machine has and permits.

use std::process::{Command, Stdio};

/// Why a tool cannot be used here; `None` when it can.
pub(super) fn lacks(tool: &str) -> Option<String> {
    let found = Command::new("sh")
        .args(["-c", "command -v \"$1\"", "sh", tool])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match found {
        Ok(found) if found.success() => None,
        _ => Some(format!("there is no {tool} on this machine")),
    }
}

/// Why what only root may do cannot be done; `None` when it can.
pub(super) fn no_root() -> Option<String> {
    let who = Command::new("id").arg("-u").output().ok()?;
    let root = String::from_utf8_lossy(&who.stdout).trim() == "0";
    (!root).then(|| "only root may do this".to_owned())
}
