//! The same bad requests over the one stream that takes any write: refused there as by their own call.

use super::contract::pool;
use super::wire::{Refused, Sent, framed, send};
use super::world::World;
use super::{Case, Expected};
use api::v1;
use api::v1::bulk_write_response::Answer;
use prost::Message as _;
use prost::bytes::Bytes;
use tonic::{Code, Status};

/// The stream.
const BULK: &str = "/matters.v1.CommandService/BulkWrite";

/// One of so many is sent over the stream too: they are decided by the same code behind it.
const EVERY: usize = 5;

/// Bad writes, and a request of the stream that asks for nothing.
pub(super) fn cases(world: &World, cases: &[Case]) -> Vec<Case> {
    let mut bulk: Vec<Case> = cases.iter().step_by(EVERY).filter_map(in_bulk).collect();
    let clerk = world.authorization(super::good::Who::Clerk);
    bulk.push(Case {
        name: "BulkWrite of nothing".to_owned(),
        sent: Sent::new(BULK, clerk, &[]),
        expected: Expected::field("ask"),
    });
    bulk
}

/// The same, of what some call refused by itself: other refusals are of the call, not of the request.
fn in_bulk(case: &Case) -> Option<Case> {
    let call = case.sent.path.strip_prefix("/matters.v1.CommandService/")?;
    let of_itself = case.expected.reason.is_some()
        && case.expected.code != Code::Unauthenticated
        && case.expected.fields != ["request"];
    if !of_itself {
        return None;
    }
    let bulk = pool().get_message_by_name("matters.v1.BulkWriteRequest")?;
    let asked = format!("{call}Request");
    let field = bulk.fields().find(|field| {
        field
            .kind()
            .as_message()
            .is_some_and(|of| of.name() == asked)
    })?;
    let mut message = Vec::new();
    prost::encoding::bytes::encode(field.number(), &case.sent.body[5..].to_vec(), &mut message);
    Some(Case {
        name: format!("{}, in bulk", case.name),
        sent: Sent {
            path: BULK.to_owned(),
            body: framed(0, &message),
            ..case.sent.clone()
        },
        expected: case.expected.clone(),
    })
}

/// Sends one over the stream: the refusal that its answer holds.
pub(super) async fn refusal(world: &World, case: &Case) -> Option<Refused> {
    let answer = match send(&world.channel, &case.sent).await {
        Ok(bytes) => {
            v1::BulkWriteResponse::decode(bytes?.as_slice())
                .unwrap()
                .answer
        }
        Err(refused) => return Some(refused),
    };
    let Some(Answer::Refused(refused)) = answer else {
        return None;
    };
    let details = Bytes::from(refused.details);
    let status = Status::with_details(Code::from_i32(refused.code), refused.message, details);
    Some(Refused::of(200, &status))
}
