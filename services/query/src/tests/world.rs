//! A log on this machine, its read model, tokens, and a server on localhost.

use std::sync::Arc;
use std::time::Duration;

use api::auth::Auth;
use api::clock::Clock;
use api::v1;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use domain::policy::{Principal, Role};
use domain::stored::DECISION_TYPE;
use domain::text::Slug;
use event_log::{
    Append, Attributes, Digest, EmbeddedLog, EmbeddedOptions, EventLog, Sequence, Subject,
};
use identity::Issuer;
use projection::generate::Generator;
use projection::{Options, ReadModel, Token};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::clock::FixedClock;
use tokio_util::sync::CancellationToken;
use tonic::Request;
use tonic::transport::{Channel, Server, server::Router};
use uuid::Uuid;

pub(crate) const AREA: &str = "cambs";
/// In every restricted text, and nowhere else.
pub(crate) const CANARY: &str = "CANARY";
/// The action that holds them.
pub(crate) const HIDDEN: &str = "PCP/2018/901";

pub(crate) struct World {
    pub(crate) log: EmbeddedLog,
    pub(crate) model: ReadModel,
    pub(crate) clock: FixedClock,
    pub(crate) shutdown: CancellationToken,
    pub(crate) dir: TempDir,
    issuer: Issuer,
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::new(text).unwrap()
}

pub(crate) fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

