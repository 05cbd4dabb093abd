//! The services in a process: which of them, over which log, at which addresses.

mod assembly;
mod call_log;
mod content_type;
mod incoming;
mod log;
mod logging;
mod metrics;
mod options;
mod provision;
mod shutdown;
mod undecodable;

pub(crate) use assembly::{Assembly, Running, ServiceName};
pub(crate) use options::{NatsOptions, Options};
pub(crate) use provision::provision;
pub(crate) use shutdown::Signals;

use crate::failure::Failure;
use crate::output::message;
use std::path::Path;

/// Runs the services until they are told to stop.
pub(crate) async fn serve(options: &Options, data: &Path) -> Result<(), Failure> {
    logging::start(options.log_format);
    let running = begin(options, data).await?;
    message(&format!("serving at http://{}", running.address()));
    until_told(running).await
}

/// Starts the services that the options name, with their figures, and waits until they answer.
pub(crate) async fn begin(options: &Options, data: &Path) -> Result<Running, Failure> {
    private_folder(data)?;
    let log = log::open(&options.nats, data).await?;
    let assembly = Assembly::new(log, data, options.keys.as_deref())?;
    let listener = bind("--listen", options.listen).await?;
    let figures = match options.metrics {
        Some(address) => Some(bind("--metrics", address).await?),
        None => None,
    };
    let running = assembly.start(&options.services, listener, figures).await?;
    running.ready().await?;
    Ok(running)
}

/// Serves on until the first signal, then ends in order, at most ten seconds; a second signal ends it at once.
pub(crate) async fn until_told(mut running: Running) -> Result<(), Failure> {
    let mut signals = Signals::listen()?;
    tokio::select! {
        () = signals.next() => {}
        ended = running.ended() => return ended,
    }
    message("stopping: finishing what was begun, at most 10 seconds; again to stop at once");
    tokio::select! {
        stopped = running.stop() => stopped,
        () = signals.next() => {
            message("stopped at once; whatever was acknowledged is on disk");
            Ok(())
        }
    }
}

async fn bind(
    flag: &str,
    address: std::net::SocketAddr,
) -> Result<tokio::net::TcpListener, Failure> {
    tokio::net::TcpListener::bind(address)
        .await
        .map_err(|error| Failure::new(format!("{flag} {address} cannot be used: {error}")))
}

/// Makes the data folder; only its owner may look into it.
fn private_folder(folder: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(format!(
            "the data folder {} cannot be used: {error}",
            folder.display()
        ))
    };
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed)
}

/// Starts services over a data folder at a free port of the loopback interface, and waits until the
/// read models have everything.
pub(crate) async fn in_process(data: &Path, names: &[ServiceName]) -> Result<Running, Failure> {
    private_folder(data)?;
    let log = log::embedded(data).await?;
    let assembly = Assembly::new(log, data, None)?;
    let listener = bind("--data", std::net::SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let running = assembly.start(names, listener, None).await?;
    running.ready().await?;
    Ok(running)
}
