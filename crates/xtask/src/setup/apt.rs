//! A newer package than the machine's own release carries, without root and without touching the machine's apt.
//!
//! apt gets a source list, lists, state and cache of its own in the work folder; the package is downloaded there and
//! unpacked with `dpkg-deb`, so no package database changes.

use super::apt_sources::{Archive, of_machine, whole_distributions};
use crate::process;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tried in this order; after them the machine's own release.
const SUITES: [&str; 2] = ["testing", "sid"];

/// Unpacks the package from the first suite whose copy `accept` takes, and returns what `accept` made of it.
pub(super) fn unpack_newest<T>(
    package: &str,
    work: &Path,
    accept: &mut dyn FnMut(&Path) -> Result<T>,
) -> Result<T> {
    for tool in ["apt-get", "dpkg-deb"] {
        ensure!(
            process::on_path(tool).is_some(),
            "there is no {tool} on the PATH"
        );
    }
    let codename = codename();
    let archives = whole_distributions(&of_machine(Path::new("/etc/apt")), &codename);
    ensure!(
        !archives.is_empty(),
        "the machine's apt sources name no whole distribution"
    );
    let mut reasons = Vec::new();
    for archive in &archives {
        for suite in SUITES.iter().copied().chain([codename.as_str()]) {
            let taken = unpack(package, archive, suite, work).and_then(|folder| accept(&folder));
            match taken {
                Ok(made) => return Ok(made),
                Err(reason) => reasons.push(format!("suite {suite}: {reason:#}")),
            }
        }
    }
    bail!("no suite has a usable {package}: {}", reasons.join("; "))
}

fn unpack(package: &str, archive: &Archive, suite: &str, work: &Path) -> Result<PathBuf> {
    println!("    fetching {package} from the {suite} suite of the machine's own mirror");
    let _ = fs::remove_dir_all(work);
    for folder in [
        "sources",
        "state/lists/partial",
        "cache/archives/partial",
        "unpacked",
    ] {
        let folder = work.join(folder);
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    fs::write(work.join("sources/one.sources"), archive.stanza(suite))
        .and_then(|()| fs::write(work.join("state/status"), ""))
        .context("cannot write the temporary source list")?;
    process::capture(apt_get(work).arg("update"))?;
    process::capture(apt_get(work).args(["download", package]))?;
    let file = fs::read_dir(work)
        .context("cannot list the download")?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|ending| ending == "deb"))
        .context("apt-get downloaded nothing")?;
    let folder = work.join("unpacked");
    process::capture(Command::new("dpkg-deb").arg("-x").arg(file).arg(&folder))?;
    Ok(folder)
}

fn apt_get(work: &Path) -> Command {
    let mut command = Command::new("apt-get");
    let place = |name: &str| work.join(name).display().to_string();
    for option in [
        "Dir::Etc::SourceList=/dev/null".to_owned(),
        format!("Dir::Etc::SourceParts={}", place("sources")),
        format!("Dir::State={}", place("state")),
        format!("Dir::State::status={}", place("state/status")),
        format!("Dir::Cache={}", place("cache")),
        "Debug::NoLocking=true".to_owned(),
        "APT::Sandbox::User=root".to_owned(),
        "APT::Get::List-Cleanup=false".to_owned(),
        "Acquire::Languages=none".to_owned(),
        "Acquire::Retries=3".to_owned(),
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false".to_owned(),
        "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false".to_owned(),
    ] {
        command.args(["-o", &option]);
    }
    command.arg("-q").current_dir(work);
    command
}

/// The machine's release as `os-release(5)` names it; empty where it does not.
fn codename() -> String {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
        .unwrap_or_default()
        .trim_matches('"')
        .to_owned()
}
