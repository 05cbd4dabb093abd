//! A record of the log, read: which aggregate it belongs to and what happened.

use chrono::NaiveDate;
use domain::action::ActionEvent;
use domain::aggregate::{Address, Aggregate};
use domain::register::RegisterEvent;
use domain::returns::ReturnEvent;
use domain::stored::{Decision, decode};
use event_log::Record;

/// The decision of a record, of whichever aggregate.
#[derive(Debug, Clone, PartialEq)]
pub enum Happened {
    /// To an action.
    Action(Decision<ActionEvent>),
    /// To the register.
    Register(Decision<RegisterEvent>),
    /// To a return.
    Return(Decision<ReturnEvent>),
}

/// A record with its decision.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDecision {
    /// Where it belongs.
    pub address: Address,
    /// What it says.
    pub happened: Happened,
}

/// Reads a record.
///
/// # Errors
/// A sentence on what is wrong, for the operator and the auditor: it may quote what is stored.
pub fn decode_record(record: &Record) -> Result<StoredDecision, String> {
    let address = Address::parse(record.subject.as_str()).map_err(|e| e.to_string())?;
    let body = &record.body;
    let happened = match address.aggregate {
        Aggregate::Action(_) => decode(body).map(Happened::Action),
        Aggregate::Register => decode(body).map(Happened::Register),
        Aggregate::Return(..) => decode(body).map(Happened::Return),
    };
    Ok(StoredDecision {
        address,
        happened: happened.map_err(|e| e.to_string())?,
    })
}

/// What every decision says, of whichever aggregate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circumstances<'a> {
    /// The day it happened.
    pub on: NaiveDate,
    /// The instant it was recorded.
    pub recorded_at: chrono::DateTime<chrono::Utc>,
    /// Who decided.
    pub by: &'a domain::stored::Actor,
    /// The rule that allowed it.
    pub rule: &'a str,
}

impl Happened {
    /// When, by whom and under which rule.
    #[must_use]
    pub fn circumstances(&self) -> Circumstances<'_> {
        match self {
            Happened::Action(d) => circumstances(d),
            Happened::Register(d) => circumstances(d),
            Happened::Return(d) => circumstances(d),
        }
    }

    /// The stored names of the events, in order.
    #[must_use]
    pub fn types(&self) -> Vec<&'static str> {
        use domain::stored::Stored;
        match self {
            Happened::Action(d) => d.events.iter().map(Stored::type_name).collect(),
            Happened::Register(d) => d.events.iter().map(Stored::type_name).collect(),
            Happened::Return(d) => d.events.iter().map(Stored::type_name).collect(),
        }
    }
}

fn circumstances<E>(decision: &Decision<E>) -> Circumstances<'_> {
    Circumstances {
        on: decision.on,
        recorded_at: decision.recorded_at,
        by: &decision.by,
        rule: &decision.rule,
    }
}
