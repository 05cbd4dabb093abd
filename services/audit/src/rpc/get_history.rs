//! The history of one action, with each event's effect before and after.

use api::failure::{Failure, Violations};
use api::message::{self, story_of};
use api::v1;
use chrono::NaiveDate;
use domain::action::{Action, evolve};
use domain::reference::Reference;
use event_log::Record;
use projection::{AsOf, Row};
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
    let (area, reference) = wrong.or(area.zip(reference)).map_err(refuse)?;
    auditor(&request, &area)?;
    let inner = &service.inner;
    let of = reference.clone();
    let mut positions = inner
        .keeper
        .ask(inner.log.as_ref(), move |replay| {
            replay.messages(&area, &of, &AsOf::NOW)
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
    let mut history = History {
        reference,
        action: None,
        entries: Vec::new(),
    };
    for position in positions {
        let record = inner.log.read(position).await.map_err(refuse)?;
        let record = record.ok_or_else(|| {
            refuse(Failure::Unreadable {
                what: history.reference.to_string(),
                cause: format!("the log has no message at position {position}"),
            })
        })?;
        history.tell(&record);
    }
    Ok(v1::GetHistoryResponse {
        entries: history.entries,
    })
}

struct History {
    reference: Reference,
    action: Option<Action>,
    entries: Vec<v1::HistoryEntry>,
}

impl History {
    fn tell(&mut self, record: &Record) {
        match story_of(&self.reference, record, None) {
            Ok(told) => {
                for (entry, event) in told {
                    let on: Option<NaiveDate> = entry.on.parse().ok();
                    let Some(on) = on else { continue };
                    let before = self.row(record);
                    self.action = evolve(self.action.take(), on, &event);
                    let after = self.row(record);
                    self.entries.push(v1::HistoryEntry {
                        event: Some(entry),
                        changes: changes(before.as_ref(), after.as_ref()),
                    });
                }
            }
            Err(cause) => {
                tracing::error!(
                    position = record.sequence,
                    cause,
                    "a message cannot be read"
                );
                let event = v1::StoryEntry {
                    position: record.sequence,
                    id: record.id.to_string(),
                    sentence: "What was recorded here cannot be read.".to_owned(),
                    data_json: String::from_utf8_lossy(&record.body).into_owned(),
                    ..v1::StoryEntry::default()
                };
                self.entries.push(v1::HistoryEntry {
                    event: Some(event),
                    changes: Vec::new(),
                });
            }
        }
    }

    fn row(&self, record: &Record) -> Option<Row> {
        let action = self.action.as_ref()?;
        Some(Row::from_action(
            action,
            record.sequence,
            record.attributes.time,
        ))
    }
}
