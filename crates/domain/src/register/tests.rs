//! The rules of the register: each entry once and again, each refusal, names over time.

pub(crate) mod fixture;
pub(crate) mod laws;
mod refused;

use self::fixture::{ENTERED_ON, day, enter, led_by, line, slug, standard};
use super::{BodyKind, Command, PartyKind, decide};
use crate::calendar::Quarter;
use crate::calendar::returns::ReturnDueRule;

fn rename_body(id: &str, name: &str) -> Command {
    Command::RenameBody {
        id: slug(id),
        name: line(name),
    }
}

fn end_group(id: &str, succeeded_by: Option<&str>) -> Command {
    Command::EndGroup {
        id: slug(id),
        succeeded_by: succeeded_by.map(slug),
    }
}

fn set_up(id: &str, name: &str) -> Command {
    Command::RegisterGroup {
        id: slug(id),
        name: line(name),
        board: slug("ccssb"),
        details: led_by(&["The Constabulary"]),
    }
}

#[test]
fn the_standard_register_has_everybody() {
    let register = standard();
    let counts = (
        register.bodies.len(),
        register.groups.len(),
        register.meetings.len(),
    );
    assert_eq!(counts, (6, 9, 4));
    let group = register.group("Drugs and Alcohol Delivery Group").unwrap();
    assert_eq!(group.id, slug("drugs-and-alcohol-misuse"));
    assert_eq!(group.details.lead_bodies.len(), 2);
    let next = register
        .next_meeting(&slug("pcp"), day("2018-09-12"))
        .unwrap();
    assert_eq!(next.held_on, day("2018-12-05"));
    assert!(
        register
            .next_meeting(&slug("pcp"), day("2018-12-05"))
            .is_none()
    );
}

#[test]
fn names_are_those_of_the_day() {
    let mut register = standard();
    enter(
        &mut register,
        "2019-01-01",
        &rename_body("bcb", "Board of Business"),
    );
    enter(
        &mut register,
        "2018-01-01",
        &rename_body("bcb", "Business Board"),
    );
    let rows = [
        ("2016-01-01", "Business Coordination Board"),
        ("2017-12-31", "Business Coordination Board"),
        ("2018-01-01", "Business Board"),
        ("2018-12-31", "Business Board"),
        ("2019-01-01", "Board of Business"),
    ];
    for (on, name) in rows {
        // It is found by any name it ever had, and called by the name of the day.
        for called in ["bcb", "business COORDINATION board", "Board of Business"] {
            assert_eq!(
                register.party(called, day(on)).unwrap().name,
                line(name),
                "{on}"
            );
        }
    }
}

#[test]
fn a_name_leads_to_who_had_it_on_the_day() {
    let mut register = standard();
    enter(
        &mut register,
        "2018-10-01",
        &set_up("a-new-prevent", "Prevent"),
    );
    enter(
        &mut register,
        "2018-09-30",
        &end_group("prevent", Some("a-new-prevent")),
    );
    let rows = [
        ("Prevent", "2018-09-30", "prevent"),
        ("Prevent", "2018-10-01", "a-new-prevent"),
        ("prevent", "2018-10-01", "prevent"),
    ];
    for (called, on, id) in rows {
        let party = register.party(called, day(on)).unwrap();
        assert_eq!(
            (party.kind, party.id),
            (PartyKind::Group, slug(id)),
            "{called} {on}"
        );
    }
}

#[test]
fn groups_live_from_their_first_day_to_their_last() {
    let mut register = standard();
    enter(&mut register, "2018-09-30", &end_group("prevent", None));
    let group = register.group("prevent").unwrap();
    let rows = [
        ("2017-03-31", false),
        (ENTERED_ON, true),
        ("2018-09-30", true),
        ("2018-10-01", false),
    ];
    for (on, active) in rows {
        assert_eq!(group.active_on(day(on)), active, "{on}");
    }
}

#[test]
fn a_board_says_when_it_wants_returns() {
    let mut register = standard();
    let q3: Quarter = "2018-19-q3".parse().unwrap();
    let due =
        |register: &super::Register| register.return_due_on(register.group("prevent").unwrap(), q3);
    assert_eq!(due(&register), day("2019-02-28"));
    let rule = Command::ScheduleReturns {
        board: slug("ccssb"),
        rule: ReturnDueRule::DaysAfter { days: 42 },
    };
    enter(&mut register, "2018-04-01", &rule);
    assert_eq!(due(&register), day("2019-02-11"));
    assert_eq!(decide(&register, day("2018-05-01"), &rule), Ok(vec![]));
}

#[test]
fn a_body_that_ended_keeps_what_it_had_and_takes_nothing_new() {
    let mut register = standard();
    let end = Command::EndBody {
        id: slug("cjb"),
        succeeded_by: Some(slug("bcb")),
    };
    enter(&mut register, "2018-12-31", &end);
    assert_eq!(decide(&register, day("2018-12-31"), &end), Ok(vec![]));
    let meeting = |held: &str| Command::ArrangeMeeting {
        id: slug("cjb-meets"),
        body: slug("cjb"),
        held_on: day(held),
        title: None,
    };
    assert!(decide(&register, day("2019-06-01"), &meeting("2018-12-31")).is_ok());
    let said = decide(&register, day("2018-06-01"), &meeting("2019-01-01")).unwrap_err();
    assert_eq!(
        said.to_string(),
        "cjb ended on 31 December 2018; it takes no more entries"
    );
    let kind = register.body("cjb").unwrap().kind;
    assert_eq!(kind, BodyKind::Board);
}
