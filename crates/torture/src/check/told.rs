//! A record as the checks see it: whose it is and what it does.

use super::Effect;
use domain::action::ActionEvent;
use domain::aggregate::{Address, Aggregate};
use domain::stored::decode;
use event_log::{Record, Sequence};
use uuid::Uuid;

/// One message on an action.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its position.
    pub position: Sequence,
    /// Its id.
    pub id: Uuid,
    /// The action.
    pub reference: String,
    /// The stored types of its events.
    pub events: Vec<String>,
    /// What it does to the action.
    pub effect: Effect,
}

impl Told {
    /// Reads a record; `None` when it is not about an action or cannot be read.
    #[must_use]
    pub fn of(record: &Record) -> Option<Self> {
        let address = Address::parse(record.subject.as_str()).ok()?;
        let Aggregate::Action(reference) = address.aggregate else {
            return None;
        };
        let decision = decode::<ActionEvent>(&record.body).ok()?;
        let types = decision
            .events
            .iter()
            .map(|event| event.type_name().to_owned());
        let events: Vec<String> = types.collect();
        let effect = Effect::of(&events);
        Some(Self {
            position: record.sequence,
            id: record.id,
            reference: reference.to_string(),
            events,
            effect,
        })
    }
}
