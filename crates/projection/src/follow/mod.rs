//! Following the log: decide where to begin, catch up, apply what comes, try again.

mod build;

use std::sync::Arc;
use std::time::Duration;

use event_log::{EventLog, Incarnation, LogError, Record, Sequence};
use futures::StreamExt;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::error::StoreError;
use crate::message::Message;
use crate::model::{Inner, ReadModel};
use crate::store::{Applied, Store};

/// Messages in one atomic write at most: small, so that a question never waits long for it.
const BATCH: usize = 500;
/// How often the end of the log is asked for, for the lag.
const HEARTBEAT: Duration = Duration::from_secs(1);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// How often in a row a damaged store is made anew before somebody has to look.
const REMAKES: u32 = 3;
/// How long questions in flight may keep a store that is to be closed.
const LETTING_GO: Duration = Duration::from_secs(10);

/// Why a session with the log ended.
enum End {
    /// Try again in a while.
    Retry(String),
    /// The store is of no use: make it anew.
    Remake(String),
    /// The disk is full: let the store go, and try again in a while.
    NoRoom(String),
    /// Stop, and say why.
    Stop(String),
}

impl From<LogError> for End {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Gap { .. } | LogError::Corrupt { .. } | LogError::BeyondHead { .. } => {
                End::Stop(error.to_string())
            }
            // The next session meets the other log, and knows what to do.
            error => End::Retry(error.to_string()),
        }
    }
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Damaged { reason } => End::Remake(reason),
            StoreError::NoRoom { reason } => End::NoRoom(reason),
            error => End::Retry(error.to_string()),
        }
    }
}

pub(crate) async fn run(model: ReadModel, log: Arc<dyn EventLog>, shutdown: CancellationToken) {
    model.inner.progress().stopped = None;
    let (mut pause, mut remakes, mut remade_at) = (FIRST_PAUSE, 0, 0);
    let reason = loop {
        let before = model.position();
        let end = match session(&model, &log, &shutdown).await {
            Ok(()) => return,
            Err(end) => end,
        };
        if model.position() > before {
            pause = FIRST_PAUSE;
        }
        // Having been rebuilt is no progress, or what every rebuild brings back would go on for ever.
        if model.position() > remade_at {
            remakes = 0;
        }
        match end {
            End::Stop(reason) => break reason,
            End::Remake(reason) if remakes == REMAKES => break reason,
            End::Remake(reason) => {
                remakes += 1;
                remade_at = remade_at.max(model.position());
                if let Err(error) = put_aside(&model, &reason).await {
                    break error.to_string();
                }
            }
            // However often: what is missing is room, and somebody will make some.
            End::NoRoom(reason) => {
                tracing::error!(reason, "there is no room for the read model; trying again");
                if let Err(error) = give_up(&model).await {
                    tracing::warn!(%error, "the read model that met a full disk stays");
                }
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(LONGEST_PAUSE) => {}
                }
            }
            End::Retry(reason) => {
                tracing::warn!(
                    reason,
                    pause_ms = pause.as_millis(),
                    "the log cannot be followed; trying again"
                );
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(pause) => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    };
    tracing::error!(
        reason,
        position = model.position(),
        "the read model stopped"
    );
    model.inner.progress().stopped = Some(reason);
    // Wakes whoever waits for a position that will not come.
    model.inner.position.send_modify(|_| ());
}

/// From one contact with the log to its loss. `Ok`: told to stop.
async fn session(
    model: &ReadModel,
    log: &Arc<dyn EventLog>,
    shutdown: &CancellationToken,
) -> Result<(), End> {
    let incarnation = log.incarnation().await?;
    let head = log.head().await?;
    model.inner.progress().head = head;
    match here(model) {
        Some((theirs, position)) if theirs != incarnation => {
            if position > head {
                return Err(End::Stop(format!(
                    "the read model is of the log {theirs} and at {position}; this log is {incarnation} \
                     and ends at {head}: the log was made anew, or is another one"
                )));
            }
            // A copy of the same record in a log of its own may be built upon; another record may not.
            if position > 0 {
                same_record(model, log, position).await?;
            }
            put_aside(
                model,
                &format!("it is of the log {theirs}; this one is {incarnation}"),
            )
            .await?;
        }
        Some((_, position)) if position > head => {
            return Err(End::Stop(format!(
                "the read model is at {position}, the log ends at {head}: the log lost its end"
            )));
        }
        Some((_, position)) if position > 0 => same_record(model, log, position).await?,
        _ => {}
    }
    let behind = here(model).map(|(_, position)| head - position.min(head));
    if behind.is_none_or(|behind| behind > model.inner.options.rebuild_behind)
        && !build::run(model, log, &incarnation, head, shutdown).await?
    {
        return Ok(());
    }
    let store = model
        .inner
        .store()
        .ok_or_else(|| End::Retry("no store".to_owned()))?;
    live(model, store, log, shutdown).await
}

/// Refuses a log that holds another message where the read model left off: it lost its end and went
/// on, or was put back from an older copy. To build anew on it would hide that messages which were
/// acknowledged are gone; whoever accepts the loss deletes the read model's folder.
async fn same_record(
    model: &ReadModel,
    log: &Arc<dyn EventLog>,
    position: Sequence,
) -> Result<(), End> {
    let Some(store) = model.inner.store() else {
        return Ok(());
    };
    let there = log.read(position).await?.map(|record| record.id);
    let known = match there {
        Some(id) => store.request(id)?,
        None => None,
    };
    if known == Some(position) {
        return Ok(());
    }
    Err(End::Stop(format!(
        "the log holds another message at {position} than the read model took in: the log was changed \
         behind it, or put back from an older copy"
    )))
}

fn here(model: &ReadModel) -> Option<(Incarnation, Sequence)> {
    let store = model.inner.store()?;
    let books = store.books();
    books
        .checkpoint
        .as_ref()
        .map(|c| (c.incarnation.clone(), c.sequence))
}

async fn live(
    model: &ReadModel,
    store: Arc<Store>,
    log: &Arc<dyn EventLog>,
    shutdown: &CancellationToken,
) -> Result<(), End> {
    let mut records = log.follow(model.position());
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut damage = store.damage();
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => {
                let flushed = tokio::task::spawn_blocking(move || store.flush()).await;
                if let Ok(Err(error)) = flushed {
                    tracing::warn!(%error, "the read model was not flushed");
                }
                return Ok(());
            }
            reason = harmed(&mut damage) => return Err(End::Remake(reason)),
            batch = records.next() => match batch {
                Some(batch) => apply(model, &store, batch?).await?,
                None => return Err(End::Retry("the log's stream ended".to_owned())),
            },
            _ = heartbeat.tick() => beat(&model.inner, log).await?,
        }
    }
}