impl World {
    /// An empty one, on 1 December 2018 at noon.
    pub(crate) async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let log = EmbeddedLog::open(dir.path().join("log"), EmbeddedOptions::default())
            .await
            .unwrap();
        let model = ReadModel::open(dir.path().join("model"), Options::default()).unwrap();
        let shutdown = CancellationToken::new();
        tokio::spawn(model.follow(Arc::new(log.clone()), shutdown.clone()));
        let issuer = Issuer::open_or_create(&dir.path().join("keys")).unwrap();
        Self {
            log,
            model,
            clock: FixedClock::at(instant("2018-12-01T12:00:00Z")),
            shutdown,
            dir,
            issuer,
        }
    }

    /// One with a register, a few actions of a meeting, and one restricted action.
    pub(crate) async fn with_a_meeting() -> Self {
        let world = Self::new().await;
        world.register().await;
        for number in 1..=3 {
            world.raise(number).await;
        }
        world.answer_the_first().await;
        world.hide().await;
        world.caught_up().await;
        world
    }

    pub(crate) fn clock(&self) -> Clock {
        let clock = self.clock.clone();
        Arc::new(move || clock.now())
    }

    pub(crate) fn auth(&self) -> Auth {
        Auth::new(Arc::new(self.issuer.verifier().unwrap()), self.clock())
    }

    /// Serves on a port of its own.
    pub(crate) async fn serve(&self, router: impl FnOnce(Server) -> Router) -> Channel {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let incoming =
            tonic::transport::server::TcpIncoming::from(listener).with_nodelay(Some(true));
        tokio::spawn(router(Server::builder()).serve_with_incoming(incoming));
        let endpoint = format!("http://{address}").parse::<tonic::transport::Endpoint>();
        endpoint.unwrap().connect().await.unwrap()
    }

    /// A request of somebody with a role.
    pub(crate) fn by<T>(&self, role: Role, message: T) -> Request<T> {
        let group = (role == Role::Group).then(|| "mental-health".to_owned());
        self.of(role, group, message)
    }

    pub(crate) fn of<T>(&self, role: Role, group: Option<String>, message: T) -> Request<T> {
        let principal = Principal {
            subject: role.as_str().to_owned(),
            name: "A Person".to_owned(),
            role,
            group,
            area: AREA.to_owned(),
        };
        let now = self.clock.now();
        let token = self
            .issuer
            .issue(&principal, TimeDelta::hours(1), now, Uuid::from_u128(7))
            .unwrap();
        let mut request = Request::new(message);
        let bearer = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", bearer);
        request
    }

    /// Appends a decision and answers its position.
    pub(crate) async fn append(&self, what: &str, on: &str, events: Value) -> Sequence {
        self.append_by(what, on, events, "clerk").await
    }

    pub(crate) async fn append_by(
        &self,
        what: &str,
        on: &str,
        events: Value,
        role: &str,
    ) -> Sequence {
        let body = json!({
            "on": on,
            "recorded_at": format!("{on}T18:00:00Z"),
            "by": { "subject": "p-1", "name": "A Person", "role": role },
            "rule": "panel-record",
            "events": events,
        });
        self.append_body(what, on, serde_json::to_vec(&body).unwrap())
            .await
    }

    pub(crate) async fn append_body(&self, what: &str, on: &str, body: Vec<u8>) -> Sequence {
        let subject = Subject::parse(&format!("evt.{AREA}.{what}")).unwrap();
        let last = self.log.last_of(&subject).await.unwrap();
        let append = Append {
            id: Uuid::new_v5(
                &Uuid::NAMESPACE_OID,
                &[subject.as_str().as_bytes(), &body].concat(),
            ),
            expected: last.map_or(0, |record| record.sequence),
            subject,
            digest: Digest::of(&body),
            attributes: Attributes {
                source: "/test".to_owned(),
                kind: DECISION_TYPE.to_owned(),
                time: instant(&format!("{on}T18:00:00Z")),
            },
            body: Bytes::from(body),
        };
        self.log.append(append).await.unwrap().sequence
    }

    /// Appends what the generator makes for this area and another.
    pub(crate) async fn generate(&self, seed: u64, count: usize) {
        let areas = [slug(AREA), slug("norfolk")];
        for made in Generator::with_pace(seed, &areas, 6).take(count) {
            self.log.append(made.append()).await.unwrap();
        }
        self.caught_up().await;
    }

    pub(crate) async fn caught_up(&self) {
        let token = Token {
            incarnation: self.log.incarnation().await.unwrap(),
            sequence: self.log.head().await.unwrap(),
        };
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        self.model.wait_for(&token, deadline).await.unwrap();
    }

    async fn register(&self) {
        let body = |id: &str, name: &str, kind: &str| {
            json!({ "type": "register.body-registered.v1",
                    "data": { "id": id, "name": name, "kind": kind } })
        };
        let group = |id: &str, name: &str| {
            json!({ "type": "register.group-registered.v1",
                    "data": { "id": id, "name": name, "board": "ccssb",
                              "details": { "aliases": [], "lead_bodies": ["Constabulary"],
                                           "objectives": [] } } })
        };
        let events = json!([
            body("pcp", "Police and Crime Panel", "panel"),
            body("opcc", "Commissioner's office", "commissioner_office"),
            body("ccssb", "Countywide Community Safety Strategic Board", "board"),
            group("drugs-and-alcohol-misuse", "Drugs and Alcohol Misuse"),
            group("mental-health", "Mental Health"),
            { "type": "register.meeting-arranged.v1",
              "data": { "id": "pcp-2018-09-12", "body": "pcp", "held_on": "2018-09-12",
                        "title": null } },
        ]);
        self.append("register", "2018-04-01", events).await;
    }

    pub(crate) async fn raise(&self, number: u32) -> Sequence {
        let reference = format!("PCP/2018/{number:03}");
        let text = format!("How many lanterns were lit in ward {number}?");
        let events = json!([raised(&reference, &text, "Lanterns")]);
        self.append(&format!("action.{reference}"), "2018-09-12", events)
            .await
    }

    async fn answer_the_first(&self) {
        let of = "action.PCP/2018/001";
        let office = "office";
        let delegated = json!([{ "type": "action.delegated.v1",
            "data": { "to": group(), "due": "2018-10-01", "note": null } }]);
        self.append_by(of, "2018-09-20", delegated, office).await;
        let moved = json!([{ "type": "action.due-date-moved.v1",
            "data": { "from": "2018-10-10",
                      "to": { "due_on": "2018-11-09",
                              "explanation": { "rule": "on_date", "date": "2018-11-09",
                                               "from": "2018-10-09" } },
                      "reason": "The officer was ill." } }]);
        self.append(of, "2018-10-09", moved).await;
        let responded = json!([{ "type": "action.responded.v1",
            "data": { "response": "0197b0c4-7a10-7000-8000-000000000001",
                      "kind": "substantive", "text": "Forty lanterns.",
                      "coverage": { "a": "answered" }, "citations": [],
                      "also_answers": [], "expected_on": null } }]);
        self.append_by(of, "2018-11-09", responded, office).await;
    }

    /// The restricted action: [`CANARY`] in every text that a stub must not show.
    async fn hide(&self) {
        let of = format!("action.{HIDDEN}");
        let raised = raised(
            HIDDEN,
            "CANARY text: where is the lamp oil?",
            "CANARY topic",
        );
        self.append(&of, "2018-09-12", json!([raised])).await;
        let events = json!([
            { "type": "action.triaged.v1",
              "data": { "remit": "operational", "protocol": "policing_protocol_order_2011",
                        "sensitivity": "whole", "note": "CANARY note" } },
            { "type": "action.delegated.v1",
              "data": { "to": group(), "due": null, "note": "CANARY delegation" } },
            { "type": "action.updated.v1",
              "data": { "period": null, "rag": "red", "narrative": "CANARY narrative",
                        "recovery": "CANARY recovery", "milestone": "CANARY milestone",
                        "expected_on": null,
                        "evidence": [{ "title": "CANARY evidence" }] } },
            { "type": "action.restricted.v1",
              "data": { "ground": { "ground": "operationally_sensitive" },
                        "reason": "CANARY reason", "review_on": "2019-03-01",
                        "explanation": "It is operationally sensitive.",
                        "public_title": null } },
        ]);
        self.append_by(&of, "2018-10-01", events, "office").await;
        let sent = json!([{ "type": "return.submitted.v1",
            "data": { "due_on": "2018-11-30",
                      "content": { "overall": "green", "position": "All is well",
                                   "updates": [
                                       update("PCP/2018/001", "Lit"), update(HIDDEN, "CANARY said"),
                                   ],
                                   "risks": null, "help_needed": null } } }]);
        let of = "return.drugs-and-alcohol-misuse.2018-19-q2";
        self.append_by(of, "2018-11-20", sent, "group").await;
        let draft = json!([{ "type": "return.drafted.v1",
            "data": { "content": { "overall": null, "position": "CANARY draft", "updates": [],
                                   "risks": null, "help_needed": null } } }]);
        let of = "return.drugs-and-alcohol-misuse.2018-19-q3";
        self.append_by(of, "2018-11-28", draft, "group").await;
    }
}

