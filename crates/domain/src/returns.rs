//! A delivery group's return for a quarter: what its board expects of it, and what it sent.

use crate::action::{ActionEvent, Citation, Rag, Rejection as ActionRejection};
use crate::calendar::Quarter;
use crate::calendar::london::say_date;
use crate::reference::Reference;
use crate::text::{Line, Slug, Text};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most actions in one return.
pub const UPDATES_LIMIT: usize = 500;

/// What a return says of one open action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionUpdate {
    /// The action.
    pub reference: Reference,
    /// What is said of it; `None` is "nothing to report".
    pub said: Option<Said>,
}

/// An update in a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "fields are those of an update of an action")]
pub struct Said {
    pub rag: Rag,
    pub narrative: Text,
    /// What will get it back on track, for Amber and Red.
    pub recovery: Option<Text>,
    pub milestone: Option<Line>,
    pub expected_on: Option<NaiveDate>,
    pub evidence: Vec<Citation>,
}

/// What a return says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The group's overall position; `None` in a nil return or an unfinished draft.
    pub overall: Option<Rag>,
    /// The position in words.
    pub position: Option<Text>,
    /// Each open action.
    pub updates: Vec<ActionUpdate>,
    /// Risks.
    pub risks: Option<Text>,
    /// Help that is needed.
    pub help_needed: Option<Text>,
}

impl Content {
    /// A return with nothing in it.
    #[must_use]
    pub fn nil() -> Self {
        Self {
            overall: None,
            position: None,
            updates: vec![],
            risks: None,
            help_needed: None,
        }
    }

    /// Whether it says nothing at all.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        *self
            == Self {
                updates: self.updates.clone(),
                ..Self::nil()
            }
            && self.updates.iter().all(|update| update.said.is_none())
    }
}

/// Something that happened to a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
#[allow(missing_docs, reason = "fields are named as in the domain page")]
pub enum ReturnEvent {
    /// A draft was kept.
    #[serde(rename = "return.drafted.v1")]
    Drafted { content: Content },
    /// It was sent.
    #[serde(rename = "return.submitted.v1")]
    Submitted { content: Content, due_on: NaiveDate },
    /// It was corrected after it was sent; what was sent first stays.
    #[serde(rename = "return.corrected.v1")]
    Corrected {
        content: Content,
        submitted_on: NaiveDate,
        reason: Text,
    },
}

impl ReturnEvent {
    /// The stored name of the event, version included.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            ReturnEvent::Drafted { .. } => "return.drafted.v1",
            ReturnEvent::Submitted { .. } => "return.submitted.v1",
            ReturnEvent::Corrected { .. } => "return.corrected.v1",
        }
    }

    /// The day from which the event is true: a correction, from the day of what it corrects.
    #[must_use]
    pub fn true_from(&self, on: NaiveDate) -> NaiveDate {
        match self {
            ReturnEvent::Corrected { submitted_on, .. } => *submitted_on,
            _ => on,
        }
    }

    /// What the event means to the actions it speaks of, as events of theirs.
    #[must_use]
    pub fn action_updates(&self, quarter: Quarter) -> Vec<(Reference, ActionEvent)> {
        self.said()
            .map(|(of, said)| (of.clone(), said.as_event(quarter)))
            .collect()
    }

    /// What the event means to one action.
    #[must_use]
    pub fn action_update(&self, quarter: Quarter, of: &Reference) -> Option<ActionEvent> {
        self.said()
            .find(|(named, _)| *named == of)
            .map(|(_, said)| said.as_event(quarter))
    }

    /// What was sent about which action; a draft says nothing yet.
    fn said(&self) -> impl Iterator<Item = (&Reference, &Said)> {
        let updates = match self {
            ReturnEvent::Drafted { .. } => [].as_slice(),
            ReturnEvent::Submitted { content, .. } | ReturnEvent::Corrected { content, .. } => {
                &content.updates
            }
        };
        updates
            .iter()
            .filter_map(|update| Some((&update.reference, update.said.as_ref()?)))
    }
}

impl Said {
    fn as_event(&self, quarter: Quarter) -> ActionEvent {
        ActionEvent::Updated {
            period: Some(quarter),
            rag: Some(self.rag),
            narrative: self.narrative.clone(),
            recovery: self.recovery.clone(),
            milestone: self.milestone.clone(),
            expected_on: self.expected_on,
            evidence: self.evidence.clone(),
        }
    }
}

