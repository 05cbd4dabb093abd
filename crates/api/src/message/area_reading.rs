//! What every read says: the area, the time from which it looks, the write it must show.

use chrono::{DateTime, Utc};
use domain::text::Slug;
use projection::{AsOf, Token};
use serde::Serialize;

use super::{fields, token};
use crate::failure::Violations;
use crate::v1;

/// Where and from when a read looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The force area.
    pub area: Slug,
    /// From which point of time.
    pub as_of: AsOf,
    /// The write that the answer must take in. No part of what makes a list the same list.
    #[serde(skip)]
    pub token: Option<Token>,
}

/// Reads the `reading` of a request; what is wrong is added to the violations.
pub fn reading(given: Option<&v1::Reading>, violations: &mut Violations) -> Option<Reading> {
    let Some(given) = given else {
        violations.add("reading", "is missing; give at least reading.area");
        return None;
    };
    let area = fields::area("reading.area", &given.area, violations);
    let as_of = as_of("reading.as_of", given.as_of.as_ref(), violations);
    let token = (!given.token.is_empty()).then(|| token::read_token(&given.token));
    if token == Some(None) {
        violations.add(
            "reading.token",
            "is not a token that a write gave; send it as it came, or leave it out",
        );
    }
    Some(Reading {
        area: area?,
        as_of: as_of?,
        token: token.flatten(),
    })
}

/// Reads a point of time; nothing given is the present.
pub fn as_of(field: &str, given: Option<&v1::AsOf>, violations: &mut Violations) -> Option<AsOf> {
    let Some(given) = given else {
        return Some(AsOf::NOW);
    };
    let before = violations.iter().count();
    let true_on = fields::optional_day(&format!("{field}.true_on"), &given.true_on, violations);
    let known_at = given.known_at.as_ref().and_then(|at| {
        let instant = instant(at);
        if instant.is_none() {
            violations.add(
                format!("{field}.known_at"),
                "is no instant; give seconds since 1970 of the years 2000 to 2100 and 0 to \
                 999,999,999 nanoseconds",
            );
        }
        instant
    });
    if given.known_at.is_some() && given.known_position != 0 {
        violations.add(
            format!("{field}.known_position"),
            "is given together with known_at; give one of the two",
        );
    }
    (violations.iter().count() == before).then_some(AsOf {
        true_on,
        known_at,
        known_position: (given.known_position != 0).then_some(given.known_position),
    })
}

fn instant(at: &prost_types::Timestamp) -> Option<DateTime<Utc>> {
    /// 1 January 2000 and 1 January 2101, in seconds since 1970.
    const RANGE: std::ops::Range<i64> = 946_684_800..4_133_980_800;
    let nanos = u32::try_from(at.nanos)
        .ok()
        .filter(|n| *n < 1_000_000_000)?;
    RANGE
        .contains(&at.seconds)
        .then(|| DateTime::from_timestamp(at.seconds, nanos))
        .flatten()
}
