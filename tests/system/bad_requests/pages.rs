//! Tokens of pages and of writes that this list, or this log, did not give out.

use super::contract::{encoded, method, path, request};
use super::good::{AREA, Who};
use super::wire::{Sent, send};
use super::world::World;
use super::{Case, Expected};
use api::message::write_token;
use api::v1;
use event_log::Incarnation;
use projection::Token;
use prost::Message as _;
use tonic::Code;

/// The lists that are read page by page, and who reads them.
const LISTS: [(&str, Who, &str); 3] = [
    ("ListActions", Who::Clerk, "order: ORDER_REFERENCE"),
    ("ListChanges", Who::Clerk, "position: 1"),
    ("ReplayActions", Who::Auditor, "order: ORDER_REFERENCE"),
];

fn reading(token: &str) -> String {
    format!("reading {{ area: \"{AREA}\" token: \"{token}\" }}")
}

pub(super) async fn cases(world: &World) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut given = Vec::new();
    for (call, who, rest) in LISTS {
        given.push((call, next_page(world, call, who, rest).await));
    }
    for (call, who, rest) in LISTS {
        let own = &given.iter().find(|(of, _)| *of == call).unwrap().1;
        for (what, token) in wrong_pages(own) {
            let expected =
                Expected::refused(Code::InvalidArgument, "PAGE_TOKEN_WRONG", "page token");
            cases.push(listed(world, call, who, rest, &what, &token, expected));
        }
        for (other, token) in given.iter().filter(|(of, _)| *of != call) {
            let expected =
                Expected::refused(Code::InvalidArgument, "PAGE_TOKEN_WRONG", "page token");
            let what = format!("the page token of {other}");
            cases.push(listed(world, call, who, rest, &what, token, expected));
        }
        for (what, changed) in [
            ("another filter", "filter { open: true }"),
            (
                "another area of time",
                "filter { due_from: \"2018-01-01\" }",
            ),
        ] {
            let expected =
                Expected::refused(Code::InvalidArgument, "PAGE_TOKEN_WRONG", "page token");
            let rest = format!("{rest} {changed}");
            let what = format!("its page token with {what}");
            cases.push(listed(world, call, who, &rest, &what, own, expected));
        }
    }
    cases.extend(other_logs(world));
    cases
}

fn listed(
    world: &World,
    call: &str,
    who: Who,
    rest: &str,
    what: &str,
    token: &str,
    expected: Expected,
) -> Case {
    let text = format!(
        "{} page_size: 2 page_token: \"{token}\" {rest}",
        reading("")
    );
    Case {
        name: format!("{call} with {what}"),
        sent: world.call(who, call, &text),
        expected,
    }
}

/// The token of the second page.
async fn next_page(world: &World, call: &str, who: Who, rest: &str) -> String {
    let text = format!("{} page_size: 2 {rest}", reading(""));
    let answer = send(&world.channel, &world.call(who, call, &text)).await;
    let bytes = answer.unwrap().unwrap();
    let token = match call {
        "ListActions" => {
            v1::ListActionsResponse::decode(bytes.as_slice())
                .unwrap()
                .next_page_token
        }
        "ListChanges" => {
            v1::ListChangesResponse::decode(bytes.as_slice())
                .unwrap()
                .next_page_token
        }
        _ => {
            v1::ReplayActionsResponse::decode(bytes.as_slice())
                .unwrap()
                .next_page_token
        }
    };
    assert!(!token.is_empty(), "{call}");
    token
}

fn wrong_pages(own: &str) -> Vec<(String, String)> {
    let flipped = |at: usize| {
        let mut bytes = own.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let mut wrong = vec![
        (
            "nonsense for a page token".to_owned(),
            "nonsense".to_owned(),
        ),
        ("a number for a page token".to_owned(), "2".to_owned()),
        (
            "a path for a page token".to_owned(),
            "../../etc/passwd".to_owned(),
        ),
        (
            "a page token of 60,000 characters".to_owned(),
            "A".repeat(60_000),
        ),
        ("its page token twice".to_owned(), format!("{own}{own}")),
        ("its page token padded".to_owned(), format!("{own}==")),
        ("its page token with a space".to_owned(), format!(" {own}")),
        (
            "its page token cut by one".to_owned(),
            own[..own.len() - 1].to_owned(),
        ),
        (
            "its page token without its head".to_owned(),
            own[1..].to_owned(),
        ),
        (
            "half of its page token".to_owned(),
            own[..own.len() / 2].to_owned(),
        ),
    ];
    for at in (0..own.len()).step_by(own.len() / 12) {
        wrong.push((format!("its page token changed at {at}"), flipped(at)));
    }
    wrong
}

/// Tokens of writes that another log gave out, or that are of the future.
fn other_logs(world: &World) -> Vec<Case> {
    let token = write_token(&Token {
        incarnation: Incarnation("another-log".into()),
        sequence: 3,
    });
    let calls = [
        ("ListActions", ""),
        ("CountActions", ""),
        ("GetAction", "reference: \"PCP/2018/001\""),
        ("ListChanges", "position: 1"),
        ("WatchActions", ""),
        ("GetReturnsMatrix", ""),
        ("GetReturn", "group: \"drugs\" quarter: \"Q1 2018/19\""),
        ("GetMeetingCoverage", "meeting: \"september\""),
        ("GetPerformance", ""),
        ("GetRegister", ""),
        (
            "GetRequest",
            "request_id: \"1b4e28ba-2fa1-41d2-883f-0016d3cca427\"",
        ),
        ("ReplayActions", ""),
    ];
    let case = |(call, rest): (&str, &str)| {
        let who = if call == "ReplayActions" {
            Who::Auditor
        } else {
            Who::Clerk
        };
        let method = method(call);
        let text = format!("{} {rest}", reading(&token));
        let message = encoded(&request(&method, &text));
        Case {
            name: format!("{call} with the token of a write to another log"),
            sent: Sent::new(&path(&method), world.authorization(who), &message),
            expected: Expected::refused(
                Code::FailedPrecondition,
                "TOKEN_OF_OTHER_LOG",
                "another log",
            ),
        }
    };
    calls.into_iter().map(case).collect()
}