/// A return as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Return {
    /// What was sent, corrections included; else the draft.
    pub content: Content,
    /// The day it was sent, and the day it was due.
    pub submitted: Option<(NaiveDate, NaiveDate)>,
    /// How often it was corrected.
    pub corrections: u32,
}

/// Where a group stands with a return, on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnStatus {
    /// The quarter has not ended.
    NotYetDue,
    /// The quarter has ended, and the day it is due has not passed.
    Due,
    /// Sent in time.
    Received,
    /// Sent after it was due.
    ReceivedLate,
    /// Sent, with nothing to report.
    Nil,
    /// Not sent, and the day it was due has passed.
    Missing,
}

impl ReturnStatus {
    /// The status of a return on a day.
    #[must_use]
    pub fn of(
        state: Option<&Return>,
        quarter: Quarter,
        due_on: NaiveDate,
        as_at: NaiveDate,
    ) -> Self {
        match state.and_then(|r| r.submitted.map(|s| (r, s))) {
            Some((r, _)) if r.content.is_nil() => ReturnStatus::Nil,
            Some((_, (on, due))) if on > due => ReturnStatus::ReceivedLate,
            Some(_) => ReturnStatus::Received,
            None if as_at <= quarter.last_day() => ReturnStatus::NotYetDue,
            None if as_at <= due_on => ReturnStatus::Due,
            None => ReturnStatus::Missing,
        }
    }

    /// As it is stored and typed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ReturnStatus::NotYetDue => "not_yet_due",
            ReturnStatus::Due => "due",
            ReturnStatus::Received => "received",
            ReturnStatus::ReceivedLate => "received_late",
            ReturnStatus::Nil => "nil",
            ReturnStatus::Missing => "missing",
        }
    }
}

/// Applies one event. Total.
#[must_use]
pub fn evolve(state: Option<Return>, on: NaiveDate, event: &ReturnEvent) -> Option<Return> {
    Some(match (event, state) {
        (ReturnEvent::Drafted { content }, None) => Return {
            content: content.clone(),
            submitted: None,
            corrections: 0,
        },
        (ReturnEvent::Drafted { content }, Some(r)) if r.submitted.is_none() => Return {
            content: content.clone(),
            ..r
        },
        (ReturnEvent::Drafted { .. }, Some(r)) => r,
        (ReturnEvent::Submitted { content, due_on }, state) => Return {
            content: content.clone(),
            submitted: Some((on, *due_on)),
            corrections: state.map_or(0, |r| r.corrections),
        },
        (ReturnEvent::Corrected { content, .. }, Some(r)) => Return {
            content: content.clone(),
            corrections: r.corrections + 1,
            ..r
        },
        (ReturnEvent::Corrected { .. }, None) => return None,
    })
}

/// Folds a history, oldest first.
#[must_use]
pub fn fold<'a>(events: impl IntoIterator<Item = (NaiveDate, &'a ReturnEvent)>) -> Option<Return> {
    events
        .into_iter()
        .fold(None, |state, (on, event)| evolve(state, on, event))
}

/// Something that is asked of a return.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "fields are those of the event that each becomes"
)]
pub enum Command {
    SaveDraft { content: Content },
    Submit { content: Content },
    Correct { content: Content, reason: Text },
}

impl Command {
    /// What it would have the return say.
    #[must_use]
    pub fn content(&self) -> &Content {
        match self {
            Command::SaveDraft { content }
            | Command::Submit { content }
            | Command::Correct { content, .. } => content,
        }
    }
}

/// What is known of an action that a return speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The action.
    pub reference: Reference,
    /// The delivery group that holds it, if one does. `None` also when there is no such action.
    pub held_by: Option<Slug>,
}

/// What a decision may look at besides the return.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The group.
    pub group: &'a Slug,
    /// The quarter.
    pub quarter: Quarter,
    /// When the return is due.
    pub due_on: NaiveDate,
    /// The day it is sent, saved or corrected.
    pub on: NaiveDate,
    /// Today in London.
    pub today: NaiveDate,
    /// The actions that it speaks of.
    pub named: &'a [Named],
}

