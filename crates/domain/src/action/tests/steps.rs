//! Each step: what follows, and that asking again records nothing.

use super::examples::*;
use super::harness::given;
use crate::action::{
    ActionEvent, Command, Coverage, Ground, LinkKind, Outcome, Protocol, Rag, Raise, Remit,
    ResponseKind, Sensitivity,
};
use crate::calendar::deadline::DueRule;
use crate::register::tests::fixture::{day, line, reference, text};

#[test]
fn raising_keeps_what_was_asked_and_how_its_date_was_reached() {
    let command = Command::Raise(Box::new(raise()));
    let begun = given([])
        .when(RAISED_ON, &command)
        .then([ActionEvent::Raised(Box::new(raised()))]);
    let action = begun.action();
    assert_eq!(action.due.current, Some(day(DUE_ON)));
    assert_eq!(action.due.first, Some(day(DUE_ON)));
    // A number of a series was chosen for it, so whoever has it already is somebody else.
    begun
        .when(RAISED_ON, &command)
        .then_rejected("PCP/2018/014 is taken by another action, raised on 12 September 2018");
}

#[test]
fn raising_under_a_reference_of_its_own_twice_is_raising_it_once() {
    let own = Raise {
        numbered: None,
        ..raise()
    };
    let begun = given([])
        .when(RAISED_ON, &Command::Raise(Box::new(own.clone())))
        .happened()
        .when(RAISED_ON, &Command::Raise(Box::new(own.clone())))
        .then_nothing();
    let other = Raise {
        text: text("Where does the oil come from?"),
        ..own
    };
    begun
        .when(RAISED_ON, &Command::Raise(Box::new(other)))
        .then_rejected("PCP/2018/014 is taken by another action, raised on 12 September 2018");
}

#[test]
fn an_action_may_have_no_date_for_a_reason() {
    let undated = Raise {
        due: DueRule::NoneAgreed {
            reason: "It was only noted".into(),
        },
        meeting: None,
        ..raise()
    };
    let action = given([])
        .when(RAISED_ON, &Command::Raise(Box::new(undated)))
        .happened()
        .action();
    assert_eq!(action.raised.due.date(), None);
    assert_eq!(action.due.none_agreed, Some(line("It was only noted")));
    assert!(!action.overdue(day("2030-01-01")));
}

#[test]
fn triage_names_the_protocol_in_force_on_the_day() {
    let triaged = |protocol| ActionEvent::Triaged {
        remit: Remit::Commissioner,
        protocol,
        sensitivity: Sensitivity::None,
        note: None,
    };
    let mut given = asked();
    given.today = day("2023-12-31");
    given
        .when("2023-07-02", &triage())
        .then([triaged(Protocol::Order2011)])
        .when("2023-07-02", &triage())
        .then_nothing()
        .when("2023-07-03", &triage())
        .then([triaged(Protocol::Order2023)])
        .when("2023-07-04", &triage())
        .then_nothing();
}

#[test]
fn delegating_finds_a_group_by_its_alias_and_it_accepts_once() {
    let group = "drugs-and-alcohol-misuse";
    asked()
        .when("2018-09-14", &delegate("drugs AND alcohol delivery group"))
        .then([delegated(group)])
        .when("2018-09-20", &delegate("Drugs and Alcohol Misuse"))
        .then_nothing()
        .when("2018-09-21", &Command::AcceptDelegation)
        .then([ActionEvent::DelegationAccepted { by: party(group) }])
        .when("2018-09-22", &Command::AcceptDelegation)
        .then_nothing();
}

#[test]
fn delegating_again_with_its_note_on_the_day_records_nothing() {
    let command = Command::Delegate {
        to: lookup("prevent"),
        due: Some(day("2018-10-01")),
        note: Some(text("Part b is yours")),
    };
    asked()
        .when("2018-09-14", &command)
        .happened()
        .when("2018-09-14", &command)
        .then_nothing()
        .when("2018-09-15", &command)
        .then_rejected(
            "PCP/2018/014 has been with Prevent since 14 September 2018; transfer it instead",
        );
}

#[test]
fn who_declines_has_it_no_longer_and_it_can_be_given_again() {
    let decline = Command::DeclineDelegation {
        reason: text("Not our lanterns"),
    };
    let declined = asked()
        .and([("2018-09-14", delegated("prevent"))])
        .when("2018-09-20", &decline)
        .then([ActionEvent::DelegationDeclined {
            by: party("prevent"),
            reason: text("Not our lanterns"),
        }])
        .when("2018-09-20", &decline)
        .then_nothing();
    assert_eq!(declined.action().holder(), None);
    declined
        .when("2018-09-21", &delegate("prevent"))
        .then([delegated("prevent")]);
}

