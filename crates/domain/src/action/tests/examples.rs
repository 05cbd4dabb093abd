//! Commands and events in few words, for tests to vary.

use super::harness::{Given, SUBJECT, given};
use crate::action::{
    ActionEvent, Command, Coverage, DueSet, Ground, Kind, Lookup, MeetingRef, Outcome, PartId,
    PartText, Rag, Raise, Raised, Remit, ResponseId, ResponseKind, Sensitivity, SplitChild,
};
use crate::calendar::deadline::{Deadline, DueRule};
use crate::calendar::working_days::WorkingCalendar;
use crate::register::Party;
use crate::register::tests::fixture::{day, line, reference, slug, standard, text};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The day of the meeting that most tests start from.
pub(crate) const RAISED_ON: &str = "2018-09-12";
/// The day its question is due: 20 working days later.
pub(crate) const DUE_ON: &str = "2018-10-10";

pub(crate) fn part(letter: &str) -> PartId {
    PartId::parse(letter).expect("a letter")
}

pub(crate) fn response(n: u128) -> ResponseId {
    ResponseId(Uuid::from_u128(n))
}

pub(crate) fn covers(parts: &[(&str, Coverage)]) -> BTreeMap<PartId, Coverage> {
    parts.iter().map(|(p, c)| (part(p), *c)).collect()
}

pub(crate) fn lookup(name: &str) -> Lookup {
    Lookup(line(name))
}

/// A party of the standard register under its first name.
pub(crate) fn party(name: &str) -> Party {
    standard().party(name, day(RAISED_ON)).expect("registered")
}

pub(crate) fn on_date(date: &str) -> DueRule {
    DueRule::OnDate { date: day(date) }
}

pub(crate) fn deadline(rule: &DueRule, from: &str) -> Deadline {
    rule.deadline(day(from))
        .expect("a good rule")
        .expect("a date")
}

pub(crate) fn twenty_days() -> DueRule {
    DueRule::WorkingDays {
        days: 20,
        calendar: WorkingCalendar::EnglandAndWales,
    }
}

/// A question of two parts at the September meeting.
pub(crate) fn raise() -> Raise {
    Raise {
        reference: reference(SUBJECT),
        numbered: Some((slug("pcp-2018"), 14)),
        kind: Kind::Question,
        text: text("How many lanterns were lit, and who paid for the oil?"),
        topic: Some(line("Lanterns")),
        theme: None,
        meeting: Some(slug("pcp-2018-09-12")),
        minute: Some(line("5.2")),
        asked_of: lookup("opcc"),
        raised_by: lookup("pcp"),
        parts: vec![
            PartText {
                id: part("a"),
                text: text("How many lanterns were lit?"),
            },
            PartText {
                id: part("b"),
                text: text("Who paid for the oil?"),
            },
        ],
        due: twenty_days(),
        origin: None,
    }
}

/// What [`raise`] becomes on the day of the meeting.
pub(crate) fn raised() -> Raised {
    let raise = raise();
    Raised {
        reference: raise.reference,
        numbered: raise.numbered,
        kind: raise.kind,
        text: raise.text,
        topic: raise.topic,
        theme: raise.theme,
        meeting: Some(MeetingRef {
            id: slug("pcp-2018-09-12"),
            held_on: day(RAISED_ON),
        }),
        minute: raise.minute,
        asked_of: party("opcc"),
        raised_by: party("pcp"),
        parts: raise.parts,
        due: DueSet::By(deadline(&twenty_days(), RAISED_ON)),
        origin: None,
    }
}

/// A question is on record, and nothing else happened.
pub(crate) fn asked() -> Given {
    given([(RAISED_ON, ActionEvent::Raised(Box::new(raised())))])
}

pub(crate) fn delegate(to: &str) -> Command {
    Command::Delegate {
        to: lookup(to),
        due: None,
        note: None,
    }
}

