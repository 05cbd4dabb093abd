//! Where nats-server is.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The variable that names the server's binary.
pub const SERVER_VARIABLE: &str = "MATTERS_NATS_SERVER";

/// The first that knows atomic batches, which tests are about too. The program itself runs on 2.10.23
/// and later.
const OLDEST: [u64; 3] = [2, 12, 0];

/// The nats-server to test with: the one that [`SERVER_VARIABLE`] names, else the one under
/// `target/tools` of the workspace, else the one on the `PATH`.
///
/// # Errors
/// When there is none, or it is older than 2.12.
pub fn find() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(SERVER_VARIABLE) {
        let named = PathBuf::from(named);
        return supported(&named).map(|()| named);
    }
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/nats-server");
    if tools.exists() {
        return supported(&tools).map(|()| tools);
    }
    let on_path = PathBuf::from("nats-server");
    supported(&on_path).map(|()| on_path).with_context(|| {
        format!("no nats-server: run `cargo xtask setup`, or name one in {SERVER_VARIABLE}")
    })
}

fn supported(binary: &Path) -> Result<()> {
    let output = Command::new(binary)
        .arg("--version")
        .output()
        .with_context(|| format!("running {} --version", binary.display()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let version = parse(&said)
        .with_context(|| format!("{} does not say its version: {said:?}", binary.display()))?;
    if version < OLDEST {
        bail!(
            "{} is {}; 2.12 or later is needed for the tests",
            binary.display(),
            said.trim()
        );
    }
    Ok(())
}

fn parse(said: &str) -> Option<[u64; 3]> {
    let (_, version) = said.trim().rsplit_once('v')?;
    let mut parts = version.split(['.', '-']).map(|part| part.parse().ok());
    Some([parts.next()??, parts.next()??, parts.next()??])
}
