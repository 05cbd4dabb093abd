//! A record as the checks see it: whose it is and what it does.

use super::Effect;
use domain::action::ActionEvent;
use domain::aggregate::{Address, Aggregate};
use domain::register::RegisterEvent;
use domain::returns::ReturnEvent;
use domain::stored::{Stored, decode};
use event_log::{Record, Sequence};
use uuid::Uuid;

/// One message.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its position.
    pub position: Sequence,
    /// Its id.
    pub id: Uuid,
    /// The action's reference; of a return and of the register, the subject.
    pub about: String,
    /// The reference, where it is about an action; empty otherwise.
    pub reference: String,
    /// The actions that a return touches.
    pub touches: Vec<String>,
    /// The stored types of its events.
    pub events: Vec<String>,
    /// What it does to what it is about.
    pub effect: Effect,
}

impl Told {
    /// Reads a record; `None` when it cannot be read.
    #[must_use]
    pub fn of(record: &Record) -> Option<Self> {
        let address = Address::parse(record.subject.as_str()).ok()?;
        let subject = record.subject.to_string();
        let (about, reference, touches, events) = match address.aggregate {
            Aggregate::Action(reference) => {
                let reference = reference.to_string();
                let (events, _) = read::<ActionEvent>(record)?;
                (reference.clone(), reference, vec![], events)
            }
            Aggregate::Return(_, quarter) => {
                let (events, said) = read::<ReturnEvent>(record)?;
                let touched = said.iter().flat_map(|event| event.action_updates(quarter));
                let touched = touched.map(|(reference, _)| reference.to_string());
                (subject, String::new(), touched.collect(), events)
            }
            Aggregate::Register => {
                let (events, _) = read::<RegisterEvent>(record)?;
                (subject, String::new(), vec![], events)
            }
        };
        let effect = Effect::of(&events);
        Some(Self {
            position: record.sequence,
            id: record.id,
            about,
            reference,
            touches,
            events,
            effect,
        })
    }

    /// Whether it is about an action.
    #[must_use]
    pub fn is_of_action(&self) -> bool {
        !self.reference.is_empty()
    }
}

/// The events of a record and their stored types.
fn read<E: Stored>(record: &Record) -> Option<(Vec<String>, Vec<E>)> {
    let decision = decode::<E>(&record.body).ok()?;
    let types = decision.events.iter().map(|e| e.type_name().to_owned());
    Some((types.collect(), decision.events))
}
