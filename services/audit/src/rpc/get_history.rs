//! The history of one action, with each event's effect before and after.

use api::failure::{Failure, Violations};
use api::message::{self, ReadRecord};
use api::v1;
use chrono::{DateTime, NaiveDate, Utc};
use domain::action::{Action, ActionEvent, evolve};
use domain::reference::Reference;
use event_log::Record;
use projection::Row;
use tonic::{Request, Status};

use super::refuse;
use crate::path::auditor;
use crate::service::Service;
use crate::tell::changes;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::GetHistoryRequest>,
) -> Result<v1::GetHistoryResponse, Status> {
    let given = request.get_ref();
    let mut wrong = Violations::new();
    let area = message::area("area", &given.area, &mut wrong);
    let reference = message::reference("reference", &given.reference, &mut wrong);
    let as_of = message::as_of("as_of", given.as_of.as_ref(), &mut wrong);
    let (area, (reference, as_of)) = wrong.or(area.zip(reference.zip(as_of))).map_err(refuse)?;
    auditor(&request, &area)?;
    let inner = &service.inner;
    let of = reference.clone();
    let (position, mut positions) = inner
        .keeper
        .ask(inner.log.as_ref(), move |replay| {
            (replay.position(), replay.messages(&area, &of, &as_of))
        })
        .await
        .map_err(refuse)?;
    if positions.is_empty() {
        return Err(refuse(Failure::NotFound {
            what: "action",
            name: reference.to_string(),
            field: "reference",
        }));
    }
    positions.sort_unstable();
    positions.dedup();
    let mut told = Vec::new();
    for position in positions {
        let record = inner.log.read(position).await.map_err(refuse)?;
        let record = record.ok_or_else(|| {
            refuse(Failure::Unreadable {
                what: reference.to_string(),
                cause: format!("the log has no message at position {position}"),
            })
        })?;
        told.extend(told_by(&reference, &record, as_of.true_on));
    }
    let by_day = as_of.true_on.is_some();
    if by_day {
        // As of a day, what happened folds in the order of the days on which it was true.
        told.sort_by_key(|told| told.from);
    }
    Ok(v1::GetHistoryResponse {
        entries: history(told, by_day),
        freshness: Some(service.freshness(position).await?),
    })
}

/// An event, or a message that cannot be read.
struct Told {
    entry: v1::StoryEntry,
    event: Option<ActionEvent>,
    /// The day from which it is true.
    from: NaiveDate,
    recorded_at: DateTime<Utc>,
}

fn told_by(reference: &Reference, record: &Record, true_on: Option<NaiveDate>) -> Vec<Told> {
    let recorded_at = record.attributes.time;
    let told = |entry: v1::StoryEntry, event: Option<ActionEvent>| {
        let on = entry.on.parse().unwrap_or(recorded_at.date_naive());
        Told {
            from: event.as_ref().map_or(on, |event| event.true_from(on)),
            entry,
            event,
            recorded_at,
        }
    };
    let read = ReadRecord::of(record);
    match read.and_then(|read| read.story_of(reference, true_on)) {
        Ok(story) => story
            .into_iter()
            .map(|(entry, event)| told(entry, Some(event)))
            .collect(),
        Err(cause) => {
            let position = record.sequence;
            tracing::error!(position, cause, "a message cannot be read");
            let entry = v1::StoryEntry {
                position,
                id: record.id.to_string(),
                sentence: "What was recorded here cannot be read.".to_owned(),
                data_json: String::from_utf8_lossy(&record.body).into_owned(),
                ..v1::StoryEntry::default()
            };
            vec![told(entry, None)]
        }
    }
}

/// Folds the events in their order, and says what each changed.
fn history(told: Vec<Told>, by_day: bool) -> Vec<v1::HistoryEntry> {
    let mut action: Option<Action> = None;
    let entries = told.into_iter().map(|told| {
        let row = |action: &Option<Action>| {
            let action = action.as_ref()?;
            Some(Row::from_action(
                action,
                told.entry.position,
                told.recorded_at,
            ))
        };
        let mut changed = Vec::new();
        if let Some(event) = &told.event {
            let on = match by_day {
                true => told.from,
                false => told.entry.on.parse().unwrap_or(told.from),
            };
            let before = row(&action);
            action = evolve(action.take(), on, event);
            changed = changes(before.as_ref(), row(&action).as_ref());
        }
        v1::HistoryEntry {
            event: Some(told.entry),
            changes: changed,
        }
    });
    entries.collect()
}
