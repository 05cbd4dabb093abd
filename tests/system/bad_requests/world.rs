//! One server with a small record in which every good request finds what it speaks of.

use super::contract::{encoded, method, path, request};
use super::good::{AREA, Who, next_id, write};
use super::wire::{Sent, connect, send};
use crate::rig::{Server, Way};
use api::v1;
use chrono::{DateTime, TimeDelta, Utc};
use domain::policy::Principal;
use identity::Issuer;
use prost::Message as _;
use std::collections::HashMap;
use tempfile::TempDir;
use tonic::transport::Channel;

/// A server, its record, and who may ask it.
pub(super) struct World {
    pub(super) server: Server,
    pub(super) folder: TempDir,
    pub(super) channel: Channel,
    tokens: HashMap<&'static str, String>,
    /// Tokens that do not count, by what is wrong with them.
    pub(super) bad_tokens: Vec<(&'static str, Vec<u8>, &'static str)>,
    /// A token of the clerk of another area.
    pub(super) elsewhere: Vec<u8>,
    /// The response to PCP/2018/007.
    pub(super) response: String,
}

#[allow(
    clippy::disallowed_methods,
    reason = "tokens are judged by the server's clock, which is the machine's"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}

fn principal(who: Who, area: &str) -> Principal {
    let (role, group) = who.role();
    Principal {
        subject: format!("{who:?}"),
        name: format!("The {who:?}"),
        role,
        group: group.map(ToOwned::to_owned),
        area: area.to_owned(),
    }
}

fn issue(issuer: &Issuer, who: Who, area: &str, at: DateTime<Utc>) -> String {
    let id = next_id();
    let hour = TimeDelta::hours(1);
    issuer.issue(&principal(who, area), hour, at, id).unwrap()
}

fn bearer(token: &str) -> Vec<u8> {
    format!("Bearer {token}").into_bytes()
}

/// Tokens that do not count, each with the reason that is given.
fn bad_tokens(issuer: &Issuer, stranger: &Issuer) -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let good = issue(issuer, Who::Clerk, AREA, now());
    let (head, rest) = good.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    // {"alg":"none"} and {"alg":"HS256"}
    let none = format!("eyJhbGciOiJub25lIn0.{body}.");
    let symmetric = format!("eyJhbGciOiJIUzI1NiJ9.{body}.{signature}");
    let expired = issue(
        issuer,
        Who::Clerk,
        AREA,
        "2018-09-12T10:00:00Z".parse().unwrap(),
    );
    let future = issue(issuer, Who::Clerk, AREA, now() + TimeDelta::days(30));
    let foreign = issue(stranger, Who::Clerk, AREA, now());
    let other = issue(issuer, Who::Office, AREA, now());
    let mixed = format!("{head}.{}.{signature}", other.split('.').nth(1).unwrap());
    let (missing, refused) = ("TOKEN_MISSING", "TOKEN_REFUSED");
    vec![
        ("an expired token", bearer(&expired), "TOKEN_EXPIRED"),
        ("a token of the future", bearer(&future), refused),
        ("a token of another issuer", bearer(&foreign), refused),
        ("a token signed by nobody", bearer(&none), refused),
        ("a token of a symmetric key", bearer(&symmetric), refused),
        (
            "another's claims under this signature",
            bearer(&mixed),
            refused,
        ),
        (
            "a token cut short",
            bearer(&good[..good.len() - 7]),
            refused,
        ),
        (
            "a token of two parts",
            bearer(&format!("{head}.{body}")),
            refused,
        ),
        ("an empty token", b"Bearer ".to_vec(), missing),
        ("nonsense for a token", bearer("nonsense"), refused),
        (
            "a name and a password",
            b"Basic Y2xlcms6Y2xlcms=".to_vec(),
            missing,
        ),
        (
            "a token that is not ASCII",
            b"Bearer \xff\xfe".to_vec(),
            refused,
        ),
        (
            "a token of 9,000 characters",
            bearer(&"A".repeat(9_000)),
            refused,
        ),
    ]
}

