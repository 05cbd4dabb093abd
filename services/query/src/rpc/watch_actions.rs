//! Live changes of the actions that a filter selects, from a position on.

use api::auth::Standing;
use api::clock::Clock;
use api::failure::{Failure, Violations};
use api::message::{self, Duties, into_action_row, write_token};
use api::v1;
use domain::calendar::london::civil_date;
use event_log::{Incarnation, Sequence};
use futures::stream::{self, BoxStream, StreamExt};
use projection::{AsOf, Change, ReadError, ReadModel, Token};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Status};

use crate::failure::of_read;
use crate::metrics::Metrics;
use crate::service::{Service, WATCHERS};

/// Changes that may wait for a reader. One that falls further behind is sent away, and told from
/// where to go on.
const BUFFER: usize = 1_024;

type Answer = Result<v1::WatchActionsResponse, Status>;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::WatchActionsRequest>,
) -> Result<BoxStream<'static, Answer>, Failure> {
    let standing = Standing::of(&request);
    let given = request.get_ref();
    let mut wrong = Violations::new();
    let reading = message::reading(given.reading.as_ref(), &mut wrong);
    let filter = message::action_filter(given.filter.as_ref(), &mut wrong);
    if reading.as_ref().is_some_and(|r| r.as_of != AsOf::NOW) {
        wrong.add(
            "reading.as_of",
            "is given; what happens now has no as-of: leave it out",
        );
    }
    let after = given.after_position;
    let asked = service.asked(&request, wrong.or(reading)?)?;
    let (asked, from, _) = service
        .ask(asked, move |model, _| match (after, model.position()) {
            (0, at) => Ok(at),
            (after, at) if after > at => Err(Failure::NotCaughtUp { wanted: after, at }),
            (after, _) => Ok(after),
        })
        .await?;
    let permit = service.inner.watchers.clone().try_acquire_owned();
    let permit = permit.map_err(|_| Failure::Busy { limit: WATCHERS })?;
    let inner = &service.inner;
    let today = today(&inner.clock);
    let area = asked.reading.area.clone();
    let changes = inner
        .model
        .watch(area, filter, asked.reader.clone(), from, today);
    let watcher = Watcher {
        model: inner.model.clone(),
        clock: inner.clock.clone(),
        area: asked.reading.area,
        metrics: inner.metrics.clone(),
        shutdown: inner.shutdown.clone(),
        standing,
        last: from,
        _permit: permit,
    };
    let (sender, receiver) = mpsc::channel(BUFFER);
    let (end, ended) = oneshot::channel();
    tokio::spawn(watcher.run(changes, sender, end));
    // What waits in the buffer comes before the reason of the end.
    let end = stream::once(ended).filter_map(|end| async { end.ok().flatten().map(Err) });
    Ok(ReceiverStream::new(receiver).chain(end).boxed())
}

fn today(clock: &Clock) -> impl Fn() -> chrono::NaiveDate + Send + 'static {
    let clock = clock.clone();
    move || civil_date(clock())
}

struct Watcher {
    model: ReadModel,
    clock: Clock,
    area: domain::text::Slug,
    metrics: Metrics,
    shutdown: CancellationToken,
    standing: Standing,
    /// The position of the last change that was passed on.
    last: Sequence,
    _permit: OwnedSemaphorePermit,
}

impl Watcher {
    async fn run(
        mut self,
        changes: BoxStream<'static, Result<Change, ReadError>>,
        sender: mpsc::Sender<Answer>,
        end: oneshot::Sender<Option<Status>>,
    ) {
        self.metrics.watching(1);
        let why = self.pass_on(changes, &sender).await;
        self.metrics.watching(-1);
        drop(sender);
        // The reader may be gone, and then nobody waits for the reason.
        let _ = end.send(why);
    }

    /// Passes changes on until there is a reason to end; `None`: the end needs no reason.
    async fn pass_on(
        &mut self,
        mut changes: BoxStream<'static, Result<Change, ReadError>>,
        sender: &mpsc::Sender<Answer>,
    ) -> Option<Status> {
        loop {
            let change = tokio::select! {
                () = self.shutdown.cancelled() => return Some(self.shut_down()),
                () = sender.closed() => return None,
                change = changes.next() => change?,
            };
            if let Err(failure) = self.standing.now() {
                return Some(failure.into_status(None));
            }
            let message = match change
                .map_err(of_read)
                .and_then(|change| self.message(change))
            {
                Ok(message) => message,
                Err(failure) => {
                    let cause = failure.cause().unwrap_or_default();
                    tracing::error!(cause, "a live stream ended");
                    return Some(failure.into_status(None));
                }
            };
            let position = message.position;
            match sender.try_send(Ok(message)) {
                Ok(()) => self.last = position,
                Err(TrySendError::Closed(_)) => return None,
                Err(TrySendError::Full(_)) => {
                    self.metrics.slow_watcher();
                    return Some(self.too_slow());
                }
            }
        }
    }

    fn message(&self, change: Change) -> Result<v1::WatchActionsResponse, Failure> {
        let mut message = v1::WatchActionsResponse::default();
        message.position = match change {
            Change::Row { row, position } => {
                let duties = self
                    .model
                    .with_register(&self.area, &AsOf::NOW, Duties::of)
                    .map_err(of_read)?;
                let day = civil_date((self.clock)());
                message.action = Some(into_action_row(*row, day, &duties));
                position
            }
            Change::Removed {
                reference,
                position,
            } => {
                message.removed = reference.to_string();
                position
            }
        };
        let token = |incarnation: Incarnation| {
            write_token(&Token {
                incarnation,
                sequence: message.position,
            })
        };
        message.token = self.model.incarnation().map(token).unwrap_or_default();
        Ok(message)
    }

    fn too_slow(&self) -> Status {
        Status::resource_exhausted(format!(
            "more than {BUFFER} changes waited to be read; go on with after_position {}",
            self.last
        ))
    }

    fn shut_down(&self) -> Status {
        Status::unavailable(format!(
            "the server is stopping; go on later with after_position {}",
            self.last
        ))
    }
}
