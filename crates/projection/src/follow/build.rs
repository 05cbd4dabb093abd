//! Rebuilding: a new store beside the old one, which answers meanwhile.
//!
//! Three steps side by side: reading the log, decoding, and folding; then the merge of the trails and
//! the writing, side by side too. A crash throws the new folder away.

use std::sync::Arc;

use event_log::{EventLog, Incarnation, Record, Sequence};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{End, let_go, name_of, to};
use crate::message::Message;
use crate::model::{Inner, ReadModel};
use crate::status::Rebuilding;
use crate::store::{Applied, Building, Store};

/// Records asked for at a time.
const READ: usize = 1_000;
/// Batches that wait between two steps.
const WAITING: usize = 2;

/// Builds a store up to the end of the log and swaps it in. `false`: told to stop.
pub(super) async fn run(
    model: &ReadModel,
    log: &Arc<dyn EventLog>,
    incarnation: &Incarnation,
    head: Sequence,
    shutdown: &CancellationToken,
) -> Result<bool, End> {
    model.inner.progress().rebuilding = Some(Rebuilding { position: 0, head });
    let built = build(model, log, incarnation, head, shutdown).await;
    model.inner.progress().rebuilding = None;
    let Some(store) = built? else {
        return Ok(false);
    };
    let inner = Arc::clone(&model.inner);
    let swapped = tokio::task::spawn_blocking(move || {
        let Inner {
            folder, options, ..
        } = &*inner;
        folder.swap(store, options.cache_bytes, options.views)
    });
    let store = swapped
        .await
        .map_err(|error| End::Retry(error.to_string()))??;
    let position = store.books().position();
    if let Some(old) = model.inner.replace(Some(store)) {
        let name = name_of(&old);
        let_go(old).await;
        model.inner.folder.remove(&name)?;
    }
    tracing::info!(position, "the read model is rebuilt");
    to(&model.inner, Applied::To(position))?;
    Ok(true)
}

async fn build(
    model: &ReadModel,
    log: &Arc<dyn EventLog>,
    incarnation: &Incarnation,
    head: Sequence,
    shutdown: &CancellationToken,
) -> Result<Option<Store>, End> {
    let (to_decode, records) = mpsc::channel::<Vec<Record>>(WAITING);
    let (to_fold, messages) = mpsc::channel::<Vec<Message>>(WAITING);
    let decoding = tokio::task::spawn_blocking(move || decode(records, &to_fold));
    let (inner, bound) = (Arc::clone(&model.inner), incarnation.clone());
    let folding = tokio::task::spawn_blocking(move || fold(&inner, &bound, messages));
    let read = read(log, head, shutdown, to_decode).await;
    if decoding.await.is_err() {
        return Err(End::Retry("decoding failed".to_owned()));
    }
    let store = folding
        .await
        .map_err(|error| End::Retry(error.to_string()))?;
    match (read, store) {
        (Err(End::Retry(_)) | Ok(_), Err(end)) | (Err(end), _) => Err(end),
        (Ok(true), Ok(store)) => Ok(Some(store)),
        (Ok(false), Ok(_)) => Ok(None),
    }
}

/// Reads up to the head. `false`: told to stop.
async fn read(
    log: &Arc<dyn EventLog>,
    head: Sequence,
    shutdown: &CancellationToken,
    records: mpsc::Sender<Vec<Record>>,
) -> Result<bool, End> {
    let mut after = 0;
    while after < head {
        if shutdown.is_cancelled() {
            return Ok(false);
        }
        let batch = log.read_batch(after, READ).await?;
        let Some(last) = batch.last() else { break };
        after = last.sequence;
        if records.send(batch).await.is_err() {
            // The fold has ended with an error of its own.
            break;
        }
    }
    Ok(true)
}

fn decode(mut records: mpsc::Receiver<Vec<Record>>, messages: &mpsc::Sender<Vec<Message>>) {
    while let Some(records) = records.blocking_recv() {
        let read = records.iter().map(Message::read).collect();
        if messages.blocking_send(read).is_err() {
            return;
        }
    }
}

fn fold(
    inner: &Inner,
    incarnation: &Incarnation,
    mut messages: mpsc::Receiver<Vec<Message>>,
) -> Result<Store, End> {
    let store = inner.folder.building(inner.options.cache_bytes)?;
    store.begin(incarnation)?;
    let mut building = Building::new(store, inner.options.gather_bytes)?;
    while let Some(batch) = messages.blocking_recv() {
        match building.add(&batch)? {
            Applied::To(position) => {
                if let Some(rebuilding) = &mut inner.progress().rebuilding {
                    rebuilding.position = position;
                }
            }
            gap @ Applied::Gap { .. } => to(inner, gap)?,
        }
    }
    Ok(building.finish()?)
}
