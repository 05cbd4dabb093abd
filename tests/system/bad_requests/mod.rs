//! Bad requests by the hundred, each with a name: through gRPC, and through the command line.
//!
//! Each is refused with the code, the reason and the field that it should be, never as a fault of the
//! program; nothing is written, and the server says nothing of a panic. Most are made out of the
//! contract: every call, every field of its request, every way in which a value of that kind can be
//! wrong, one at a time in a request that is otherwise right. The rest are written by hand.

mod bulk;
mod callers;
mod command_line;
mod contract;
mod fields;
mod frames;
mod good;
mod pages;
mod states;
mod wire;
mod world;

use contract::{encoded, every_field, method, methods, path, request, say, with};
use fields::{row, table, wrong_values};
use futures::stream::{self, StreamExt as _};
use good::Good;
use std::collections::{BTreeMap, BTreeSet};
use tonic::Code;
use wire::{Refused, Sent, send};
use world::World;

/// The least number of bad requests through gRPC, and of those through the command line.
const LEAST: (usize, usize) = (5_000, 500);

/// Bad requests that are under way at one time.
const AT_ONCE: usize = 16;

/// One bad request, and what must be answered.
pub(super) struct Case {
    name: String,
    sent: Sent,
    expected: Expected,
}

/// What must be answered.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    /// Of HTTP: 200 where it is gRPC that answers.
    http: u16,
    code: Code,
    /// The reason of its `ErrorInfo`; none where tonic answers for itself.
    reason: Option<&'static str>,
    /// The fields that are named, all of them.
    fields: Vec<String>,
    /// What stands in the message.
    says: String,
}

impl Expected {
    /// A field is wrong, and no other.
    fn field(path: &str) -> Self {
        Self {
            http: 200,
            code: Code::InvalidArgument,
            reason: Some("FIELDS_WRONG"),
            fields: vec![path.to_owned()],
            says: path.to_owned(),
        }
    }

    /// Refused for another reason, with a message that tells this.
    fn refused(code: Code, reason: &'static str, says: impl Into<String>) -> Self {
        Self {
            http: 200,
            code,
            reason: Some(reason),
            fields: vec![],
            says: says.into(),
        }
    }

    /// Refused before any of our own code, by tonic or by HTTP.
    fn below(http: u16, code: Code, says: impl Into<String>) -> Self {
        Self {
            http,
            code,
            reason: None,
            fields: vec![],
            says: says.into(),
        }
    }

    /// Whether something is not as this says.
    fn differs(&self, refused: &Refused) -> bool {
        refused.http != self.http
            || refused.code != self.code
            || refused.reason.as_deref() != self.reason
            || refused.fields != self.fields
            || !refused.message.contains(&self.says)
            || (self.reason.is_some() && refused.message.trim().is_empty())
    }
}

/// Every field of every call, wrong in every way that its kind has.
fn fields_wrong(world: &World, good: &[Good]) -> Vec<Case> {
    let table = table();
    let mut seen = BTreeSet::new();
    let mut cases = Vec::new();
    for good in good {
        let method = method(good.call);
        let path = path(&method);
        let base = request(&method, &good.text);
        let authorization = world.authorization(good.may[0]);
        for steps in every_field(&base) {
            let last = steps.last().unwrap();
            let must = table
                .get(row(last).as_str())
                .unwrap_or_else(|| panic!("{} is not in the table", row(last)));
            let field = say(&steps);
            let held = value_at(&base, &steps);
            for (what, value) in wrong_values(last, must, &held) {
                let name = format!("{} {field}: {what}", good.call);
                if !seen.insert(name.clone()) {
                    continue;
                }
                let message = encoded(&with(&base, &steps, value));
                cases.push(Case {
                    name,
                    sent: Sent::new(&path, authorization.clone(), &message),
                    expected: Expected::field(&field),
                });
            }
        }
    }
    cases
}

fn value_at(
    message: &prost_reflect::DynamicMessage,
    steps: &[contract::Step],
) -> prost_reflect::Value {
    let (step, rest) = steps.split_first().unwrap();
    let held = match (message.get_field(&step.field).into_owned(), step.entry) {
        (prost_reflect::Value::List(entries), Some(at)) => entries[at].clone(),
        (held, _) => held,
    };
    match rest {
        [] => held,
        rest => value_at(held.as_message().unwrap(), rest),
    }
}

