//! Where an action stands after what happened: status, coverage, and whether it is late.

use super::examples::*;
use super::harness::Given;
use crate::action::{Command, Coverage, Outcome, ResponseKind, Status};
use crate::register::tests::fixture::{day, reference};

/// Commands, each on its day.
type Steps<'a> = &'a [(&'a str, Command)];

/// Applies commands one after another, each of which must be accepted.
fn after(commands: Steps<'_>) -> Given {
    commands.iter().fold(asked(), |given, (on, command)| {
        given.when(on, command).happened()
    })
}

#[test]
fn status_and_coverage_of_the_whole() {
    use Coverage::*;
    let rows: [(Steps<'_>, Status, Coverage); 8] = [
        (&[], Status::Open, Pending),
        (
            &[("2018-10-01", hold(1, &[]))],
            Status::HoldingResponse,
            Pending,
        ),
        (
            &[("2018-11-09", respond(1, &[("a", Answered)]))],
            Status::PartAnswered,
            AnsweredInPart,
        ),
        (
            &[(
                "2018-11-09",
                respond(1, &[("a", Answered), ("b", NotAddressed)]),
            )],
            Status::PartAnswered,
            AnsweredInPart,
        ),
        (
            &[(
                "2018-11-09",
                respond(1, &[("a", Signposted), ("b", Signposted)]),
            )],
            Status::Answered,
            Signposted,
        ),
        (
            &[
                ("2018-11-09", respond(1, &[])),
                ("2018-11-10", propose(Outcome::Answered)),
            ],
            Status::ProposedToClose,
            Answered,
        ),
        (
            &[("2018-11-09", close(Outcome::Noted))],
            Status::Closed,
            Pending,
        ),
        (&[("2018-11-09", withdraw())], Status::Withdrawn, Pending),
    ];
    for (commands, status, coverage) in rows {
        let action = after(commands).action();
        assert_eq!(
            (action.status(), action.coverage()),
            (status, coverage),
            "{commands:?}"
        );
    }
}

#[test]
fn overdue_from_the_day_after() {
    let rows: [(&str, Steps<'_>, &str, bool); 8] = [
        ("on the day", &[], "2018-10-10", false),
        ("the day after", &[], "2018-10-11", true),
        (
            "holding quiets no clock",
            &[("2018-10-09", hold(1, &[]))],
            "2018-10-11",
            true,
        ),
        (
            "answered",
            &[("2018-10-20", respond(1, &[]))],
            "2018-10-21",
            false,
        ),
        (
            "answered in part",
            &[("2018-10-20", respond(1, &[("a", Coverage::Answered)]))],
            "2018-10-21",
            true,
        ),
        (
            "moved",
            &[("2018-10-10", move_due("2018-11-01"))],
            "2018-11-01",
            false,
        ),
        ("stopped", &[("2018-10-05", pause())], "2018-12-31", false),
        (
            "closed",
            &[("2018-12-05", close(Outcome::NotPursued))],
            "2018-12-31",
            false,
        ),
    ];
    for (case, commands, as_at, late) in rows {
        assert_eq!(after(commands).action().overdue(day(as_at)), late, "{case}");
    }
}

#[test]
fn correcting_coverage_back_makes_an_answer_owed_again() {
    let given = after(&[
        ("2018-11-09", respond(1, &[])),
        (
            "2018-12-01",
            correct(1, None, &[("b", Coverage::NotAddressed)]),
        ),
    ]);
    assert_eq!(given.action().status(), Status::PartAnswered);
    given
        .when("2018-12-05", &close(Outcome::Answered))
        .then_rejected("part b of PCP/2018/014 is not addressed; it cannot be closed as answered");
}

#[test]
fn a_holding_response_answers_nothing_even_when_corrected() {
    let given = after(&[("2018-10-01", hold(1, &[]))]);
    assert_eq!(given.action().answered_on(), None);
    let words = after(&[
        ("2018-10-01", hold(1, &[])),
        ("2018-10-02", correct(1, Some("We are still counting"), &[])),
    ]);
    assert_eq!(words.action().status(), Status::HoldingResponse);
    assert_eq!(words.action().responses[0].kind, ResponseKind::Holding);
    given
        .when(
            "2018-10-02",
            &correct(1, None, &[("a", Coverage::Answered)]),
        )
        .then_rejected(
            "a holding response answers nothing yet; send a substantive response to cover a part",
        );
}

#[test]
fn what_took_its_place_is_kept_until_it_is_opened_again() {
    let closed = after(&[("2018-12-05", superseded_by("PCP/2018/015"))]);
    assert_eq!(
        closed.action().superseded_by,
        Some(reference("PCP/2018/015"))
    );
    let reopened = closed
        .when("2018-12-05", &superseded_by("PCP/2018/016"))
        .then_rejected("PCP/2018/014 was closed on 5 December 2018 as superseded; reopen it first")
        .when("2018-12-06", &reopen(None))
        .happened();
    assert_eq!(reopened.action().superseded_by, None);
}

#[test]
fn a_move_back_to_a_date_that_was_moved_from_is_a_move() {
    let moved = after(&[
        ("2018-10-01", move_due("2018-11-01")),
        ("2018-10-02", move_due(DUE_ON)),
    ]);
    assert_eq!(moved.action().due.moves, 2);
    assert_eq!(moved.action().due.current, Some(day(DUE_ON)));
}