#[test]
fn a_transfer_begins_the_delegation_anew() {
    let moved = asked()
        .and([("2018-09-14", delegated("prevent"))])
        .when("2018-09-21", &transfer("Mental Health"))
        .then([ActionEvent::Transferred {
            from: party("prevent"),
            to: party("mental-health"),
            due: None,
            reason: text("It is theirs"),
        }])
        .when("2018-09-21", &transfer("mental-health"))
        .then_nothing();
    assert_eq!(moved.action().holder(), Some(&party("mental-health")));
    moved
        .when("2018-09-22", &transfer("mental-health"))
        .then_rejected("PCP/2018/014 is with Mental Health already, since 21 September 2018");
}

#[test]
fn an_update_keeps_the_last_rag_when_it_gives_none() {
    let action = asked()
        .when("2019-01-20", &update(Some(Rag::Amber), Some("More oil")))
        .happened()
        .when("2019-02-20", &update(None, None))
        .happened()
        .action();
    let progress = action.progress.expect("progress");
    assert_eq!(
        (progress.on, progress.rag),
        (day("2019-02-20"), Some(Rag::Amber))
    );
}

#[test]
fn an_update_recorded_late_is_not_the_latest_word() {
    let action = asked()
        .when("2019-02-20", &update(Some(Rag::Red), Some("More oil")))
        .happened()
        .when("2019-01-20", &update(Some(Rag::Green), None))
        .happened()
        .action();
    let progress = action.progress.expect("progress");
    assert_eq!(
        (progress.on, progress.rag),
        (day("2019-02-20"), Some(Rag::Red))
    );
}

#[test]
fn a_response_without_coverage_answers_what_is_not_settled() {
    asked()
        .when("2018-11-09", &respond(1, &[("b", Coverage::Withheld)]))
        .happened()
        .when("2018-11-20", &respond(2, &[]))
        .then([ActionEvent::Responded {
            response: response(2),
            kind: ResponseKind::Substantive,
            text: text("Forty, and the parish"),
            coverage: covers(&[("a", Coverage::Answered)]),
            citations: vec![],
            also_answers: vec![],
            expected_on: None,
        }])
        .when("2018-11-20", &respond(2, &[]))
        .then_nothing();
}

#[test]
fn a_correction_is_true_from_the_day_of_the_response() {
    let coverage = [("a", Coverage::NotAddressed)];
    let corrected = ActionEvent::ResponseCorrected {
        response: response(1),
        responded_on: day("2018-11-09"),
        text: None,
        coverage: covers(&coverage),
        citations: None,
        reason: text("Counted again"),
    };
    assert_eq!(corrected.true_from(day("2018-12-01")), day("2018-11-09"));
    let after = asked()
        .when("2018-11-09", &respond(1, &[]))
        .happened()
        .when("2018-12-01", &correct(1, None, &coverage))
        .then([corrected])
        .when("2018-12-01", &correct(1, None, &coverage))
        .then_nothing();
    let answered = after.action();
    assert_eq!(answered.responses[0].corrections, 1);
    assert_eq!(answered.answered_on(), Some(day("2018-11-09")));
}

#[test]
fn a_correction_does_not_outdo_a_later_response() {
    let twice = asked()
        .when("2018-11-09", &respond(1, &[("a", Coverage::NotAddressed)]))
        .happened()
        .when("2018-11-20", &respond(2, &[("a", Coverage::Answered)]))
        .happened()
        .when(
            "2018-11-30",
            &correct(1, None, &[("a", Coverage::Withheld)]),
        )
        .happened();
    assert_eq!(twice.action().parts[0].coverage, Coverage::Answered);
}

#[test]
fn the_day_of_a_delegation_moves_by_delegating_again() {
    let again = Command::Delegate {
        to: lookup("prevent"),
        due: Some(day("2018-12-01")),
        note: None,
    };
    let moved = asked()
        .and([("2018-09-14", delegated("prevent"))])
        .when("2018-10-01", &again)
        .happened();
    let delegation = moved.action().delegation.expect("a delegation");
    assert_eq!(delegation.due, Some(day("2018-12-01")));
}

#[test]
fn moving_a_date_keeps_the_first_and_counts() {
    let moved = asked()
        .when("2018-10-01", &move_due("2018-11-01"))
        .then([ActionEvent::DueDateMoved {
            from: Some(day(DUE_ON)),
            to: deadline(&on_date("2018-11-01"), "2018-10-01"),
            reason: text("More time was asked for"),
        }])
        .when("2018-10-01", &move_due("2018-11-01"))
        .then_nothing();
    let due = moved.action().due;
    assert_eq!(
        (due.first, due.current, due.moves),
        (Some(day(DUE_ON)), Some(day("2018-11-01")), 1)
    );
}

