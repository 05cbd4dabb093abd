//! How fresh an answer is.

use chrono::{DateTime, Utc};
use event_log::Sequence;
use projection::{ReadStatus, Token};

use super::token::write_token;
use crate::v1;

/// The freshness of an answer that takes in everything up to `position`.
#[must_use]
pub fn freshness(status: &ReadStatus, position: Sequence, now: DateTime<Utc>) -> v1::Freshness {
    let token = status.incarnation.as_ref().map(|incarnation| {
        write_token(&Token {
            incarnation: incarnation.clone(),
            sequence: position,
        })
    });
    v1::Freshness {
        position,
        token: token.unwrap_or_default(),
        as_at: Some(timestamp(now)),
        lag_events: status.head.saturating_sub(position),
        lag: Some(prost_types::Duration {
            seconds: i64::try_from(status.lag_seconds).unwrap_or(i64::MAX),
            nanos: 0,
        }),
    }
}

/// An instant as a message.
#[must_use]
pub fn timestamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.timestamp(),
        nanos: i32::try_from(at.timestamp_subsec_nanos()).unwrap_or(0),
    }
}
