//! One action with its whole story, read from the log.

use std::sync::Arc;

use api::failure::{Failure, Violations};
use api::message::{self, ReadRecord, due_explained, into_action_row, stub_story};
use api::v1;
use chrono::NaiveDate;
use domain::action::ActionEvent;
use domain::reference::Reference;
use event_log::{Record, Sequence};
use projection::ActionStory;
use tonic::Request;

use crate::failure::of_read;
use crate::path::duties;
use crate::service::Service;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::GetActionRequest>,
) -> Result<v1::GetActionResponse, Failure> {
    let given = request.get_ref();
    let mut wrong = Violations::new();
    let reading = message::reading(given.reading.as_ref(), &mut wrong);
    let reference = message::reference("reference", &given.reference, &mut wrong);
    let (reading, reference) = wrong.or(reading.zip(reference))?;
    let asked = service.asked(&request, reading)?;
    let _story = service.room_for_a_story()?;
    let read = move |model: &projection::ReadModel, asked: &crate::path::Asked| {
        let story = model
            .action(&asked.question(), &reference)
            .map_err(of_read)?
            .ok_or_else(|| Failure::NotFound {
                what: "action",
                name: reference.to_string(),
                field: "reference",
            })?;
        Ok((story, duties(model, asked)?))
    };
    let at_once = service.inner.model.has_action_at_once(&asked.question());
    let (asked, (found, duties), _) = service.ask_where(asked, at_once, read).await?;
    let (story, due_explained) = if found.row.stub {
        (stub_story(&found.row), Vec::new())
    } else {
        let told = tell(service, &found, asked.reading.as_of.true_on).await?;
        let (entries, events): (Vec<_>, Vec<_>) = told.into_iter().unzip();
        let events: Vec<ActionEvent> = events.into_iter().flatten().collect();
        (entries, due_explained(&events))
    };
    Ok(v1::GetActionResponse {
        story,
        due_explained,
        freshness: Some(service.freshness(found.position)),
        action: Some(into_action_row(found.row, asked.as_at(), &duties)),
    })
}

type Told = (v1::StoryEntry, Option<ActionEvent>);

async fn tell(
    service: &Service,
    found: &ActionStory,
    true_on: Option<NaiveDate>,
) -> Result<Vec<Told>, Failure> {
    let reference = &found.row.reference;
    // As of a day the events of one message need not stand together.
    let mut messages = found.messages.clone();
    messages.sort_unstable();
    messages.dedup();
    let mut told = Vec::new();
    for read in read(service, reference, &messages).await? {
        match read {
            Ok(read) => {
                let story = read.story_of(reference, true_on);
                let story = story.map_err(|cause| Failure::Unreadable {
                    what: reference.to_string(),
                    cause,
                })?;
                told.extend(story.into_iter().map(|(entry, event)| (entry, Some(event))));
            }
            Err(unread) => told.push((*unread, None)),
        }
    }
    Ok(told)
}

/// A message of the story, or what is told in its place.
type Read = Result<Arc<ReadRecord>, Box<v1::StoryEntry>>;

/// The messages of a story in their order; returns out of what is kept of them, and all others from
/// the log at once.
async fn read(
    service: &Service,
    reference: &Reference,
    messages: &[Sequence],
) -> Result<Vec<Read>, Failure> {
    let (log, returns) = (&service.inner.log, &service.inner.returns);
    let of = service.inner.model.incarnation();
    let kept = returns.get(of.as_ref(), messages);
    let there = messages.iter().copied().zip(kept);
    let missing = there.clone().filter(|(_, kept)| kept.is_none());
    let missing: Vec<Sequence> = missing.map(|(at, _)| at).collect();
    let records = log.read_many(&missing).await.map_err(Failure::Log)?;
    let mut records = records.into_iter();
    there
        .map(|(position, kept)| {
            if let Some(kept) = kept {
                return Ok(Ok(kept));
            }
            let record = records.next().flatten();
            let record = record.ok_or_else(|| Failure::Unreadable {
                what: reference.to_string(),
                cause: format!("the log has no message at position {position}"),
            })?;
            let read = read_one(&record);
            if let Ok(read) = &read {
                returns.put(of.as_ref(), position, read, record.body.len());
            }
            Ok(read)
        })
        .collect()
}

/// Reads a record; one that cannot be read is told as such, and does not hide the others.
fn read_one(record: &Record) -> Read {
    ReadRecord::of(record).map(Arc::new).map_err(|cause| {
        let position = record.sequence;
        tracing::error!(position, cause, "a message cannot be read");
        Box::new(v1::StoryEntry {
            position,
            id: record.id.to_string(),
            sentence: "What was recorded here cannot be read.".to_owned(),
            ..v1::StoryEntry::default()
        })
    })
}