/// Why something asked of a return is refused: a sentence with its facts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's message says what it means")]
pub enum Rejection {
    #[error("{} is in the future; today is {}", say_date(*.on), say_date(*.today))]
    InFuture { on: NaiveDate, today: NaiveDate },
    #[error("{quarter} begins on {}; a return for it cannot be made on {}", say_date(*.begins), say_date(*.on))]
    BeforeQuarter {
        quarter: Quarter,
        begins: NaiveDate,
        on: NaiveDate,
    },
    #[error("{quarter} ends on {}; send the return after that, and keep a draft until then", say_date(*.ends))]
    QuarterNotOver { quarter: Quarter, ends: NaiveDate },
    #[error("the return of {group} for {quarter} was sent on {}; correct it instead", say_date(*.on))]
    SentAlready {
        group: Slug,
        quarter: Quarter,
        on: NaiveDate,
    },
    #[error("the return of {group} for {quarter} was not sent yet; there is nothing to correct")]
    NotSent { group: Slug, quarter: Quarter },
    #[error("{} is before the return was sent, on {}", say_date(*.on), say_date(*.sent_on))]
    CorrectedBeforeSent { on: NaiveDate, sent_on: NaiveDate },
    #[error("{reference} is not with {group}; leave it out")]
    NotOurs { reference: Reference, group: Slug },
    #[error("{reference} is named twice; say it once")]
    NamedTwice { reference: Reference },
    #[error("{reference}: {why}")]
    Update {
        reference: Reference,
        why: ActionRejection,
    },
    #[error("the overall position is missing; give a RAG, or send a nil return")]
    NoOverall,
    #[error("a return speaks of at most {UPDATES_LIMIT} actions; {count} given")]
    TooMany { count: usize },
}

/// Decides what a command leads to. No events: it stands already, exactly so.
///
/// # Errors
/// A [`Rejection`] when the world as it stands does not allow it.
pub fn decide(
    state: Option<&Return>,
    command: &Command,
    context: Context<'_>,
) -> Result<Vec<ReturnEvent>, Rejection> {
    check(command, context)?;
    let sent = state.and_then(|r| r.submitted);
    let (group, quarter) = (context.group.clone(), context.quarter);
    let unchanged = state.is_some_and(|r| r.content == *command.content());
    match (command, sent) {
        (Command::Submit { .. }, Some(_)) if unchanged => Ok(vec![]),
        (Command::SaveDraft { .. } | Command::Submit { .. }, Some((on, _))) => {
            Err(Rejection::SentAlready { group, quarter, on })
        }
        (Command::SaveDraft { .. }, None) if unchanged => Ok(vec![]),
        (Command::SaveDraft { content }, None) => Ok(vec![ReturnEvent::Drafted {
            content: content.clone(),
        }]),
        (Command::Submit { content }, None) => Ok(vec![ReturnEvent::Submitted {
            content: content.clone(),
            due_on: context.due_on,
        }]),
        (Command::Correct { .. }, None) => Err(Rejection::NotSent { group, quarter }),
        (Command::Correct { .. }, Some((sent_on, _))) if context.on < sent_on => {
            Err(Rejection::CorrectedBeforeSent {
                on: context.on,
                sent_on,
            })
        }
        (Command::Correct { .. }, Some(_)) if unchanged => Ok(vec![]),
        (Command::Correct { content, reason }, Some((submitted_on, _))) => {
            Ok(vec![ReturnEvent::Corrected {
                content: content.clone(),
                submitted_on,
                reason: reason.clone(),
            }])
        }
    }
}

fn check(command: &Command, context: Context<'_>) -> Result<(), Rejection> {
    let Context {
        quarter, on, today, ..
    } = context;
    if on > today {
        return Err(Rejection::InFuture { on, today });
    }
    if on < quarter.first_day() {
        return Err(Rejection::BeforeQuarter {
            quarter,
            begins: quarter.first_day(),
            on,
        });
    }
    let draft = matches!(command, Command::SaveDraft { .. });
    if !draft && on <= quarter.last_day() {
        return Err(Rejection::QuarterNotOver {
            quarter,
            ends: quarter.last_day(),
        });
    }
    let content = command.content();
    if content.updates.len() > UPDATES_LIMIT {
        return Err(Rejection::TooMany {
            count: content.updates.len(),
        });
    }
    let mut seen = BTreeSet::new();
    for update in &content.updates {
        let reference = update.reference.clone();
        if !seen.insert(&update.reference) {
            return Err(Rejection::NamedTwice { reference });
        }
        let ours = context
            .named
            .iter()
            .any(|n| n.reference == reference && n.held_by.as_ref() == Some(context.group));
        if !ours {
            return Err(Rejection::NotOurs {
                reference,
                group: context.group.clone(),
            });
        }
        if let (false, Some(said)) = (draft, &update.said) {
            crate::action::needs_recovery(Some(said.rag), said.recovery.is_some())
                .map_err(|why| Rejection::Update { reference, why })?;
        }
    }
    if !draft && content.overall.is_none() && !content.is_nil() {
        return Err(Rejection::NoOverall);
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests;
