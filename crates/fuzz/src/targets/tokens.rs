//! What clients carry for the program: tokens of writes, of pages, of people.

use super::{Target, said, text};
use api::failure::Failure;
use api::message::{List, Reading, read_token, write_token};
use chrono::{DateTime, TimeDelta, Utc};
use domain::policy::{Principal, Role};
use domain::reference::Reference;
use domain::text::Slug;
use event_log::Incarnation;
use identity::{Issuer, Verifier};
use projection::{AsOf, Cursor, Filter, Sort, Token};
use std::sync::OnceLock;

pub(super) fn targets() -> Vec<Target> {
    vec![
        Target {
            name: "write-token",
            most: 512,
            corpus: write_tokens,
            give: write,
        },
        Target {
            name: "page-token",
            most: 1_024,
            corpus: page_tokens,
            give: page,
        },
        Target {
            name: "bearer-token",
            most: 2_048,
            corpus: || vec![signed().1.clone().into_bytes()],
            give: bearer,
        },
    ]
}

fn write_tokens() -> Vec<Vec<u8>> {
    let token = |incarnation: &str, sequence| {
        let incarnation = Incarnation(incarnation.to_owned());
        write_token(&Token {
            incarnation,
            sequence,
        })
        .into_bytes()
    };
    vec![
        token("3f1c", 77),
        token("", 0),
        token("1b4e28ba-2fa1-41d2-883f-0016d3cca427", u64::MAX),
    ]
}

/// A token that is read is the only one of what it says.
fn write(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    let read = read_token(text);
    if let Some(token) = &read {
        assert_eq!(write_token(token), text);
    }
    read.is_some()
}

fn lists() -> (Reading, Filter) {
    let reading = Reading {
        area: Slug::new("cambs").unwrap(),
        as_of: AsOf::NOW,
        token: None,
    };
    let filter = Filter {
        open: Some(true),
        ..Filter::default()
    };
    (reading, filter)
}

fn cursor(sort: Sort) -> Cursor {
    Cursor {
        sort,
        as_of: AsOf::NOW,
        position: 77,
        after: b"PCP/2018/014".to_vec(),
        reference: Reference::new("PCP/2018/014").unwrap(),
    }
}

fn page_tokens() -> Vec<Vec<u8>> {
    let (reading, filter) = lists();
    let list = |of, sort| List {
        of,
        reading: &reading,
        filter: &filter,
        sort,
        since: None,
    };
    let mut tokens = write_tokens();
    for of in ["ListActions", "ReplayActions"] {
        for sort in [Sort::DUE, Sort::REFERENCE] {
            let token = list(of, sort).page_token(&cursor(sort)).unwrap();
            tokens.push(token.into_bytes());
        }
    }
    tokens
}

/// Refused as a page token, or one that this very list gives out.
fn page(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    let (reading, filter) = lists();
    let list = List {
        of: "ListActions",
        reading: &reading,
        filter: &filter,
        sort: Sort::REFERENCE,
        since: None,
    };
    match list.cursor(text) {
        Ok(None) => text.is_empty(),
        Ok(Some(cursor)) => {
            assert_eq!(list.page_token(&cursor).unwrap(), text);
            true
        }
        Err(error) => {
            assert_eq!(error, Failure::PageToken);
            said(error);
            false
        }
    }
}

fn then() -> DateTime<Utc> {
    "2018-11-09T10:00:00Z".parse().unwrap()
}

/// A key, and a token of it.
fn signed() -> &'static (Verifier, String) {
    static SIGNED: OnceLock<(Verifier, String)> = OnceLock::new();
    SIGNED.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("matters-fuzz-{}", std::process::id()));
        let issuer = Issuer::open_or_create(&folder).unwrap();
        let principal = Principal {
            subject: "clerk".to_owned(),
            name: "The Clerk".to_owned(),
            role: Role::Clerk,
            group: None,
            area: "cambs".to_owned(),
        };
        let id = uuid::Uuid::from_u128(7);
        let token = issuer
            .issue(&principal, TimeDelta::hours(1), then(), id)
            .unwrap();
        let verifier = issuer.verifier().unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        (verifier, token)
    })
}

/// Nothing but what was signed is believed.
fn bearer(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    let (verifier, token) = signed();
    match verifier.verify(text, then()) {
        Ok(principal) => {
            assert_eq!((text, principal.role), (token.as_str(), Role::Clerk));
            true
        }
        Err(error) => {
            assert_ne!(text, token);
            said(error);
            false
        }
    }
}
