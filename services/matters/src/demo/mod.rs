//! `matters demo`: serves on the embedded log, with a real meeting loaded through the public API.

mod load;
mod meeting;
mod tokens;

use crate::cli::Global;
use crate::cli::session::Session;
use crate::failure::Failure;
use crate::output::message;
use crate::serve;
use clap::Args;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Where the demo keeps its data unless told otherwise.
const FOLDER: &str = "data/demo";
/// Tells a folder of the demo from one that holds somebody's record.
const MARK: &str = "demo";

/// What `matters demo` takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Address for gRPC
    #[arg(long, default_value = "127.0.0.1:7400", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Address for Prometheus: /metrics
    #[arg(long, default_value = "127.0.0.1:7401", value_name = "ADDRESS")]
    metrics: SocketAddr,
}

/// Serves with the demo meeting loaded, until told to stop.
pub(crate) async fn run(options: &Options, global: &Global) -> Result<(), Failure> {
    let data = global.data.clone().unwrap_or_else(|| PathBuf::from(FOLDER));
    let again = mark(&data)?;
    let running = serve::begin(
        &serve::Options::embedded(options.listen, options.metrics),
        &data,
    )
    .await?;
    let issuer = running
        .issuer()
        .ok_or_else(|| Failure::new("the data folder has no issuer of tokens"))?;
    let meeting = meeting::read()?;
    let folder = data.join("tokens");
    let written = tokens::write(&folder, &issuer, &meeting)?;

    let address = format!("http://{}", running.address());
    let mut session = Session::new(global.at(&address, &folder, &meeting.area));
    let loaded = load::load(&mut session, &meeting).await;
    session.close().await?;
    let loaded = loaded?;
    let figures_at = running.figures_at().unwrap_or(options.metrics);
    tell(&address, figures_at, &data, &written, loaded, again);
    serve::until_told(running).await
}

/// Marks a folder as the demo's, and tells whether it was; a folder with another record is left alone.
fn mark(data: &Path) -> Result<bool, Failure> {
    let mark = data.join(MARK);
    if mark.exists() {
        return Ok(true);
    }
    if data.join("log").exists() {
        return Err(Failure::new(format!(
            "{} holds a record that is not the demo's; give another --data",
            data.display()
        )));
    }
    std::fs::create_dir_all(data)?;
    std::fs::write(mark, "Data of `matters demo`; it can be deleted.\n")?;
    Ok(false)
}

fn tell(
    address: &str,
    metrics: SocketAddr,
    data: &Path,
    tokens: &[(String, PathBuf)],
    loaded: load::Loaded,
    again: bool,
) {
    let said = match (again, loaded.recorded) {
        (true, 0) => "the meeting of 12 September 2018 is there already".to_owned(),
        (_, recorded) => format!("the meeting of 12 September 2018 is loaded: {recorded} steps"),
    };
    message(&said);
    message(&format!("gRPC     {address}"));
    message(&format!("metrics  http://{metrics}/metrics"));
    message("tokens");
    for (role, file) in tokens {
        message(&format!("  {role:<52}{}", file.display()));
    }
    message("next, in another terminal:");
    message(&format!(
        "  export MATTERS_SERVER={address} MATTERS_TOKENS={}",
        data.join("tokens").display()
    ));
    // The program need not be on the PATH of whoever tries the lines below.
    if let Ok(program) = std::env::current_exe() {
        message(&format!("  alias matters='{}'", program.display()));
    }
    for next in [
        "matters action list --open",
        "matters action list --open --as-of 2018-11-01",
        "matters action show PCP/2018/012",
        "matters meeting coverage 2018-09-12",
        "matters return matrix --from \"Q1 2018/19\" --to \"Q3 2018/19\"",
        "matters diff 2018-11-01 2018-11-09",
        "matters verify",
    ] {
        message(&format!("  {next}"));
    }
    message("Ctrl-C stops it");
}