#[test]
fn a_stopped_clock_moves_the_date_and_is_not_a_move() {
    let running = asked()
        .when("2018-10-01", &pause())
        .then([ActionEvent::ClockPaused {
            reason: text("Waiting for the Panel to say which lanterns"),
        }])
        .when("2018-10-01", &pause())
        .then_nothing()
        .when("2018-10-08", &Command::ResumeClock)
        .then([ActionEvent::ClockResumed {
            paused_on: day("2018-10-01"),
            days: 7,
            due: Some(day("2018-10-17")),
        }])
        .when("2018-10-08", &Command::ResumeClock)
        .then_nothing();
    let due = running.action().due;
    assert_eq!(
        (due.first, due.current, due.moves),
        (Some(day(DUE_ON)), Some(day("2018-10-17")), 0)
    );
}

#[test]
fn restricting_and_lifting() {
    let ground = Ground::Schedule12a { paragraph: 7 };
    let lifted = asked()
        .when("2018-09-14", &restrict(ground, "2019-09-14"))
        .then([ActionEvent::Restricted {
            ground,
            reason: text("It would show where the oil is kept"),
            review_on: day("2019-09-14"),
            explanation: text("An answer is held back for now"),
            public_title: None,
            also: vec![],
        }])
        .when("2018-10-14", &restrict(ground, "2019-09-14"))
        .then_nothing()
        .when("2018-12-01", &lift())
        .then([ActionEvent::RestrictionLifted {
            reason: text("The oil was moved"),
        }])
        .when("2018-12-01", &lift())
        .then_nothing();
    assert_eq!(lifted.action().restriction, None);
}

#[test]
fn closing_what_was_answered_and_opening_it_again() {
    let closed = asked()
        .when("2018-11-09", &respond(1, &[]))
        .happened()
        .when("2018-11-10", &propose(Outcome::Answered))
        .then([ActionEvent::ClosureProposed {
            outcome: Outcome::Answered,
            reason: text("Nothing more to say"),
        }])
        .when("2018-11-12", &propose(Outcome::Answered))
        .then_nothing()
        .when("2018-12-05", &close(Outcome::Answered))
        .then([ActionEvent::Closed {
            outcome: Outcome::Answered,
            reason: None,
            superseded_by: None,
        }])
        .when("2018-12-05", &close(Outcome::Answered))
        .then_nothing();
    let again = Some(on_date("2019-03-01"));
    closed
        .when("2019-02-01", &reopen(again.clone()))
        .then([ActionEvent::Reopened {
            reason: text("A lantern went out"),
            due: Some(deadline(&on_date("2019-03-01"), "2019-02-01")),
        }])
        .when("2019-02-01", &reopen(again))
        .then_nothing()
        .when("2019-02-02", &reopen(None))
        .then_rejected("PCP/2018/014 is not closed; there is nothing to reopen");
}

#[test]
fn withdrawing_once() {
    asked()
        .when("2018-09-20", &withdraw())
        .then([ActionEvent::Withdrawn {
            reason: text("Asked by mistake"),
        }])
        .when("2018-09-20", &withdraw())
        .then_nothing();
}

#[test]
fn linking_once_closed_or_not() {
    let link = Command::Link {
        kind: LinkKind::DuplicateOf,
        other: reference("PCP/2018/003"),
    };
    asked()
        .when("2018-09-20", &withdraw())
        .happened()
        .when("2018-09-21", &link)
        .then([ActionEvent::Linked {
            kind: LinkKind::DuplicateOf,
            other: reference("PCP/2018/003"),
        }])
        .when("2018-09-22", &link)
        .then_nothing();
}

#[test]
fn splitting_closes_what_was_split() {
    let pieces: [(&str, &[&str]); 2] = [("PCP/2018/015", &["a"]), ("PCP/2018/016", &["b"])];
    let Command::Split { into, reason } = split(&pieces) else {
        unreachable!("that is what it makes");
    };
    let done = asked()
        .when("2018-09-20", &split(&pieces))
        .then([
            ActionEvent::Split { into, reason },
            ActionEvent::Closed {
                outcome: Outcome::Superseded,
                reason: None,
                superseded_by: None,
            },
        ])
        .when("2018-09-21", &split(&pieces))
        .then_nothing();
    let children = done.action().children;
    assert_eq!(
        children,
        [reference("PCP/2018/015"), reference("PCP/2018/016")]
    );
}

#[test]
fn an_undertaking_is_given_in_a_response() {
    let promise = Command::GiveUndertaking {
        response: response(1),
        child: reference("PCP/2018/020"),
    };
    asked()
        .when("2018-11-09", &respond(1, &[]))
        .happened()
        .when("2018-11-09", &promise)
        .then([ActionEvent::UndertakingGiven {
            response: response(1),
            child: reference("PCP/2018/020"),
        }])
        .when("2018-11-30", &promise)
        .then_nothing();
}
