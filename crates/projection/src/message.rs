//! One record of the log, read: what it means to which aggregates, or why it cannot be read.

use chrono::{DateTime, NaiveDate, Utc};
use domain::action::ActionEvent;
use domain::aggregate::{Address, Aggregate};
use domain::calendar::Quarter;
use domain::reference::Reference;
use domain::register::RegisterEvent;
use domain::returns::ReturnEvent;
use domain::stored;
use domain::text::Slug;
use event_log::{Record, Sequence};
use uuid::Uuid;

use crate::trail::Entry;

/// What a message says, split by aggregate.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    /// Things that happened to an action.
    Action(Reference, Vec<Entry>),
    /// Entries in the register.
    Register(Vec<Dated<RegisterEvent>>),
    /// Things that happened to a return, and what they mean to the actions it names.
    Return(
        Slug,
        Quarter,
        Vec<Dated<ReturnEvent>>,
        Vec<(Reference, Entry)>,
    ),
}

/// An event with where and when it stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Dated<E> {
    #[serde(rename = "s")]
    pub(crate) sequence: Sequence,
    #[serde(rename = "d")]
    pub(crate) on: NaiveDate,
    #[serde(rename = "f")]
    pub(crate) from: NaiveDate,
    #[serde(rename = "e")]
    pub(crate) event: E,
}

/// A message of the log, read.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) sequence: Sequence,
    pub(crate) id: Uuid,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) subject: String,
    /// Where it belongs; `None` for a subject that is not one of this program.
    pub(crate) address: Option<Address>,
    /// What it says, or why that cannot be read.
    pub(crate) said: Result<Said, String>,
}

impl Message {
    /// Reads a record. Total: what cannot be read says why.
    pub(crate) fn read(record: &Record) -> Self {
        let subject = record.subject.as_str();
        let (address, said) = match Address::parse(subject) {
            Ok(address) => {
                let said = said(&address, record);
                (Some(address), said)
            }
            Err(bad) => (None, Err(bad.to_string())),
        };
        Self {
            sequence: record.sequence,
            id: record.id,
            recorded_at: record.attributes.time,
            subject: subject.to_owned(),
            address,
            said,
        }
    }
}

fn said(address: &Address, record: &Record) -> Result<Said, String> {
    match &address.aggregate {
        Aggregate::Action(reference) => action(reference, record),
        Aggregate::Register => {
            let decision = stored::decode_events::<RegisterEvent>(&record.body).map_err(why)?;
            let dated = |event| Dated {
                sequence: record.sequence,
                on: decision.on,
                from: decision.on,
                event,
            };
            Ok(Said::Register(
                decision.events.into_iter().map(dated).collect(),
            ))
        }
        Aggregate::Return(group, quarter) => {
            let decision = stored::decode_events::<ReturnEvent>(&record.body).map_err(why)?;
            let on = decision.on;
            let mut updates = Vec::new();
            for event in &decision.events {
                let from = event.true_from(on);
                for (reference, update) in event.action_updates(*quarter) {
                    updates.push((reference, entry(record, on, from, update)));
                }
            }
            let dated = |event: ReturnEvent| Dated {
                sequence: record.sequence,
                on,
                from: event.true_from(on),
                event,
            };
            let events = decision.events.into_iter().map(dated).collect();
            Ok(Said::Return(group.clone(), *quarter, events, updates))
        }
    }
}

fn action(reference: &Reference, record: &Record) -> Result<Said, String> {
    let decision = stored::decode_events::<ActionEvent>(&record.body).map_err(why)?;
    let on = decision.on;
    for event in &decision.events {
        if let ActionEvent::Raised(raised) = event
            && raised.reference != *reference
        {
            return Err(format!(
                "it raises {} on the subject of {reference}",
                raised.reference
            ));
        }
    }
    let entries = decision
        .events
        .into_iter()
        .map(|event| entry(record, on, event.true_from(on), event))
        .collect();
    Ok(Said::Action(reference.clone(), entries))
}

fn entry(record: &Record, on: NaiveDate, from: NaiveDate, event: ActionEvent) -> Entry {
    Entry {
        sequence: record.sequence,
        recorded_at: record.attributes.time,
        on,
        from,
        event: event.slim(),
    }
}

fn why(error: stored::DecodeError) -> String {
    error.reason
}