fn group() -> Value {
    json!({ "kind": "group", "id": "drugs-and-alcohol-misuse",
            "name": "Drugs and Alcohol Misuse" })
}

fn update(reference: &str, narrative: &str) -> Value {
    json!({ "reference": reference,
            "said": { "rag": "green", "narrative": narrative, "recovery": null,
                      "milestone": null, "expected_on": null, "evidence": [] } })
}

fn raised(reference: &str, text: &str, topic: &str) -> Value {
    json!({ "type": "action.raised.v1", "data": {
        "reference": reference, "kind": "question", "text": text, "topic": topic,
        "theme": topic, "minute": topic,
        "meeting": { "id": "pcp-2018-09-12", "held_on": "2018-09-12" },
        "asked_of": { "kind": "body", "id": "opcc", "name": "Commissioner's office" },
        "raised_by": { "kind": "body", "id": "pcp", "name": "Police and Crime Panel" },
        "due": { "by": { "due_on": "2018-10-10", "explanation": {
            "rule": "on_date", "date": "2018-10-10", "from": "2018-09-12" } } } } })
}

pub(crate) fn reading() -> Option<v1::Reading> {
    Some(v1::Reading {
        area: AREA.to_owned(),
        ..v1::Reading::default()
    })
}

pub(crate) fn as_of(as_of: v1::AsOf) -> Option<v1::Reading> {
    Some(v1::Reading {
        area: AREA.to_owned(),
        as_of: Some(as_of),
        ..v1::Reading::default()
    })
}

/// A refusal as a program sees it: code, reason, message, fields.
pub(crate) fn said(status: &tonic::Status) -> String {
    use tonic_types::StatusExt as _;
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone());
    let mut said = format!(
        "{:?} {}: {}\n",
        status.code(),
        reason.unwrap_or_default(),
        status.message()
    );
    for field in details
        .bad_request()
        .iter()
        .flat_map(|b| &b.field_violations)
    {
        said.push_str(&format!("    {}: {}\n", field.field, field.description));
    }
    said
}
