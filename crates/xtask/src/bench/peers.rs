//! `cargo xtask bench --peers`: the workspace under `tests/peers`, built for speed and run.

use crate::process;
use crate::workspace::Workspace;
use anyhow::Result;
use std::path::Path;
use std::process::Command;

/// Builds it beside the product, in a folder of its own, and measures. `release` holds our programs.
pub(super) fn run(
    ws: &Workspace,
    release: &Path,
    nats_server: &Path,
    arguments: &[String],
) -> Result<()> {
    let built = ws.build_folder().join("peers");
    let programs = built.join("release");
    // One of the peers calls protoc while it is built; the workspace brings what stands in for it.
    for package in ["protoc", "matters-peers"] {
        process::run(
            Command::new(ws.cargo())
                .args(["build", "--release", "--locked", "--manifest-path"])
                .arg(ws.root.join("tests/peers/Cargo.toml"))
                .args(["--package", package])
                .env("CARGO_TARGET_DIR", &built)
                .env("PROTOC", programs.join("protoc"))
                .current_dir(&ws.root),
        )?;
    }
    process::run(
        Command::new(programs.join("matters-peers"))
            .arg("--matters")
            .arg(release.join("matters"))
            .arg("--bench")
            .arg(release.join("matters-bench"))
            .args(arguments)
            .env("MATTERS_NATS_SERVER", nats_server)
            .current_dir(&ws.root),
    )
}
