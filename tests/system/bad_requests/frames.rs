//! What is no message of the call, or no gRPC at all: bytes that break off, that are not text, that are
//! too many; frames, content types and methods that are not of this contract.

use super::callers::one_of_each;
use super::contract::{encoded, every_field, method, path, request, say, with};
use super::good::Good;
use super::wire::{Sent, framed};
use super::world::World;
use super::{Case, Expected};
use prost_reflect::Value;
use tonic::Code;

/// A text that no good request has in it, to be found again among bytes.
const MARK: &str = "MARKED-TO-BE-BROKEN";

pub(super) fn cases(world: &World, good: &[Good]) -> Vec<Case> {
    let mut cases = not_utf8(world, good);
    for good in one_of_each(good) {
        let method = method(good.call);
        let right = encoded(&request(&method, &good.text));
        let sent = Sent::new(&path(&method), world.authorization(good.may[0]), &right);
        let mut case = |what: &str, sent: Sent, expected| {
            cases.push(Case {
                name: format!("{}, {what}", good.call),
                sent,
                expected,
            });
        };
        if !right.is_empty() {
            let short = Sent {
                body: framed(0, &right[..right.len() - 1]),
                ..sent.clone()
            };
            case("the message cut short", short, Expected::field("request"));
        }
        for (what, expected, changed) in broken_frames(&sent, &right) {
            case(what, changed, expected);
        }
        for (what, expected, changed) in too_large(good, &sent, &right) {
            case(what, changed, expected);
        }
    }
    cases.extend(no_such_calls(world));
    cases
}

/// Every text of every request, with a byte that is in no UTF-8.
fn not_utf8(world: &World, good: &[Good]) -> Vec<Case> {
    let mut cases = Vec::new();
    for good in one_of_each(good) {
        let method = method(good.call);
        let base = request(&method, &good.text);
        for steps in every_field(&base) {
            let last = steps.last().unwrap();
            let is_text = last.field.kind() == prost_reflect::Kind::String;
            if !is_text || (last.field.is_list() && last.entry.is_none()) {
                continue;
            }
            let marked = Some(Value::String(MARK.to_owned()));
            let mut message = encoded(&with(&base, &steps, marked));
            let at = message
                .windows(MARK.len())
                .position(|there| there == MARK.as_bytes());
            message[at.unwrap()] = 0xff;
            cases.push(Case {
                name: format!("{} {}: not UTF-8", good.call, say(&steps)),
                sent: Sent::new(&path(&method), world.authorization(good.may[0]), &message),
                expected: Expected::field("request"),
            });
        }
    }
    cases
}

fn broken_frames(sent: &Sent, right: &[u8]) -> Vec<(&'static str, Expected, Sent)> {
    let frame = framed(0, right);
    let with = |body: Vec<u8>| Sent {
        body,
        ..sent.clone()
    };
    let mut announced = frame.clone();
    announced[4] = announced[4].wrapping_add(1);
    let request = || Expected::field("request");
    vec![
        ("no message at all", request(), with(vec![])),
        ("half a prefix", request(), with(vec![0, 0, 0])),
        ("a byte fewer than announced", request(), with(announced)),
        (
            "a varint that does not end",
            request(),
            with(framed(
                0,
                &[
                    0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                ],
            )),
        ),
        (
            "a field of length beyond the end",
            request(),
            with(framed(0, &[0x0a, 0x7f, 0x01])),
        ),
        (
            "a field of number zero",
            request(),
            with(framed(0, &[0x02, 0x00])),
        ),
        (
            "a wire type that there is not",
            request(),
            with(framed(0, &[0x0f])),
        ),
        (
            "a group that does not end",
            request(),
            with(framed(0, &[0xfb, 0x01])),
        ),
        (
            "random bytes",
            request(),
            with(framed(0, &[0xde, 0xad, 0xbe, 0xef, 0x00, 0xff])),
        ),
        ("said to be compressed", request(), with(framed(1, right))),
        (
            "compressed in no known way",
            request(),
            with(framed(7, right)),
        ),
        (
            "of an encoding that is not spoken",
            Expected::below(200, Code::Unimplemented, "br"),
            Sent {
                headers: vec![("grpc-encoding", "br")],
                ..sent.clone()
            },
        ),
        (
            "of another content type",
            Expected::below(415, Code::Ok, ""),
            Sent {
                content_type: "application/json",
                ..sent.clone()
            },
        ),
        (
            "of the content type of gRPC-Web",
            Expected::below(415, Code::Ok, ""),
            Sent {
                content_type: "application/grpc-web+proto",
                ..sent.clone()
            },
        ),
    ]
}

fn too_large(good: &Good, sent: &Sent, right: &[u8]) -> Vec<(&'static str, Expected, Sent)> {
    let padded = |bytes: usize| {
        // A field that the contract does not have: 1000, of a length.
        let mut message = right.to_vec();
        prost::encoding::bytes::encode(1000, &vec![b'x'; bytes], &mut message);
        Sent {
            body: framed(0, &message),
            ..sent.clone()
        }
    };
    let limit = |bytes: usize| {
        Expected::below(
            200,
            Code::OutOfRange,
            format!("the limit is: {bytes} bytes"),
        )
    };
    let is_write = good.text.starts_with("write");
    let limit_of = if is_write { 1 << 20 } else { 64 << 10 };
    vec![
        ("a byte too large", limit(limit_of), padded(limit_of)),
        ("four megabytes large", limit(limit_of), padded(4 << 20)),
    ]
}

/// Calls and services that there are not, and a method of HTTP that gRPC does not use.
fn no_such_calls(world: &World) -> Vec<Case> {
    let unknown = |path: &str| Case {
        name: format!("{path} is no call"),
        sent: Sent::new(path, world.authorization(super::good::Who::Clerk), &[]),
        expected: Expected::below(200, Code::Unimplemented, ""),
    };
    let paths = [
        "/matters.v1.CommandService/DeleteAction",
        "/matters.v1.CommandService/raiseAction",
        "/matters.v1.CommandService/RaiseAction/",
        "/matters.v1.CommandService/",
        "/matters.v1.QueryService/RaiseAction",
        "/matters.v1.AuditService/ListActions",
        "/matters.v2.CommandService/RaiseAction",
        "/matters.v1.AdminService/Purge",
        "/",
        "/metrics",
        "/%2e%2e/%2e%2e/etc/passwd",
    ];
    paths.into_iter().map(unknown).collect()
}
