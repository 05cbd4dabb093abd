//! A nats-server new enough to trust: the one named, the one on the PATH, the one brought before, or Debian's.

use super::apt;
use super::version::{Version, first_version};
use crate::process;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail, ensure};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tests are about atomic batches too, which older servers do not know. The program itself runs
/// on 2.10.23 and later.
const OLDEST: Version = (2, 12, 0);
const VARIABLE: &str = "MATTERS_NATS_SERVER";

/// Finds a good server or brings one to `target/tools/nats-server`.
pub(super) fn bring(ws: &Workspace) -> Result<PathBuf> {
    if let Some(named) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        let named = PathBuf::from(named);
        let version = good_version(&named).with_context(|| format!("{VARIABLE} names a server"))?;
        println!("    {VARIABLE}: {} ({})", named.display(), show(version));
        return Ok(named);
    }
    let place = ws.tools().join("nats-server");
    for candidate in process::on_path("nats-server").iter().chain([&place]) {
        match good_version(candidate) {
            Ok(version) => {
                println!("    found {} ({})", candidate.display(), show(version));
                return Ok(candidate.clone());
            }
            Err(_) if !candidate.exists() => {}
            Err(reason) => println!("    not used: {reason:#}"),
        }
    }
    let mut reasons = Vec::new();
    for way in [from_debian, from_go] {
        match way(ws, &place) {
            Ok(version) => {
                println!("    installed {} ({})", ws.shown(&place), show(version));
                return Ok(place);
            }
            Err(reason) => reasons.push(format!("  - {reason:#}")),
        }
    }
    bail!(
        "no nats-server {} or later could be brought:\n{}\nInstall one and put it on the PATH, or name it in {VARIABLE}.",
        show(OLDEST),
        reasons.join("\n")
    )
}

/// Debian's package, downloaded and unpacked into the workspace; nothing is installed on the machine.
fn from_debian(ws: &Workspace, place: &Path) -> Result<Version> {
    let work = ws.tools().join("nats-server.work");
    let result = apt::unpack_newest("nats-server", &work, &mut |unpacked| {
        let binary = ["usr/sbin/nats-server", "usr/bin/nats-server"]
            .iter()
            .map(|path| unpacked.join(path))
            .find(|path| path.is_file())
            .context("the package holds no nats-server")?;
        let version = good_version(&binary)?;
        // Beside the place first, then renamed: a server being started by another run is never half there.
        let beside = place.with_extension("new");
        fs::copy(&binary, &beside)
            .and_then(|_| fs::rename(&beside, place))
            .with_context(|| format!("cannot write {}", place.display()))?;
        Ok(version)
    });
    let _ = fs::remove_dir_all(&work);
    result.context("from Debian's packages")
}

/// Built by Go, for a machine without apt.
fn from_go(ws: &Workspace, place: &Path) -> Result<Version> {
    let go = process::on_path("go").context("by `go install`: there is no go on the PATH")?;
    process::capture(
        Command::new(go)
            .args(["install", "github.com/nats-io/nats-server/v2@v2.12.1"])
            .env("GOBIN", ws.tools()),
    )
    .context("by `go install`")?;
    good_version(place)
}

fn good_version(server: &Path) -> Result<Version> {
    ensure!(server.is_file(), "{} is not a file", server.display());
    let said = process::capture(Command::new(server).arg("--version"))?;
    let version = first_version(&said)
        .with_context(|| format!("{} says \"{}\"", server.display(), said.trim()))?;
    ensure!(
        version >= OLDEST,
        "{} is version {}; {} or later is needed",
        server.display(),
        show(version),
        show(OLDEST)
    );
    Ok(version)
}

fn show((major, minor, patch): Version) -> String {
    format!("{major}.{minor}.{patch}")
}
