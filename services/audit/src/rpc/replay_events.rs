//! The messages of the log, in order, resumable from any position. Read as the client takes them.

use std::sync::Arc;

use api::failure::{Failure, Violations};
use api::message::{self, Happened, decode_record, said_by, timestamp};
use api::v1;
use chrono::NaiveDate;
use domain::aggregate::{Address, Aggregate};
use domain::reference::Reference;
use domain::text::Slug;
use event_log::{EventLog, Record, Sequence};
use futures::stream::{self, BoxStream, StreamExt};
use tonic::{Request, Status};

use super::refuse;
use crate::path::{auditor, is_of};
use crate::service::Service;

/// Records of one read of the log.
const BATCH: usize = 256;

/// The most types that one call selects.
const TYPES: usize = 100;

type Answer = Result<v1::ReplayEventsResponse, Status>;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::ReplayEventsRequest>,
) -> Result<BoxStream<'static, Answer>, Status> {
    let until = service.until(&request);
    let selection = Selection::of(request.get_ref()).map_err(refuse)?;
    auditor(&request, &selection.area)?;
    let given = request.get_ref();
    let log = service.inner.log.clone();
    let head = log.head().await.map_err(refuse)?;
    let up_to = match given.to_position {
        0 => head,
        to => to.min(head),
    };
    let replaying = Replaying {
        log,
        selection,
        after: given.after_position,
        up_to,
    };
    let batches = stream::unfold(Some(replaying), |replaying| async move {
        let mut replaying = replaying?;
        match replaying.next().await {
            Ok(Some(messages)) => Some((messages, Some(replaying))),
            Ok(None) => None,
            Err(failure) => Some((vec![Err(refuse(failure))], None)),
        }
    });
    Ok(until.bound_stream(batches.flat_map(stream::iter).boxed()))
}

/// Which messages.
struct Selection {
    area: Slug,
    reference: Option<Reference>,
    types: Vec<String>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl Selection {
    fn of(given: &v1::ReplayEventsRequest) -> Result<Self, Violations> {
        let mut wrong = Violations::new();
        let area = message::area("area", &given.area, &mut wrong);
        let reference = (!given.reference.is_empty())
            .then(|| message::reference("reference", &given.reference, &mut wrong))
            .flatten();
        let from = message::optional_day("from", &given.from, &mut wrong);
        let to = message::optional_day("to", &given.to, &mut wrong);
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            wrong.add("to", format!("is {to}, before from, {from}; swap them"));
        }
        if given.to_position != 0 && given.to_position <= given.after_position {
            wrong.add(
                "to_position",
                "is not after after_position; give a later one, or 0 for the end",
            );
        }
        if given.types.len() > TYPES {
            wrong.add("types", format!("are more than {TYPES}; leave some out"));
        }
        let selection = area.map(|area| Self {
            area,
            reference,
            types: given.types.clone(),
            from,
            to,
        });
        wrong.or(selection)
    }

    fn selects(&self, record: &Record, happened: Option<&Happened>) -> bool {
        if !is_of(record, &self.area) {
            return false;
        }
        let Some(happened) = happened else {
            // What cannot be read is shown wherever its subject is asked for.
            return self
                .reference
                .as_ref()
                .is_none_or(|r| self.is_subject_of(record, r));
        };
        let on = happened.circumstances().on;
        let types = happened.types();
        self.from.is_none_or(|from| on >= from)
            && self.to.is_none_or(|to| on <= to)
            && (self.types.is_empty() || types.iter().any(|t| self.types.iter().any(|s| s == t)))
            && self
                .reference
                .as_ref()
                .is_none_or(|r| self.is_subject_of(record, r) || speaks_of(record, happened, r))
    }

    fn is_subject_of(&self, record: &Record, reference: &Reference) -> bool {
        record.subject.as_str() == Address::action(&self.area, reference).to_string()
    }
}

/// Whether a return has an update of the action.
fn speaks_of(record: &Record, happened: &Happened, reference: &Reference) -> bool {
    let (Happened::Return(decision), Ok(address)) =
        (happened, Address::parse(record.subject.as_str()))
    else {
        return false;
    };
    let Aggregate::Return(_, quarter) = address.aggregate else {
        return false;
    };
    let mut updates = decision
        .events
        .iter()
        .flat_map(|e| e.action_updates(quarter));
    updates.any(|(named, _)| named == *reference)
}

struct Replaying {
    log: Arc<dyn EventLog>,
    selection: Selection,
    after: Sequence,
    up_to: Sequence,
}

impl Replaying {
    async fn next(&mut self) -> Result<Option<Vec<Answer>>, Failure> {
        if self.after >= self.up_to {
            return Ok(None);
        }
        let batch = self.log.read_batch(self.after, BATCH).await?;
        let Some(last) = batch.last().map(|record| record.sequence) else {
            return Ok(None);
        };
        self.after = last;
        let told = batch
            .iter()
            .filter(|record| record.sequence <= self.up_to)
            .filter_map(|record| {
                let happened = decode_record(record).ok().map(|stored| stored.happened);
                self.selection
                    .selects(record, happened.as_ref())
                    .then(|| Ok(told(record, happened.as_ref())))
            });
        Ok(Some(told.collect()))
    }
}

fn told(record: &Record, happened: Option<&Happened>) -> v1::ReplayEventsResponse {
    let mut message = v1::ReplayEventsResponse {
        position: record.sequence,
        id: record.id.to_string(),
        subject: record.subject.to_string(),
        recorded_at: Some(timestamp(record.attributes.time)),
        body_json: String::from_utf8_lossy(&record.body).into_owned(),
        ..v1::ReplayEventsResponse::default()
    };
    if let Some(happened) = happened {
        let circumstances = happened.circumstances();
        message.on = circumstances.on.to_string();
        message.recorded_at = Some(timestamp(circumstances.recorded_at));
        message.by = said_by(circumstances.by);
        message.role = circumstances.by.role.as_str().to_owned();
        message.rule = circumstances.rule.to_owned();
        message.types = happened.types().into_iter().map(str::to_owned).collect();
    }
    message
}
