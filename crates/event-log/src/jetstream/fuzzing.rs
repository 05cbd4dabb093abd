//! Doors for the crate `fuzz` to what is read of a message of the stream.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::headers;
use super::stored::Stored;
use crate::{Append, Incarnation, Record};

/// The header block of an append, as the server keeps it.
#[must_use]
pub fn headers_of(append: &Append) -> Vec<u8> {
    let mut block = String::from("NATS/1.0\r\n");
    for (name, values) in headers::of(append).iter() {
        for value in values {
            block.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    block.push_str("\r\n");
    block.into_bytes()
}

/// The record that a message with this header block is: one of this program, or a foreign one. `None` when
/// the server's answer cannot be read.
#[must_use]
pub fn message(block: &[u8], body: &[u8]) -> Option<Record> {
    let answer = json!({
        "subject": "evt.cambs.action.PCP/2018/014",
        "seq": 7,
        "hdrs": STANDARD.encode(block),
        "data": STANDARD.encode(body),
        "time": "2018-11-09T10:00:00.123456Z",
    });
    let stored = Stored::answered(&answer)?;
    Some(stored.record(|| Incarnation("3f1c".to_owned())))
}