pub(crate) fn transfer(to: &str) -> Command {
    Command::Transfer {
        to: lookup(to),
        due: None,
        reason: text("It is theirs"),
    }
}

pub(crate) fn delegated(to: &str) -> ActionEvent {
    ActionEvent::Delegated {
        to: party(to),
        due: None,
        note: None,
    }
}

pub(crate) fn update(rag: Option<Rag>, recovery: Option<&str>) -> Command {
    Command::RecordUpdate {
        period: Some("2018-19-q3".parse().expect("a quarter")),
        rag,
        narrative: text("Half of the lanterns are lit"),
        recovery: recovery.map(text),
        milestone: None,
        expected_on: None,
        evidence: vec![],
    }
}

/// A substantive response that covers some parts; none means all of them.
pub(crate) fn respond(id: u128, parts: &[(&str, Coverage)]) -> Command {
    Command::Respond {
        response: response(id),
        kind: ResponseKind::Substantive,
        text: text("Forty, and the parish"),
        coverage: covers(parts),
        citations: vec![],
        also_answers: vec![],
        expected_on: None,
    }
}

pub(crate) fn hold(id: u128, parts: &[(&str, Coverage)]) -> Command {
    match respond(id, parts) {
        Command::Respond {
            response,
            coverage,
            citations,
            also_answers,
            ..
        } => Command::Respond {
            response,
            kind: ResponseKind::Holding,
            text: text("We are counting"),
            coverage,
            citations,
            also_answers,
            expected_on: Some(day("2018-11-30")),
        },
        other => other,
    }
}

pub(crate) fn correct(id: u128, words: Option<&str>, parts: &[(&str, Coverage)]) -> Command {
    Command::CorrectResponse {
        response: response(id),
        text: words.map(text),
        coverage: covers(parts),
        citations: None,
        reason: text("Counted again"),
    }
}

pub(crate) fn triage() -> Command {
    Command::Triage {
        remit: Remit::Commissioner,
        sensitivity: Sensitivity::None,
        note: None,
    }
}

pub(crate) fn restrict(ground: Ground, review_on: &str) -> Command {
    Command::Restrict {
        ground,
        reason: text("It would show where the oil is kept"),
        review_on: day(review_on),
        explanation: text("An answer is held back for now"),
        public_title: None,
    }
}

pub(crate) fn lift() -> Command {
    Command::LiftRestriction {
        reason: text("The oil was moved"),
    }
}

pub(crate) fn move_due(to: &str) -> Command {
    Command::MoveDueDate {
        due: on_date(to),
        reason: text("More time was asked for"),
    }
}

pub(crate) fn pause() -> Command {
    Command::PauseClock {
        reason: text("Waiting for the Panel to say which lanterns"),
    }
}

pub(crate) fn propose(outcome: Outcome) -> Command {
    Command::ProposeClosure {
        outcome,
        reason: text("Nothing more to say"),
    }
}

pub(crate) fn close(outcome: Outcome) -> Command {
    Command::Close {
        outcome,
        reason: None,
        superseded_by: None,
    }
}

pub(crate) fn superseded_by(other: &str) -> Command {
    Command::Close {
        outcome: Outcome::Superseded,
        reason: None,
        superseded_by: Some(reference(other)),
    }
}

pub(crate) fn reopen(due: Option<DueRule>) -> Command {
    Command::Reopen {
        reason: text("A lantern went out"),
        due,
    }
}

pub(crate) fn withdraw() -> Command {
    Command::Withdraw {
        reason: text("Asked by mistake"),
    }
}

pub(crate) fn split(into: &[(&str, &[&str])]) -> Command {
    Command::Split {
        into: into
            .iter()
            .map(|(child, parts)| SplitChild {
                reference: reference(child),
                parts: parts.iter().map(|p| part(p)).collect(),
            })
            .collect(),
        reason: text("Two questions, two owners"),
    }
}
