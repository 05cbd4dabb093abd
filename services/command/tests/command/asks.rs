//! Requests in few words, for tests to vary.

use crate::call;
use crate::rig::{Caller, write};
use api::v1;

pub(crate) const DRUGS: &str = "drugs-and-alcohol-misuse";
pub(crate) const MEETING: &str = "pcp-2018-09-12";

/// The day of the meeting.
pub(crate) const MET: &str = "2018-09-12";

pub(crate) fn on_date(date: &str) -> Option<v1::DueRule> {
    Some(v1::DueRule {
        rule: Some(v1::due_rule::Rule::OnDate(date.to_owned())),
    })
}

pub(crate) fn twenty_days() -> Option<v1::DueRule> {
    Some(v1::DueRule {
        rule: Some(v1::due_rule::Rule::WorkingDays(v1::WorkingDays {
            days: 20,
            calendar: 0,
        })),
    })
}

pub(crate) fn body(id: &str, name: &str, kind: v1::BodyKind) -> v1::RegisterBodyRequest {
    v1::RegisterBodyRequest {
        write: write("2017-04-01"),
        id: id.to_owned(),
        name: name.to_owned(),
        kind: kind.into(),
    }
}

pub(crate) fn group(id: &str, name: &str) -> v1::RegisterGroupRequest {
    v1::RegisterGroupRequest {
        write: write("2017-04-01"),
        id: id.to_owned(),
        name: name.to_owned(),
        board: "ccssb".to_owned(),
        details: Some(v1::GroupDetails {
            aliases: vec![format!("{name} Delivery Group")],
            lead_bodies: vec!["The Constabulary".to_owned()],
            objectives: vec![],
        }),
    }
}

pub(crate) fn series(id: &str, year: i32) -> v1::OpenSeriesRequest {
    v1::OpenSeriesRequest {
        write: write("2018-01-02"),
        id: id.to_owned(),
        body: "pcp".to_owned(),
        year,
        pattern: "PCP/{year}/{n:03}".to_owned(),
        title: String::new(),
    }
}

pub(crate) fn meeting(id: &str, held_on: &str) -> v1::ArrangeMeetingRequest {
    v1::ArrangeMeetingRequest {
        write: write("2018-01-02"),
        id: id.to_owned(),
        body: "pcp".to_owned(),
        held_on: held_on.to_owned(),
        title: String::new(),
    }
}

/// The Panel, the office, a board, two groups, a meeting, a series.
pub(crate) async fn standard_register(clerk: &Caller) {
    let bodies = [
        ("pcp", "Police and Crime Panel", v1::BodyKind::Panel),
        (
            "opcc",
            "Office of the Commissioner",
            v1::BodyKind::CommissionerOffice,
        ),
        ("ccssb", "Community Safety Board", v1::BodyKind::Board),
    ];
    for (id, name, kind) in bodies {
        call!(clerk, register_body, body(id, name, kind)).unwrap();
    }
    call!(
        clerk,
        register_group,
        group(DRUGS, "Drugs and Alcohol Misuse")
    )
    .unwrap();
    call!(clerk, register_group, group("prevent", "Prevent")).unwrap();
    call!(clerk, open_series, series("pcp-2018", 2018)).unwrap();
    call!(clerk, arrange_meeting, meeting(MEETING, MET)).unwrap();
}

/// A question of two parts at the September meeting, due on 10 October 2018.
pub(crate) fn question() -> v1::RaiseActionRequest {
    v1::RaiseActionRequest {
        write: write(MET),
        series: "pcp-2018".to_owned(),
        kind: v1::Kind::Question.into(),
        text: "How many lanterns were lit, and who paid for the oil?".to_owned(),
        topic: "Lanterns".to_owned(),
        meeting: MEETING.to_owned(),
        minute: "5.2".to_owned(),
        asked_of: "opcc".to_owned(),
        raised_by: "Police and Crime Panel".to_owned(),
        parts: vec![
            "How many lanterns were lit?".to_owned(),
            "Who paid for the oil?".to_owned(),
        ],
        due: twenty_days(),
        ..Default::default()
    }
}

pub(crate) fn delegate(reference: &str, to: &str) -> v1::DelegateActionRequest {
    v1::DelegateActionRequest {
        write: write("2018-09-20"),
        reference: reference.to_owned(),
        to: to.to_owned(),
        due_on: String::new(),
        note: String::new(),
    }
}

pub(crate) fn respond(reference: &str) -> v1::RespondToActionRequest {
    v1::RespondToActionRequest {
        write: write("2018-11-09"),
        reference: reference.to_owned(),
        kind: v1::ResponseKind::Substantive.into(),
        text: "Forty, and the oil was given.".to_owned(),
        ..Default::default()
    }
}

pub(crate) fn close(reference: &str, outcome: v1::Outcome) -> v1::CloseActionRequest {
    v1::CloseActionRequest {
        write: write("2018-11-09"),
        reference: reference.to_owned(),
        outcome: outcome.into(),
        ..Default::default()
    }
}

pub(crate) fn withdraw(reference: &str) -> v1::WithdrawActionRequest {
    v1::WithdrawActionRequest {
        write: write("2018-11-09"),
        reference: reference.to_owned(),
        reason: "Asked in another place.".to_owned(),
    }
}

pub(crate) fn progress(rag: v1::Rag) -> v1::Progress {
    v1::Progress {
        rag: rag.into(),
        narrative: "The lamps are counted each night.".to_owned(),
        ..Default::default()
    }
}

pub(crate) fn split(reference: &str) -> v1::SplitActionRequest {
    let piece = |part: &str| v1::SplitPiece {
        text: String::new(),
        parts: vec![part.to_owned()],
    };
    v1::SplitActionRequest {
        write: write("2018-11-09"),
        reference: reference.to_owned(),
        pieces: vec![piece("a"), piece("b")],
        series: "pcp-2018".to_owned(),
        reason: "Two questions for two owners.".to_owned(),
    }
}

pub(crate) fn restrict(reference: &str) -> v1::RestrictActionRequest {
    v1::RestrictActionRequest {
        write: write("2018-11-09"),
        reference: reference.to_owned(),
        ground: Some(v1::Ground {
            ground: Some(v1::ground::Ground::OperationallySensitive(true)),
        }),
        reason: "It would show where the oil is kept.".to_owned(),
        review_on: "2019-11-09".to_owned(),
        explanation: "An answer is held back for now.".to_owned(),
        public_title: String::new(),
    }
}
