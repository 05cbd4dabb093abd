//! Opens the log: the embedded one of the data folder, or the stream on NATS.

use super::NatsOptions;
use crate::data_folder;
use crate::failure::Failure;
use event_log::{
    Credentials, EmbeddedLog, EmbeddedOptions, EventLog, JetStreamLog, JetStreamOptions, LogError,
};
use std::path::Path;
use std::sync::Arc;

/// The folder of the embedded log in a data folder.
const LOG: &str = "log";
/// The folder of the index of ids, beside a log on NATS.
const IDS: &str = "log-ids";

/// The log that the options name.
pub(super) async fn open(nats: &NatsOptions, data: &Path) -> Result<Arc<dyn EventLog>, Failure> {
    if nats.urls.is_empty() {
        return embedded(data).await;
    }
    let stream = jetstream_options(nats, data)?;
    let log = JetStreamLog::connect(stream)
        .await
        .map_err(|error| match error {
            LogError::NotProvisioned { .. } => Failure::from(error)
                .and("making it is a deliberate step: matters provision --nats URL"),
            error => error.into(),
        })?;
    Ok(Arc::new(log))
}

/// The embedded log of a data folder, made when there is none.
pub(super) async fn embedded(data: &Path) -> Result<Arc<dyn EventLog>, Failure> {
    data_folder::has_not_lost_its_record(data)?;
    let log = EmbeddedLog::open(data.join(LOG), EmbeddedOptions::default())
        .await
        .map_err(|error| match error {
            LogError::Locked { .. } => Failure::new(format!(
                "the data folder {} is in use by another process",
                data.display()
            ))
            .and("stop it, or work through its server: --server URL instead of --data DIR"),
            error => error.into(),
        })?;
    Ok(Arc::new(log))
}

/// How the stream is reached.
pub(super) fn jetstream_options(
    nats: &NatsOptions,
    data: &Path,
) -> Result<JetStreamOptions, Failure> {
    let mut options = JetStreamOptions::new(nats.urls.clone(), data.join(IDS));
    options.stream.clone_from(&nats.stream);
    options.replicas = nats.replicas;
    options.group_commit = nats.nats_group_commit;
    options.inbox_prefix.clone_from(&nats.nats_inbox);
    options.root_certificates.clone_from(&nats.nats_ca);
    options.credentials = credentials(nats)?;
    Ok(options)
}

fn credentials(nats: &NatsOptions) -> Result<Credentials, Failure> {
    if let Some(file) = &nats.nats_creds {
        return Ok(Credentials::CredentialsFile(file.clone()));
    }
    if let Some(file) = &nats.nats_nkey {
        return Ok(Credentials::NkeyFile(file.clone()));
    }
    match (&nats.nats_user, &nats.nats_password_file) {
        (Some(user), Some(file)) => {
            let password = std::fs::read_to_string(file).map_err(|error| {
                Failure::usage(format!("--nats-password-file {}: {error}", file.display()))
            })?;
            Ok(Credentials::UserPassword {
                user: user.clone(),
                password: password.trim_end().to_owned(),
            })
        }
        _ => Ok(Credentials::None),
    }
}
