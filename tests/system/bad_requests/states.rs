//! What the world as it stands does not allow: actions that are not there, closed ones, days out of
//! order, somebody else's change in between, and each rule of the domain that a request can break.

use super::good::{AREA, Who, all, write};
use super::world::World;
use super::{Case, Expected};
use tonic::Code;

/// The calls that take a step of an action, in the order of the contract.
const STEPS: [&str; 19] = [
    "TriageAction",
    "DelegateAction",
    "AcceptDelegation",
    "DeclineDelegation",
    "TransferAction",
    "RecordUpdate",
    "RespondToAction",
    "CorrectResponse",
    "MoveDueDate",
    "PauseClock",
    "ResumeClock",
    "RestrictAction",
    "LiftRestriction",
    "ProposeClosure",
    "CloseAction",
    "WithdrawAction",
    "LinkActions",
    "SplitAction",
    "RaiseUndertaking",
];

/// What may be done to a closed action too, or is refused for another reason first.
const ALSO_WHEN_CLOSED: [&str; 6] = [
    "ReopenAction",
    "CorrectResponse",
    "RestrictAction",
    "LiftRestriction",
    "LinkActions",
    "RaiseUndertaking",
];

pub(super) fn cases(world: &World) -> Vec<Case> {
    let mut cases = every_step(world);
    let rows = include_str!("states.txt").lines();
    let rows = rows.filter(|row| !row.is_empty() && !row.starts_with('#'));
    cases.extend(rows.map(|row| of_row(world, row)));
    cases
}

fn case(world: &World, who: Who, call: &str, what: &str, text: &str, expected: Expected) -> Case {
    Case {
        name: format!("{call}: {what}"),
        sent: world.call(who, call, text),
        expected,
    }
}

/// A request with another reference in place of its own, which is the first that it names.
fn about(text: &str, reference: &str) -> String {
    let (head, rest) = text.split_once("reference: \"").unwrap();
    let (_, tail) = rest.split_once('"').unwrap();
    format!("{head}reference: \"{reference}\"{tail}")
}

fn on(text: &str, day: &str) -> String {
    text.replacen("on: \"2018-11-20\"", &format!("on: \"{day}\""), 1)
}

/// What holds of every step alike.
fn every_step(world: &World) -> Vec<Case> {
    let mut cases = Vec::new();
    for good in all(&world.response) {
        let is_step = STEPS.contains(&good.call) || good.call == "ReopenAction";
        // Two of them change the due date of one action in two ways: the first will do.
        if !is_step
            || cases
                .iter()
                .any(|case: &Case| case.name == format!("{}: of no action", good.call))
        {
            continue;
        }
        // A group may act only where it was asked, so somebody else asks about what nobody has.
        let (who, code, reason, says) = match good.may[0] {
            Who::Drugs => (
                Who::Drugs,
                Code::PermissionDenied,
                "POLICY_DENIED",
                "may not",
            ),
            who => (who, Code::NotFound, "ACTION_UNKNOWN", "PCP/2018/099"),
        };
        let unknown = about(&good.text, "PCP/2018/099");
        cases.push(case(
            world,
            who,
            good.call,
            "of no action",
            &unknown,
            Expected::refused(code, reason, says),
        ));

        let future = on(&good.text, "2100-11-20");
        let expected =
            Expected::refused(Code::InvalidArgument, "DATE_OUT_OF_ORDER", "in the future");
        cases.push(case(
            world,
            good.may[0],
            good.call,
            "in the future",
            &future,
            expected,
        ));

        let past = on(&good.text, "2018-09-11");
        let says = match good.call {
            "ReopenAction" => "11 September 2018 is before",
            _ => "11 September 2018 is before PCP/2018/0",
        };
        let expected = Expected::refused(Code::InvalidArgument, "DATE_OUT_OF_ORDER", says);
        cases.push(case(
            world,
            good.may[0],
            good.call,
            "before it was raised",
            &past,
            expected,
        ));

        let stale = good.text.replacen("write {", "write { etag: \"1\"", 1);
        let expected = Expected::refused(Code::Aborted, "CHANGED_SINCE_READ", "PCP/2018/0");
        cases.push(case(
            world,
            good.may[0],
            good.call,
            "on an old reading",
            &stale,
            expected,
        ));

        if ALSO_WHEN_CLOSED.contains(&good.call) {
            continue;
        }
        for (reference, what, says) in [
            (
                "PCP/2018/021",
                "of a closed action",
                "PCP/2018/021 was closed on 1 October 2018",
            ),
            (
                "PCP/2018/022",
                "of a withdrawn action",
                "PCP/2018/022 was withdrawn on 1 October 2018",
            ),
        ] {
            let ended = about(&good.text, reference);
            let expected = match good.may[0] {
                Who::Drugs => Expected::refused(Code::PermissionDenied, "POLICY_DENIED", "may not"),
                _ => Expected::refused(Code::FailedPrecondition, "ACTION_CLOSED", says),
            };
            cases.push(case(world, good.may[0], good.call, what, &ended, expected));
        }
    }
    cases
}

/// A row of the table beside this file.
fn of_row(world: &World, row: &'static str) -> Case {
    let columns: Vec<&'static str> = row.split(" | ").collect();
    let [who, call, what, text, code, reason, says] = columns.as_slice() else {
        panic!("{row:?} is no row of the table");
    };
    let who = Who::SIGNED_IN
        .into_iter()
        .find(|there| format!("{there:?}") == *who)
        .unwrap();
    let code = (0..=16)
        .map(Code::from_i32)
        .find(|there| format!("{there:?}") == *code)
        .unwrap();
    let text = written_out(world, text);
    let expected = match *reason {
        "FIELDS_WRONG" => Expected::field(says),
        reason => Expected::refused(code, reason, *says),
    };
    assert_eq!(expected.code, code, "{row}");
    case(world, who, call, what, &text, expected)
}

/// The request of a row, its words in capitals written out.
fn written_out(world: &World, text: &str) -> String {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let action = |on: &str, more: &str| {
        let (number, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let number: u8 = number.parse().unwrap();
        format!(
            "{} reference: \"PCP/2018/{number:03}\" {more} {rest}",
            write(on)
        )
    };
    let sent = |on: &str, group: &str| {
        let (quarter, rest) = rest.split_once(';').unwrap();
        let head = write(on);
        format!("{head} group: \"{group}\" quarter: \"{quarter}\" {rest}")
    };
    let written = match word {
        "RAISE" => {
            let question = "kind: KIND_QUESTION text: \"How?\"";
            format!("{} {question} {rest}", write("2018-09-12"))
        }
        "STEP" => action("2018-11-20", ""),
        "EARLIER" => action("2018-09-20", ""),
        "RESPOND" => action(
            "2018-11-20",
            "kind: RESPONSE_KIND_SUBSTANTIVE text: \"Yes.\"",
        ),
        "ENTRY" => format!("{} {rest}", write("2018-11-20")),
        "RETURN" => sent("2018-11-20", "drugs"),
        "LATER" => sent("2100-11-20", "drugs"),
        "NOBODY" => sent("2018-11-20", "nobody"),
        "READING" => format!("reading {{ area: \"{AREA}\" }} {rest}"),
        _ => text.to_owned(),
    };
    written.replace("RESPONSE\"", &format!("{}\"", world.response))
}
