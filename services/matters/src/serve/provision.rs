//! Makes the stream on NATS: a deliberate step, never one of a starting service.

use super::{NatsOptions, log};
use crate::failure::Failure;
use crate::output::message;

/// Makes the stream, or finds that it is there as it must be.
pub(crate) async fn provision(nats: &NatsOptions) -> Result<(), Failure> {
    if nats.urls.is_empty() {
        return Err(Failure::usage(
            "--nats URL is needed: the server that is to keep the stream",
        ));
    }
    let options = log::jetstream_options(nats, std::path::Path::new("."))?;
    let incarnation = event_log::provision(&options).await?;
    message(&format!(
        "the stream {} is there, configured as the log must be; its incarnation is {incarnation}",
        options.stream
    ));
    message("next: matters serve --data DIR --nats URL");
    Ok(())
}