/// Until a question meets damage.
async fn harmed(damage: &mut watch::Receiver<Option<String>>) -> String {
    let found = damage.wait_for(Option::is_some).await;
    found.map_or_else(
        |_| "the store is closed".to_owned(),
        |reason| reason.clone().unwrap_or_default(),
    )
}

async fn beat(inner: &Inner, log: &Arc<dyn EventLog>) -> Result<(), End> {
    let head = log.head().await?;
    let position = *inner.position.borrow();
    let oldest = if head > position {
        log.read(position + 1)
            .await?
            .map(|record| record.attributes.time)
    } else {
        None
    };
    let mut progress = inner.progress();
    progress.head = head;
    progress.oldest_unapplied = oldest;
    Ok(())
}

async fn apply(model: &ReadModel, store: &Arc<Store>, records: Vec<Record>) -> Result<(), End> {
    let (inner, store) = (Arc::clone(&model.inner), Arc::clone(store));
    let applied = tokio::task::spawn_blocking(move || {
        for records in records.chunks(BATCH) {
            let messages: Vec<Message> = records.iter().map(Message::read).collect();
            to(&inner, store.apply(&messages)?)?;
        }
        Ok(())
    });
    applied
        .await
        .map_err(|error| End::Remake(error.to_string()))?
}

/// Tells of what was applied, or of the gap that stops the line.
fn to(inner: &Inner, applied: Applied) -> Result<(), End> {
    match applied {
        Applied::To(position) => {
            let mut progress = inner.progress();
            progress.head = progress.head.max(position);
            drop(progress);
            inner.position.send_replace(position);
            Ok(())
        }
        Applied::Gap { expected, found } => Err(LogError::Gap { expected, found }.into()),
    }
}

/// Closes the store and puts its folder aside. Questions wait for the rebuild.
async fn put_aside(model: &ReadModel, reason: &str) -> Result<(), StoreError> {
    let Some(store) = model.inner.replace(None) else {
        return Ok(());
    };
    let name = name_of(&store);
    let_go(store).await;
    let said = model.inner.folder.put_aside(&name, reason)?;
    model.inner.progress().put_aside = Some(said);
    model.inner.position.send_replace(0);
    Ok(())
}

/// Closes the store and deletes its folder: what it holds may be less than was written, and its room is
/// needed.
async fn give_up(model: &ReadModel) -> Result<(), StoreError> {
    let Some(store) = model.inner.replace(None) else {
        return Ok(());
    };
    let name = name_of(&store);
    let_go(store).await;
    model.inner.position.send_replace(0);
    model.inner.folder.remove(&name)
}

fn name_of(store: &Store) -> String {
    let name = store.path().file_name().and_then(|name| name.to_str());
    name.unwrap_or_default().to_owned()
}

/// Closes a store, on a thread that nothing waits for: sled was seen to wait for ever for what it could
/// not write to a full disk.
async fn close(store: Store) {
    let (done, closed) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        drop(store);
        // Whoever waited may have gone on.
        let _ = done.send(());
    });
    if !matches!(tokio::time::timeout(LETTING_GO, closed).await, Ok(Ok(()))) {
        tracing::warn!("the store does not close; it is left to itself");
    }
}

/// Waits until the last question lets the store go, within bounds, and closes it.
async fn let_go(mut store: Arc<Store>) {
    let until = tokio::time::Instant::now() + LETTING_GO;
    while tokio::time::Instant::now() < until {
        match Arc::try_unwrap(store) {
            Ok(last) => {
                return close(last).await;
            }
            Err(shared) => store = shared,
        }
        tokio::time::sleep(FIRST_PAUSE).await;
    }
}
