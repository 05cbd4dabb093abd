//! `cargo xtask test`: everything that must hold before a change is kept, each step named and timed.

use crate::setup::{self, Tools};
use crate::steps::Steps;
use crate::workspace::Workspace;
use crate::{contract, process, tidy};
use anyhow::Result;
use clap::Args;
use std::env;
use std::process::Command;

/// Read by the tests that cannot run everywhere (`testkit::skip`).
const SKIPS: &str = "MATTERS_ALLOW_SKIPS";

/// What `test` takes.
#[derive(Args)]
pub(crate) struct Options {
    /// Only the tests of these packages
    #[arg(long = "package", short = 'p', value_name = "NAME")]
    packages: Vec<String>,
    /// Only tests whose name holds one of these words, or options for cargo-nextest; the other checks are left out
    #[arg(
        value_name = "FILTER",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    filters: Vec<String>,
}

impl Options {
    fn is_part(&self) -> bool {
        !self.packages.is_empty() || !self.filters.is_empty()
    }
}

/// Brings the tools, runs the checks (unless only a part was asked for), then the tests.
pub(crate) fn run(ws: &Workspace, options: &Options) -> Result<()> {
    let mut steps = Steps::default();
    let tools = setup::tools(ws, &mut steps)?;
    if !options.is_part() {
        checks(ws, &mut steps)?;
        steps.step("doc tests", || {
            process::run(cargo(ws).args(["test", "--workspace", "--doc", "--quiet"]))
        })?;
    }
    steps.step("build the tests", || {
        process::run(&mut nextest(ws, &tools, options, true)?)
    })?;
    if skips_pass() {
        steps.notice(
            "a test that this machine cannot run (no strace, no tmpfs) counts as passed here and \
             fails where CI=true; MATTERS_ALLOW_SKIPS=0 makes it fail here too"
                .to_owned(),
        );
    }
    // The list of times comes before the tests, so that nextest's own summary is the last thing said.
    steps.print_summary();
    process::run(&mut nextest(ws, &tools, options, false)?)
}

/// Cheapest first: what fails in a second is said in a second.
fn checks(ws: &Workspace, steps: &mut Steps) -> Result<()> {
    steps.step("tidy", || tidy::run(ws))?;
    steps.step("rustfmt", || {
        process::run(cargo(ws).args(["fmt", "--all", "--check"]))
    })?;
    if let Some(buf) = setup::buf(ws, steps)? {
        steps.step("gRPC contract", || contract::check(ws, &buf))?;
    }
    steps.step("clippy", || {
        process::run(cargo(ws).args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "--deny",
            "warnings",
        ]))
    })?;
    if process::on_path("cargo-deny").is_none() {
        steps.notice(
            "cargo-deny is not installed, so licences and bans of dependencies were not checked \
             (cargo install cargo-deny --locked)"
                .to_owned(),
        );
        return Ok(());
    }
    steps.step("cargo deny", || {
        process::run(cargo(ws).args(["deny", "--offline", "check", "bans", "licenses", "sources"]))
    })
}

/// Tests that cannot run may pass on somebody's own machine, unless they say otherwise.
fn skips_pass() -> bool {
    let allowed = env::var_os(SKIPS).map(|value| value == "1");
    allowed.unwrap_or_else(|| env::var_os("CI").is_none_or(|value| value != "true"))
}

fn nextest(ws: &Workspace, tools: &Tools, options: &Options, build_only: bool) -> Result<Command> {
    let mut command = cargo(ws);
    command
        .args(["nextest", "run"])
        .env("MATTERS_NATS_SERVER", &tools.nats_server)
        .env(SKIPS, if skips_pass() { "1" } else { "0" });
    if let Some(folder) = &tools.nextest_folder {
        command.env("PATH", process::path_with(folder)?);
    }
    if options.packages.is_empty() {
        command.arg("--workspace");
    }
    for package in &options.packages {
        command.args(["--package", package]);
    }
    if build_only {
        command.arg("--no-run");
    } else {
        command.args(&options.filters);
    }
    Ok(command)
}

fn cargo(ws: &Workspace) -> Command {
    let mut command = Command::new(ws.cargo());
    command.current_dir(&ws.root);
    command
}