/// Sends them all; what is not as it should be, in sentences.
///
/// The end of the log is asked for after every few of them: it only ever grows, so where it stands as
/// before, none of them wrote.
async fn wrongs(world: &World, cases: &[Case], mut end: u64) -> Vec<String> {
    let mut wrong = Vec::new();
    for some in cases.chunks(AT_ONCE) {
        let told = stream::iter(some).map(|case| told(world, case));
        let told: Vec<Option<String>> = told.buffered(AT_ONCE).collect().await;
        wrong.extend(told.into_iter().flatten());
        let now = world.end().await;
        if now != end {
            let names: Vec<&str> = some.iter().map(|case| case.name.as_str()).collect();
            wrong.push(format!(
                "the log went from {end} to {now} by one of {names:?}"
            ));
            end = now;
        }
    }
    wrong
}

/// What is not as it should be with one of them.
async fn told(world: &World, case: &Case) -> Option<String> {
    let expected = &case.expected;
    let refused = match case.sent.path.ends_with("/BulkWrite") {
        true => bulk::refusal(world, case).await,
        false => send(&world.channel, &case.sent).await.err(),
    };
    match refused {
        None => Some(format!("{}: was accepted", case.name)),
        Some(refused) if expected.differs(&refused) => {
            Some(format!("{}: {refused:?}, not {expected:?}", case.name))
        }
        Some(_) => None,
    }
}

fn all_cases(world: &World, good: &[Good], pages: Vec<Case>) -> Vec<Case> {
    let mut cases = fields_wrong(world, good);
    cases.extend(callers::cases(world, good));
    cases.extend(frames::cases(world, good));
    cases.extend(states::cases(world));
    cases.extend(pages);
    cases.extend(bulk::cases(world, &cases));
    cases
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_bad_request_is_refused_with_its_reason_and_writes_nothing() {
    let mut world = World::new().await;
    let good = good::all(&world.response);
    let end = world.end().await;
    let pages = pages::cases(&world).await;
    let cases = all_cases(&world, &good, pages);
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "every case has a name of its own");
    let wrong = wrongs(&world, &cases, end).await;
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );

    let lines = command_line::wrongs(&world);
    assert!(lines.wrong.is_empty(), "{}", lines.wrong.join("\n"));
    assert_eq!(world.end().await, end);
    let count = (cases.len(), lines.count);
    assert!(count.0 >= LEAST.0 && count.1 >= LEAST.1, "{count:?}");

    // Nothing else was wrong with any of them: what they were made of is accepted.
    for good in &good {
        let sent = world.call(good.may[0], good.call, &good.text);
        if let Err(refused) = send(&world.channel, &sent).await {
            panic!("{} is good, and was refused: {refused:?}", good.call);
        }
    }
    assert!(world.end().await > end);
    assert_eq!(world.server.halt(), Some(0));
    let panicked: Vec<String> = world
        .server
        .said()
        .into_iter()
        .filter(|line| line.contains("panicked") || line.contains("ERROR"))
        .collect();
    assert!(panicked.is_empty(), "{panicked:#?}");
    eprintln!(
        "{} bad requests through gRPC, {} through the command line",
        count.0, count.1
    );
}

#[test]
fn the_table_speaks_of_every_call_and_every_field() {
    let table = table();
    let called: BTreeSet<String> = good::all("1b4e28ba-2fa1-41d2-883f-0016d3cca427")
        .iter()
        .map(|good| good.call.to_owned())
        .collect();
    let calls: BTreeSet<String> = methods().iter().map(|m| m.name().to_owned()).collect();
    assert_eq!(called, calls);
    let mut fields = BTreeMap::new();
    let mut messages: Vec<_> = methods().iter().map(|method| method.input()).collect();
    while let Some(message) = messages.pop() {
        for field in message.fields() {
            let name = format!("{}.{}", message.name(), field.name());
            if fields.insert(name, ()).is_none()
                && let prost_reflect::Kind::Message(within) = field.kind()
                && within.package_name() == "matters.v1"
            {
                messages.push(within);
            }
        }
    }
    let listed: BTreeSet<&str> = table.keys().copied().collect();
    let there: BTreeSet<&str> = fields.keys().map(String::as_str).collect();
    assert_eq!(listed, there);
}
