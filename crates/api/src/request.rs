//! Requests: from messages to domain commands, with every bad field named at once.

mod action;
mod fields;
mod register;
mod response;
mod returns;
mod terms;

pub use fields::Fields;

use crate::failure::Violations;
use crate::v1;
use chrono::NaiveDate;
use domain::action::{
    Citation, Coverage, Lookup, PartId, PartText, Raise, RespondPart, ResponseId, ResponseKind,
};
use domain::calendar::Quarter;
use domain::calendar::deadline::DueRule;
use domain::reference::Reference;
use domain::text::{Slug, Text};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The most other actions that one response answers.
pub const ALSO_ANSWERS_LIMIT: usize = 50;
/// The most citations in one response or update.
pub const CITATIONS_LIMIT: usize = 100;
/// The most aliases or objectives of a delivery group.
pub const DETAILS_LIMIT: usize = 50;

/// What a request asks for, every field checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The request id.
    pub id: Uuid,
    /// The force area.
    pub area: Slug,
    /// The day it happened; today when not said.
    pub on: Option<NaiveDate>,
    /// The position up to which the caller had read.
    pub etag: Option<u64>,
    /// Whether the due date in it is counted to the next meeting, in the register, of the body that
    /// raised the action. Until that meeting's day is put there ([`Ask::due_mut`]) the rule names none.
    pub next_agenda: bool,
    /// The thing itself.
    pub ask: Ask,
}

/// The thing that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// A new action.
    Raise(Box<Raising>),
    /// A step of one action.
    Action(Reference, Box<domain::action::Command>),
    /// A response, to one action or several.
    Respond(Reference, Box<Responding>),
    /// Several actions out of one.
    Split(Reference, Box<Splitting>),
    /// A child action out of a response.
    Undertake(Reference, Box<Undertaking>),
    /// An entry in the register.
    Register(Box<domain::register::Command>),
    /// A step of a return.
    Return(Box<Returning>),
}

impl Ask {
    /// The rule of the due date that it sets, when it sets one.
    #[must_use]
    pub fn due_mut(&mut self) -> Option<&mut DueRule> {
        use domain::action::Command;
        match self {
            Ask::Raise(raising) => Some(&mut raising.raise.due),
            Ask::Undertake(_, undertaking) => Some(&mut undertaking.due),
            Ask::Action(_, command) => match &mut **command {
                Command::MoveDueDate { due, .. } => Some(due),
                Command::Reopen { due, .. } => due.as_mut(),
                _ => None,
            },
            Ask::Respond(..) | Ask::Split(..) | Ask::Register(_) | Ask::Return(_) => None,
        }
    }
}

/// Where a new action's reference comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Numbering {
    /// The next of a series.
    Series(Slug),
    /// Kept from elsewhere.
    Kept(Reference),
}

/// A new action.
#[derive(Debug, Clone, PartialEq)]
pub struct Raising {
    /// Its reference.
    pub numbering: Numbering,
    /// Everything else; its reference and number are set when they are known.
    pub raise: Raise,
}

/// A response.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "fields are those of the event that it becomes")]
pub struct Responding {
    pub kind: ResponseKind,
    pub text: Text,
    pub coverage: BTreeMap<PartId, Coverage>,
    pub citations: Vec<Citation>,
    /// The other actions, each with the coverage of its parts.
    pub also: Vec<(Reference, BTreeMap<PartId, Coverage>)>,
    pub expected_on: Option<NaiveDate>,
}

/// An action that is split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splitting {
    /// The series of the pieces.
    pub series: Slug,
    /// The pieces: their text, when they have one of their own, and the parts they carry on.
    pub pieces: Vec<(Option<Text>, Vec<PartId>)>,
    /// Why.
    pub reason: Text,
}

/// Something that a response promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undertaking {
    /// The response.
    pub response: ResponseId,
    /// The series of the child.
    pub series: Slug,
    /// What was promised, verbatim.
    pub text: Text,
    /// When it is due.
    pub due: DueRule,
    /// Who promised it; who was asked when not said.
    pub asked_of: Option<Lookup>,
}

/// A step of a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returning {
    /// Whose return it is.
    pub group: Lookup,
    /// For which quarter.
    pub quarter: Quarter,
    /// The step.
    pub command: domain::returns::Command,
}

/// A request of the command service.
pub trait Call: prost::Message + Clone + Default + 'static {
    /// The name of the call.
    const METHOD: &'static str;

    /// What every write carries.
    fn write(&self) -> Option<&v1::Write>;

    /// What is asked for; `None` when a field is wrong, which `fields` then knows.
    fn ask(&self, fields: &mut Fields) -> Option<Ask>;
}

/// Checks a request.
///
/// # Errors
/// Every field that is missing or wrong, at once.
pub fn read<C: Call>(message: &C) -> Result<Asked, Violations> {
    let mut fields = Fields::new();
    let head = head(message.write(), &mut fields);
    let ask = message.ask(&mut fields);
    let next_agenda = fields.is_next_agenda();
    let asked = match (head, ask) {
        (Some((id, area, on, etag)), Some(ask)) => Some(Asked {
            id,
            area,
            on,
            etag,
            next_agenda,
            ask,
        }),
        _ => None,
    };
    fields.done(asked)
}

type Head = (Uuid, Slug, Option<NaiveDate>, Option<u64>);

fn head(write: Option<&v1::Write>, fields: &mut Fields) -> Option<Head> {
    let Some(write) = write else {
        fields.wrong("write", "is missing; give a request_id and an area");
        return None;
    };
    fields.under("write", |fields| {
        let id = fields.request_id("request_id", &write.request_id);
        let area = fields.slug("area", &write.area);
        let on = fields.maybe_date("on", &write.on);
        let etag = (!write.etag.is_empty())
            .then(|| fields.etag("etag", &write.etag))
            .flatten();
        Some((id?, area?, on, etag))
    })
}

/// Parts with their letters, in order.
fn lettered(texts: Vec<Text>) -> Vec<PartText> {
    let letters = (0..PartId::LIMIT).filter_map(PartId::at);
    letters
        .zip(texts)
        .map(|(id, text)| PartText { id, text })
        .collect()
}

/// Coverage as a map; naming a part twice is found when it is read.
type Covered = BTreeMap<PartId, Coverage>;

fn covered(parts: Vec<RespondPart>) -> Covered {
    parts.into_iter().collect()
}

/// A value made of fields that may each be missing: all were read before the first is asked for.
fn all<T>(made: impl FnOnce() -> Option<T>) -> Option<T> {
    made()
}

/// The token of a write, for a later read that is to see it.
#[must_use]
pub fn written_token(
    incarnation: &event_log::Incarnation,
    position: event_log::Sequence,
) -> String {
    crate::message::write_token(&projection::Token {
        incarnation: incarnation.clone(),
        sequence: position,
    })
}
