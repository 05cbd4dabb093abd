//! The requests that clients send, each from its own chance and what is known of the actions.

use crate::chance::Chance;
use crate::history::Kind;
use api::v1;
use domain::policy::{Principal, Role};
use uuid::Uuid;

/// The force area of everything here.
pub const AREA: &str = "cambridgeshire-peterborough";

/// The series whose numbers are claimed.
pub const SERIES: &str = "pcp-2018";

/// One request of the contract.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each is the message it holds")]
pub enum Message {
    Raise(v1::RaiseActionRequest),
    Update(v1::RecordUpdateRequest),
    Respond(v1::RespondToActionRequest),
    Close(v1::CloseActionRequest),
    Withdraw(v1::WithdrawActionRequest),
    Reopen(v1::ReopenActionRequest),
    Split(v1::SplitActionRequest),
    Move(v1::MoveDueDateRequest),
}

/// Sends a message to whatever has the calls of the contract, a service or a client of one.
#[macro_export]
macro_rules! send {
    ($to:expr, $message:expr, $request:expr) => {{
        use $crate::request::Message;
        macro_rules! to {
            ($call:ident, $asked:expr) => {
                $to.$call($request($asked.clone()))
                    .await
                    .map(|answer| answer.into_inner().written.unwrap_or_default())
            };
        }
        match $message {
            Message::Raise(asked) => to!(raise_action, asked),
            Message::Update(asked) => to!(record_update, asked),
            Message::Respond(asked) => to!(respond_to_action, asked),
            Message::Close(asked) => to!(close_action, asked),
            Message::Withdraw(asked) => to!(withdraw_action, asked),
            Message::Reopen(asked) => to!(reopen_action, asked),
            Message::Split(asked) => to!(split_action, asked),
            Message::Move(asked) => to!(move_due_date, asked),
        }
    }};
}

/// A request as it will be sent, again and again the same.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The request id.
    pub id: Uuid,
    /// What is asked for.
    pub kind: Kind,
    /// The actions it names.
    pub references: Vec<String>,
    /// The position that the client had read.
    pub etag: Option<u64>,
    /// The message.
    pub message: Message,
}

impl Asking {
    /// The role that may ask for this.
    #[must_use]
    pub fn role(&self) -> Role {
        match self.kind {
            Kind::Update | Kind::Respond | Kind::RespondTogether => Role::Office,
            _ => Role::Clerk,
        }
    }
}

/// Somebody in a role.
#[must_use]
pub fn principal(role: Role) -> Principal {
    Principal {
        subject: format!("{}-1", role.as_str()),
        name: format!("Somebody of {}", role.as_str()),
        role,
        group: None,
        area: AREA.to_owned(),
    }
}

/// A new request: of the actions that are known, with the last positions their clients were told.
pub fn any(chance: &mut Chance, known: &[(String, u64)]) -> Asking {
    let id = chance.id();
    let kind = kind(chance);
    let chosen = chance.pick(known).cloned();
    let (Some((reference, last)), false) = (chosen, kind == Kind::Raise) else {
        return Asking {
            id,
            kind: Kind::Raise,
            references: vec![],
            etag: None,
            message: Message::Raise(any_raise(id)),
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
            Message::Update(update(reference, write("2018-10-02"), id)),
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
            (kind, Message::Close(asked))
        }
        Kind::Withdraw => {
            let asked = v1::WithdrawActionRequest {
                write: write("2018-11-09"),
                reference,
                reason: "Asked in another place.".to_owned(),
            };
            (kind, Message::Withdraw(asked))
        }
        Kind::Reopen => {
            let asked = v1::ReopenActionRequest {
                write: write("2018-11-09"),
                reference,
                reason: format!("It goes on after {id}."),
                due: None,
            };
            (kind, Message::Reopen(asked))
        }
        Kind::Split => (kind, Message::Split(split(reference, write("2018-11-09")))),
        _ => {
            let other = chance.pick(known).map(|(other, _)| other.clone());
            let other = other.filter(|other| kind == Kind::RespondTogether && *other != reference);
            let kind = match other {
                Some(_) => Kind::RespondTogether,
                None => Kind::Respond,
            };
            references.extend(other.clone());
            let asked = respond(reference, other, write("2018-11-09"), id);
            (kind, Message::Respond(asked))
        }
    };
    Asking {
        id,
        kind,
        references,
        etag,
        message,
    }
}

/// A new request as [`any`] makes it, or one to move a due date: what simulations ask for stays as it
/// was, so that their seeds do.
pub fn any_or_move(chance: &mut Chance, known: &[(String, u64)]) -> Asking {
    let moved = chance.percent(12);
    let Some((reference, _)) = chance.pick(known).filter(|_| moved).cloned() else {
        return any(chance, known);
    };
    let id = chance.id();
    let due = format!("2018-10-{}", chance.between(11, 31));
    let asked = v1::MoveDueDateRequest {
        write: Some(write(id, "2018-10-02")),
        reference: reference.clone(),
        due: Some(v1::DueRule {
            rule: Some(v1::due_rule::Rule::OnDate(due)),
        }),
        reason: format!("The lamps of {id} are to be counted again."),
    };
    Asking {
        id,
        kind: Kind::Move,
        references: vec![reference],
        etag: None,
        message: Message::Move(asked),
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

/// What every request says first.
#[must_use]
pub fn write(id: Uuid, on: &str) -> v1::Write {
    v1::Write {
        request_id: id.to_string(),
        area: AREA.to_owned(),
        on: on.to_owned(),
        etag: String::new(),
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

fn update(reference: String, write: Option<v1::Write>, id: Uuid) -> v1::RecordUpdateRequest {
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
fn respond(
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

fn split(reference: String, write: Option<v1::Write>) -> v1::SplitActionRequest {
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

/// The register that the requests speak of: two bodies, a series, a meeting.
#[must_use]
pub fn register_requests() -> (
    Vec<v1::RegisterBodyRequest>,
    v1::OpenSeriesRequest,
    v1::ArrangeMeetingRequest,
) {
    let id = |of: &str| Uuid::new_v5(&Uuid::NAMESPACE_OID, of.as_bytes());
    let body = |name: &str, said: &str, kind: v1::BodyKind| v1::RegisterBodyRequest {
        write: Some(write(id(name), "2017-04-01")),
        id: name.to_owned(),
        name: said.to_owned(),
        kind: kind.into(),
    };
    let bodies = vec![
        body("pcp", "Police and Crime Panel", v1::BodyKind::Panel),
        body(
            "opcc",
            "Office of the Commissioner",
            v1::BodyKind::CommissionerOffice,
        ),
    ];
    let series = v1::OpenSeriesRequest {
        write: Some(write(id("series"), "2018-01-02")),
        id: SERIES.to_owned(),
        body: "pcp".to_owned(),
        year: 2018,
        pattern: "PCP/{year}/{n:03}".to_owned(),
        title: String::new(),
    };
    let meeting = v1::ArrangeMeetingRequest {
        write: Some(write(id("meeting"), "2018-01-02")),
        id: "september".to_owned(),
        body: "pcp".to_owned(),
        held_on: "2018-09-12".to_owned(),
        title: String::new(),
    };
    (bodies, series, meeting)
}