impl World {
    /// Starts the server and records what the good requests speak of.
    pub(super) async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data").display().to_string();
        let serve = ["serve", "--data", &data, "--listen", "127.0.0.1:0"];
        let serve = [&serve[..], &["--metrics", "127.0.0.1:0"]].concat();
        let server = Way::nowhere()
            .and("RUST_LOG", "warn")
            .serve(&serve, "serving at");
        let issuer = Issuer::open_or_create(&folder.path().join("data/identity")).unwrap();
        let stranger = Issuer::open_or_create(&folder.path().join("stranger")).unwrap();
        let token = |who: Who| (who.name(), issue(&issuer, who, AREA, now()));
        let mut world = Self {
            channel: connect(&server.url).await,
            tokens: Who::SIGNED_IN.into_iter().map(token).collect(),
            bad_tokens: bad_tokens(&issuer, &stranger),
            elsewhere: bearer(&issue(&issuer, Who::Clerk, "norfolk", now())),
            response: String::new(),
            server,
            folder,
        };
        world.record().await;
        world
    }

    /// The header with which somebody signs in.
    pub(super) fn authorization(&self, who: Who) -> Option<Vec<u8>> {
        self.tokens.get(who.name()).map(|token| bearer(token))
    }

    /// A token of a role, for the command line.
    pub(super) fn token(&self, who: Who) -> &str {
        &self.tokens[who.name()]
    }

    /// A call by somebody, with a request in text form.
    pub(super) fn call(&self, who: Who, call: &str, text: &str) -> Sent {
        let method = method(call);
        let message = encoded(&request(&method, text));
        Sent::new(&path(&method), self.authorization(who), &message)
    }

    /// Records something, which must succeed.
    pub(super) async fn done(&self, who: Who, call: &str, text: &str) -> v1::Written {
        let sent = self.call(who, call, text);
        let answer = send(&self.channel, &sent).await;
        let bytes = answer.unwrap_or_else(|refused| panic!("{call} {text}: {refused:?}"));
        // Every answer to a write has what was written in its first field.
        let answer = v1::RaiseActionResponse::decode(bytes.unwrap().as_slice()).unwrap();
        answer.written.unwrap()
    }

    /// The end of the log, over all areas, as the log itself says.
    pub(super) async fn end(&self) -> u64 {
        let text = format!("area: \"{AREA}\" reference: \"PCP/2018/001\"");
        let sent = self.call(Who::Auditor, "GetHistory", &text);
        let bytes = send(&self.channel, &sent).await.unwrap().unwrap();
        let answer = v1::GetHistoryResponse::decode(bytes.as_slice()).unwrap();
        let freshness = answer.freshness.unwrap();
        freshness.position + freshness.lag_events
    }

    async fn record(&mut self) {
        let early = write_early;
        let body = |id: &str, name: &str, kind: &str| {
            early(&format!("id: \"{id}\" name: \"{name}\" kind: {kind}"))
        };
        for (id, name, kind) in [
            ("pcp", "The Panel", "BODY_KIND_PANEL"),
            ("opcc", "The Office", "BODY_KIND_COMMISSIONER_OFFICE"),
            ("board", "The Board", "BODY_KIND_BOARD"),
            ("old-body", "The Old Body", "BODY_KIND_PARTNER"),
        ] {
            self.done(Who::Clerk, "RegisterBody", &body(id, name, kind))
                .await;
        }
        for (id, name) in [
            ("drugs", "Drugs"),
            ("prevent", "Prevent"),
            ("old-group", "Old"),
        ] {
            let group = format!(
                "id: \"{id}\" name: \"{name}\" board: \"board\" details {{ lead_bodies: \"The Board\" }}"
            );
            self.done(Who::Clerk, "RegisterGroup", &early(&group)).await;
        }
        let series = "id: \"pcp-2018\" body: \"pcp\" year: 2018 pattern: \"PCP/{year}/{n:03}\"";
        self.done(Who::Clerk, "OpenSeries", &early(series)).await;
        let meeting = "id: \"september\" body: \"pcp\" held_on: \"2018-09-12\"";
        self.done(Who::Clerk, "ArrangeMeeting", &early(meeting))
            .await;
        for number in 1..=22 {
            let text = format!(
                "{} series: \"pcp-2018\" kind: KIND_QUESTION text: \"How many lanterns?\" \
                 meeting: \"september\" asked_of: \"opcc\" raised_by: \"pcp\" parts: \"How many?\" \
                 parts: \"Who paid?\" due {{ on_date: \"2018-10-10\" }}",
                write("2018-09-12")
            );
            let written = self.done(Who::Clerk, "RaiseAction", &text).await;
            assert_eq!(written.reference, format!("PCP/2018/{number:03}"));
        }
        self.put_into_their_states().await;
    }

    async fn put_into_their_states(&mut self) {
        let step = |number: u8, rest: &str| {
            format!(
                "{} reference: \"PCP/2018/{number:03}\" {rest}",
                write("2018-10-01")
            )
        };
        for number in 2..=5 {
            self.done(
                Who::Office,
                "DelegateAction",
                &step(number, "to: \"drugs\""),
            )
            .await;
        }
        for number in 4..=5 {
            self.done(Who::Drugs, "AcceptDelegation", &step(number, ""))
                .await;
        }
        let respond = step(7, "kind: RESPONSE_KIND_SUBSTANTIVE text: \"Forty.\"");
        let written = self.done(Who::Office, "RespondToAction", &respond).await;
        self.response = written.response_id;
        self.done(
            Who::Clerk,
            "PauseClock",
            &step(10, "reason: \"An election.\""),
        )
        .await;
        let restrict = step(
            12,
            "ground { legal_advice: true } reason: \"Advice.\" review_on: \"2019-10-01\" \
             explanation: \"Held back.\"",
        );
        self.done(Who::Clerk, "RestrictAction", &restrict).await;
        for number in [15, 21] {
            let close = step(number, "outcome: OUTCOME_NOTED");
            self.done(Who::Clerk, "CloseAction", &close).await;
        }
        let withdraw = step(22, "reason: \"Asked elsewhere.\"");
        self.done(Who::Clerk, "WithdrawAction", &withdraw).await;
        let sent = format!(
            "{} group: \"drugs\" quarter: \"Q1 2018/19\" content {{ overall: RAG_GREEN }}",
            write("2018-10-01")
        );
        self.done(Who::Drugs, "SubmitReturn", &sent).await;
    }
}

/// An entry of the register, from before the meeting.
fn write_early(rest: &str) -> String {
    format!("{} {rest}", write("2018-01-02"))
}
