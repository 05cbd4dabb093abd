//! The first eight calls, whose order of chance stays as it was, so that their seeds do.

use super::{Asking, Message, write};
use super::{By, Known, SERIES};
use crate::chance::Chance;
use crate::history::Kind;
use api::v1;
use domain::policy::Role;
use uuid::Uuid;

/// A new request: of the actions that are known, with the last positions their clients were told.
#[must_use]
pub fn few(chance: &mut Chance, known: &[Known]) -> Asking {
    let id = chance.id();
    let kind = kind(chance);
    let chosen = chance.pick(known).cloned();
    let (
        Some(Known {
            reference, last, ..
        }),
        false,
    ) = (chosen, kind == Kind::Raise)
    else {
        return Asking {
            id,
            kind: Kind::Raise,
            references: vec![],
            etag: None,
            message: Message::RaiseAction(any_raise(id)),
            by: By::Role(Role::Clerk),
        };
    };
    let etag = (chance.percent(15) && last > 0).then_some(last);
    let mut references = vec![reference.clone()];
    let write = |on: &str| {
        Some(v1::Write {
            etag: etag.map(|etag| etag.to_string()).unwrap_or_default(),
            ..write(id, on)
        })
    };
    let (kind, message) = match kind {
        Kind::Update => (
            kind,
            Message::RecordUpdate(update(reference, write("2018-10-02"), id)),
        ),
        Kind::Close => {
            let outcome = [v1::Outcome::Noted, v1::Outcome::NotPursued];
            let outcome = chance.pick(&outcome).copied().unwrap_or_default();
            let asked = v1::CloseActionRequest {
                write: write("2018-11-09"),
                reference,
                outcome: outcome.into(),
                ..Default::default()
            };
            (kind, Message::CloseAction(asked))
        }
        Kind::Withdraw => {
            let asked = v1::WithdrawActionRequest {
                write: write("2018-11-09"),
                reference,
                reason: "Asked in another place.".to_owned(),
            };
            (kind, Message::WithdrawAction(asked))
        }
        Kind::Reopen => {
            let asked = v1::ReopenActionRequest {
                write: write("2018-11-09"),
                reference,
                reason: format!("It goes on after {id}."),
                due: None,
            };
            (kind, Message::ReopenAction(asked))
        }
        Kind::Split => (
            kind,
            Message::SplitAction(split(reference, write("2018-11-09"))),
        ),
        _ => {
            let other = chance.pick(known).map(|other| other.reference.clone());
            let other = other.filter(|other| kind == Kind::RespondTogether && *other != reference);
            let kind = match other {
                Some(_) => Kind::RespondTogether,
                None => Kind::Respond,
            };
            references.extend(other.clone());
            let asked = respond(reference, other, write("2018-11-09"), id);
            (kind, Message::RespondToAction(asked))
        }
    };
    Asking {
        id,
        kind,
        references,
        etag,
        message,
        by: By::Role(match kind {
            Kind::Update | Kind::Respond | Kind::RespondTogether => Role::Office,
            _ => Role::Clerk,
        }),
    }
}

fn kind(chance: &mut Chance) -> Kind {
    match chance.below(100) {
        0..25 => Kind::Raise,
        25..40 => Kind::Update,
        40..46 => Kind::Respond,
        46..60 => Kind::RespondTogether,
        60..72 => Kind::Close,
        72..76 => Kind::Withdraw,
        76..90 => Kind::Reopen,
        _ => Kind::Split,
    }
}

/// A question of two parts.
#[must_use]
pub fn any_raise(id: Uuid) -> v1::RaiseActionRequest {
    v1::RaiseActionRequest {
        write: Some(write(id, "2018-09-12")),
        series: SERIES.to_owned(),
        kind: v1::Kind::Question.into(),
        text: format!("How many lanterns were lit, and who paid for the oil of {id}?"),
        topic: "Lanterns".to_owned(),
        meeting: "september".to_owned(),
        minute: "5.2".to_owned(),
        asked_of: "opcc".to_owned(),
        raised_by: "pcp".to_owned(),
        parts: vec![
            "How many lanterns were lit?".to_owned(),
            "Who paid for the oil?".to_owned(),
        ],
        due: Some(v1::DueRule {
            rule: Some(v1::due_rule::Rule::OnDate("2018-10-10".to_owned())),
        }),
        ..Default::default()
    }
}

pub(super) fn update(
    reference: String,
    write: Option<v1::Write>,
    id: Uuid,
) -> v1::RecordUpdateRequest {
    v1::RecordUpdateRequest {
        write,
        reference,
        period: String::new(),
        progress: Some(v1::Progress {
            rag: v1::Rag::Green.into(),
            narrative: format!("The lamps of {id} are counted each night."),
            ..Default::default()
        }),
    }
}

/// A holding answer, which an action takes any number of.
pub(super) fn respond(
    reference: String,
    other: Option<String>,
    write: Option<v1::Write>,
    id: Uuid,
) -> v1::RespondToActionRequest {
    let also = other.into_iter().map(|reference| v1::AlsoAnswers {
        reference,
        coverage: vec![],
    });
    v1::RespondToActionRequest {
        write,
        reference,
        kind: v1::ResponseKind::Holding.into(),
        text: format!("We are counting them for {id}."),
        also_answers: also.collect(),
        ..Default::default()
    }
}

pub(super) fn split(reference: String, write: Option<v1::Write>) -> v1::SplitActionRequest {
    let piece = |part: &str| v1::SplitPiece {
        text: String::new(),
        parts: vec![part.to_owned()],
    };
    v1::SplitActionRequest {
        write,
        reference,
        pieces: vec![piece("a"), piece("b")],
        series: SERIES.to_owned(),
        reason: "Two questions for two owners.".to_owned(),
    }
}
