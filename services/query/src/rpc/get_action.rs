//! One action with its whole story, read from the log.

use api::failure::{Failure, Violations};
use api::message::{self, due_explained, into_action_row, story_of, stub_story};
use api::v1;
use chrono::NaiveDate;
use domain::action::ActionEvent;
use domain::reference::Reference;
use event_log::{EventLog, Record};
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
        let told = tell(
            service.inner.log.as_ref(),
            &found,
            asked.reading.as_of.true_on,
        )
        .await?;
        let events: Vec<ActionEvent> = told.iter().filter_map(|(_, e)| e.clone()).collect();
        let entries = told.into_iter().map(|(entry, _)| entry).collect();
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
    log: &dyn EventLog,
    found: &ActionStory,
    true_on: Option<NaiveDate>,
) -> Result<Vec<Told>, Failure> {
    let reference = &found.row.reference;
    // As of a day the events of one message need not stand together.
    let mut messages = found.messages.clone();
    messages.sort_unstable();
    messages.dedup();
    let records = log.read_many(&messages).await.map_err(Failure::Log)?;
    let mut told = Vec::new();
    for (position, record) in messages.iter().zip(records) {
        let record = record.ok_or_else(|| Failure::Unreadable {
            what: reference.to_string(),
            cause: format!("the log has no message at position {position}"),
        })?;
        told.extend(told_of(reference, &record, true_on));
    }
    Ok(told)
}

/// What a record says; one that cannot be read is told as such, and does not hide the others.
fn told_of(reference: &Reference, record: &Record, true_on: Option<NaiveDate>) -> Vec<Told> {
    match story_of(reference, record, true_on) {
        Ok(told) => told
            .into_iter()
            .map(|(entry, event)| (entry, Some(event)))
            .collect(),
        Err(cause) => {
            tracing::error!(
                position = record.sequence,
                cause,
                "a message cannot be read"
            );
            let entry = v1::StoryEntry {
                position: record.sequence,
                id: record.id.to_string(),
                sentence: "What was recorded here cannot be read.".to_owned(),
                ..v1::StoryEntry::default()
            };
            vec![(entry, None)]
        }
    }
}
