//! `cargo xtask bench`: builds the program and its bench for speed, and measures.

mod peers;

use crate::process;
use crate::setup;
use crate::steps::Steps;
use crate::workspace::Workspace;
use anyhow::Result;
use clap::Args;
use std::process::Command;

/// What `bench` takes.
#[derive(Args)]
pub(crate) struct Options {
    /// Beside other event stores and PostgreSQL instead, which has to be installed (tests/peers)
    #[arg(long)]
    peers: bool,
    /// Passed on to `matters-bench`: --logs, --events, --parts, --appends, --seed, --keep, --json; with
    /// --peers to `matters-peers`: --parts, --events, --replay, --appends, --rounds, --millis, --check, --json
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds with optimisation (minutes the first time) and runs every measurement.
pub(crate) fn run(ws: &Workspace, options: &Options) -> Result<()> {
    let tools = setup::tools(ws, &mut Steps::default())?;
    process::run(
        Command::new(ws.cargo())
            .args([
                "build",
                "--release",
                "--package",
                "matters",
                "--package",
                "bench",
            ])
            .args(["--bin", "matters", "--bin", "matters-bench"])
            .current_dir(&ws.root),
    )?;
    let release = ws.build_folder().join("release");
    if options.peers {
        return peers::run(ws, &release, &tools.nats_server, &options.arguments);
    }
    process::run(
        Command::new(release.join("matters-bench"))
            .arg("--program")
            .arg(release.join("matters"))
            .args(&options.arguments)
            .env("MATTERS_NATS_SERVER", tools.nats_server)
            .current_dir(&ws.root),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn what_follows_peers_is_passed_on() {
        let line = ["bench", "--peers", "--events", "1000", "--check"];
        let options = Line::parse_from(line).options;
        assert!(options.peers);
        assert_eq!(options.arguments, ["--events", "1000", "--check"]);
        let options = Line::parse_from(["bench", "--events", "1000"]).options;
        assert!(!options.peers);
    }
}
