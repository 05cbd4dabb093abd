//! What a message means to the store: entries of trails, and everything beside them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::aggregate::{Address, Aggregate};
use domain::reference::Reference;
use domain::register::{self, Register};
use domain::text::Slug;
use event_log::Sequence;

use super::{Books, cells};
use crate::error::StoreError;
use crate::keys;
use crate::message::{Dated, Message, Said};
use crate::status::Parked;
use crate::trail::Entry;

/// An action of an area.
pub(super) type Key = (Slug, Reference);

/// Where the entries of actions go.
pub(super) trait Trails {
    /// Takes an entry of an action's trail.
    fn add(&mut self, area: &Slug, reference: &Reference, entry: &Entry) -> Result<(), StoreError>;

    /// Takes that an action stands still since a message.
    fn parked(
        &mut self,
        area: &Slug,
        reference: &Reference,
        since: Sequence,
    ) -> Result<(), StoreError>;
}

/// What messages change beside the trails.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) registers: HashMap<Slug, Register>,
    pub(super) parked: BTreeMap<String, Parked>,
    pub(super) areas: BTreeSet<Slug>,
    pub(super) puts: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Taken {
    /// How much is to be written.
    pub(super) fn bytes(&self) -> usize {
        let bytes = self.puts.iter().map(|(key, value)| key.len() + value.len());
        bytes.sum()
    }

    /// Takes a message in. One that cannot be read parks its subject, and what follows on a parked
    /// subject is passed over.
    pub(super) fn take(
        &mut self,
        books: &Books,
        trails: &mut impl Trails,
        message: &Message,
    ) -> Result<(), StoreError> {
        if let Some(Address { area, .. }) = &message.address
            && !books.areas.contains(area)
            && self.areas.insert(area.clone())
        {
            self.puts
                .push((keys::of_area(keys::AREA, area), Vec::new()));
        }
        if books.parked.contains_key(&message.subject) || self.parked.contains_key(&message.subject)
        {
            return Ok(());
        }
        match (&message.address, &message.said) {
            (Some(address), Ok(said)) => self.said(books, trails, &address.area, message, said),
            (address, said) => {
                let reason = match said {
                    Err(reason) => reason.clone(),
                    Ok(_) => "its subject is not one of this program".to_owned(),
                };
                self.park(trails, address.as_ref(), message, reason)
            }
        }
    }

    fn said(
        &mut self,
        books: &Books,
        trails: &mut impl Trails,
        area: &Slug,
        message: &Message,
        said: &Said,
    ) -> Result<(), StoreError> {
        match said {
            Said::Action(reference, entries) => {
                for entry in entries {
                    trails.add(area, reference, entry)?;
                }
            }
            Said::Register(events) => {
                let register = self
                    .registers
                    .entry(area.clone())
                    .or_insert_with(|| books.registers.get(area).cloned().unwrap_or_default());
                for Dated { on, event, .. } in events {
                    register::evolve(register, *on, event);
                }
                let key = keys::register(area, message.sequence);
                self.puts.push((key, cells::lines(events)?));
            }
            Said::Return(group, quarter, events, updates) => {
                let key = keys::return_segment(area, group, *quarter, message.sequence);
                self.puts.push((key, cells::lines(events)?));
                for (reference, entry) in updates {
                    trails.add(area, reference, entry)?;
                }
            }
        }
        Ok(())
    }

    fn park(
        &mut self,
        trails: &mut impl Trails,
        address: Option<&Address>,
        message: &Message,
        reason: String,
    ) -> Result<(), StoreError> {
        let (subject, sequence) = (message.subject.clone(), message.sequence);
        tracing::error!(
            subject,
            sequence,
            reason,
            "parked: a message cannot be read"
        );
        if let Some(Address {
            area,
            aggregate: Aggregate::Action(reference),
        }) = address
        {
            trails.parked(area, reference, sequence)?;
        }
        let parked = Parked {
            subject: subject.clone(),
            sequence,
            reason,
        };
        let mut key = vec![keys::PARKED];
        key.extend_from_slice(subject.as_bytes());
        self.puts.push((key, cells::json(&parked)?));
        self.parked.insert(subject, parked);
        Ok(())
    }
}
