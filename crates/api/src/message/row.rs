//! One action, as a list shows it.

use chrono::NaiveDate;
use domain::register::{BodyKind, Party, PartyKind, Register};
use domain::text::Slug;
use projection::{LinkCell, PartCell, ResponseCell, RestrictionCell, Row};
use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::freshness::timestamp;
use crate::failure::Violations;
use crate::v1;
use crate::words::Word;

/// Whom the Panel can require to answer. A Commissioner's office it can; of anybody else, a chief
/// constable above all, it can only request (Police Reform and Social Responsibility Act 2011,
/// s.29).
#[derive(Debug, Clone, Default)]
pub struct Duties {
    required: BTreeSet<Slug>,
}

impl Duties {
    /// By the bodies of the register.
    #[must_use]
    pub fn of(register: &Register) -> Self {
        let offices = register
            .bodies
            .values()
            .filter(|body| body.kind == BodyKind::CommissionerOffice);
        Self {
            required: offices.map(|body| body.id.clone()).collect(),
        }
    }

    fn said(&self, party: &Party) -> &'static str {
        if party.kind == PartyKind::Body && self.required.contains(&party.id) {
            "required"
        } else {
            "requested"
        }
    }
}

/// How much of each action an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// What a list shows of an action.
    Basic,
    /// Everything.
    Full,
}

/// Reads a view: the full one unless another is asked for.
pub fn view(given: i32, violations: &mut Violations) -> View {
    match v1::ActionView::try_from(given) {
        Ok(v1::ActionView::Unspecified | v1::ActionView::Full) => View::Full,
        Ok(v1::ActionView::Basic) => View::Basic,
        Err(_) => {
            violations.add(
                "view",
                format!("is {given}; 1 and 2 are ACTION_VIEW_BASIC and ACTION_VIEW_FULL"),
            );
            View::Full
        }
    }
}

/// The row as a message; `as_at` is the day on which overdue is judged.
#[must_use]
pub fn action_row(row: &Row, as_at: NaiveDate, duties: &Duties) -> v1::ActionRow {
    into_action_row(row.clone(), as_at, duties)
}

/// The same of a row that is not needed any more: its texts are not copied.
#[must_use]
pub fn into_action_row(row: Row, as_at: NaiveDate, duties: &Duties) -> v1::ActionRow {
    into_viewed(row, View::Full, as_at, duties)
}

/// The same in a view. What it does not show is not made.
#[must_use]
pub fn into_viewed(mut row: Row, view: View, as_at: NaiveDate, duties: &Duties) -> v1::ActionRow {
    let mut message = basic(&mut row, as_at);
    if view == View::Full {
        complete(&mut message, row, duties);
    }
    message
}

/// What a list shows: the fields that the contract names for `ACTION_VIEW_BASIC`. Takes the texts
/// out of the row.
fn basic(row: &mut Row, as_at: NaiveDate) -> v1::ActionRow {
    let end = row.closed.as_ref().or(row.proposed.as_ref());
    let mut message = v1::ActionRow {
        reference: row.reference.as_str().to_owned(),
        status: row.status.number(),
        outcome: end.map_or(0, |end| end.outcome.number()),
        raised_on: day(row.raised_on),
        delegated_to: row.delegated_to.as_ref().map(party),
        delegation_status: row.delegation.as_ref().map_or(0, |d| d.answer.number()),
        first_due_on: said(row.first_due_on),
        due_on: said(row.due_on),
        due_moves: row.due_moves,
        overdue: row.overdue(as_at),
        days_overdue: row.days_overdue(as_at),
        rag: row.rag.map_or(0, Word::number),
        restricted: row.restriction.is_some(),
        stub: row.stub,
        last_change_at: Some(timestamp(row.last_change_at)),
        position: row.position,
        ..v1::ActionRow::default()
    };
    if let Some(told) = row.told() {
        message.kind = told.kind.number();
        message.asked_of = Some(party(told.asked_of));
        message.coverage = told.coverage.number();
    }
    if let Some(meeting) = &row.meeting {
        message.meeting = meeting.id.as_str().to_owned();
        message.meeting_on = day(meeting.held_on);
    }
    if row.stub {
        message.restriction = row.restriction.take().map(restriction);
    }
    message.text = std::mem::take(&mut row.text);
    message.topic = row.topic.take().unwrap_or_default();
    message.theme = row.theme.take().unwrap_or_default();
    message
}

/// Everything else.
fn complete(message: &mut v1::ActionRow, row: Row, duties: &Duties) {
    if let Some(told) = row.told() {
        message.raised_by = Some(party(told.raised_by));
        message.duty = duties.said(told.asked_of).to_owned();
    }
    message.clock_paused_since = said(row.clock_paused_since);
    message.progress_on = said(row.progress_on);
    message.expected_on = said(row.expected_on);
    message.answered_on = said(row.answered_on);
    message.closed_on = said(row.closed.as_ref().map(|end| end.on));
    message.last_change_on = day(row.last_change_on);
    message.etag = row.position.to_string();
    message.remit = row.remit.map_or(0, Word::number);
    message.protocol = row.protocol.map_or(0, Word::number);
    message.sensitivity = row.sensitivity.map_or(0, Word::number);
    message.responses = row.responses.iter().map(response).collect();
    message.links = row.links.iter().map(link).collect();
    message.parts = row.parts.into_iter().map(part).collect();
    message.minute = row.minute.unwrap_or_default();
    message.none_agreed = row.none_agreed.unwrap_or_default();
    let children = row.children.iter();
    message.children = children.map(|child| child.as_str().to_owned()).collect();
    // That of a stub is there by now.
    if let Some(why) = row.restriction {
        message.restriction = Some(restriction(why));
    }
    if let Some(parked) = row.parked {
        message.parked = format!("from position {} on: {}", parked.sequence, parked.reason);
    }
}

fn part(part: PartCell) -> v1::Part {
    v1::Part {
        part: part.id.to_string(),
        text: part.text,
        coverage: part.coverage.number(),
    }
}

fn link(link: &LinkCell) -> v1::Link {
    v1::Link {
        kind: link.kind.number(),
        reference: link.other.as_str().to_owned(),
    }
}

fn response(response: &ResponseCell) -> v1::ResponseRow {
    v1::ResponseRow {
        id: response.id.to_string(),
        kind: response.kind.number(),
        on: day(response.on),
        corrections: response.corrections,
    }
}

fn restriction(restriction: RestrictionCell) -> v1::Restriction {
    v1::Restriction {
        ground: restriction
            .ground
            .map(|g| g.to_string())
            .unwrap_or_default(),
        since: day(restriction.since),
        review_on: day(restriction.review_on),
        explanation: restriction.explanation,
        public_title: restriction.public_title.unwrap_or_default(),
    }
}

pub(super) fn party(party: &Party) -> v1::Party {
    v1::Party {
        id: party.id.as_str().to_owned(),
        name: party.name.as_str().to_owned(),
        is_group: party.kind == PartyKind::Group,
    }
}

/// A day as it is written in messages; empty when there is none.
pub(super) fn said(on: Option<NaiveDate>) -> String {
    on.map(day).unwrap_or_default()
}

/// A day as it is written in messages.
fn day(on: NaiveDate) -> String {
    // As long as days of four-figure years are: none is written in pieces into a text that grows.
    let mut text = String::with_capacity("YYYY-MM-DD".len());
    // To write into a text never fails.
    let _ = write!(text, "{on}");
    text
}
