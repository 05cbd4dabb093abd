//! buf, which lints the gRPC contract: an npm package carries the program.

use crate::process;
use crate::workspace::{Workspace, in_ci};
use anyhow::{Context, Result, bail, ensure};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Pinned, so that the committed baseline is written the same way everywhere.
const VERSION: &str = "1.75.0";

/// The certificate authorities that the machine trusts, where Debian and its kin keep them.
const SYSTEM_AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Finds or installs buf; none where there is no npm and nobody insists.
pub(super) fn bring(ws: &Workspace) -> Result<Option<PathBuf>> {
    let prefix = ws.tools().join("buf");
    let program = prefix.join("node_modules/.bin/buf");
    if is_good(&program) {
        println!("    found {} ({VERSION})", ws.shown(&program));
        return Ok(Some(program));
    }
    let Some(npm) = process::on_path("npm") else {
        if in_ci() {
            bail!("npm is missing, and CI may not leave out the contract's checks: install npm");
        }
        return Ok(None);
    };
    fs::create_dir_all(&prefix).with_context(|| format!("cannot create {}", prefix.display()))?;
    let mut install = Command::new(npm);
    if env::var_os("NODE_EXTRA_CA_CERTS").is_none() && Path::new(SYSTEM_AUTHORITIES).is_file() {
        // Node brings its own list of authorities; behind an office's proxy only the machine's own list will do.
        install.env("NODE_EXTRA_CA_CERTS", SYSTEM_AUTHORITIES);
    }
    process::capture(
        install
            .args(["install", "--no-audit", "--no-fund", "--no-save"])
            .arg("--prefix")
            .arg(&prefix)
            .arg(format!("@bufbuild/buf@{VERSION}"))
            .env("npm_config_cache", ws.tools().join("npm-cache"))
            .env("npm_config_update_notifier", "false")
            .current_dir(&prefix),
    )?;
    ensure!(
        is_good(&program),
        "npm installed no buf {VERSION} at {}",
        program.display()
    );
    println!("    installed {} ({VERSION})", ws.shown(&program));
    Ok(Some(program))
}

fn is_good(program: &PathBuf) -> bool {
    program.is_file()
        && process::capture(Command::new(program).arg("--version"))
            .is_ok_and(|said| said.trim() == VERSION)
}
