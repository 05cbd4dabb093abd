//! Messages that nobody of ours wrote, put on the stream by hand under load: what cannot be read parks
//! its own action, visibly, and no other.

use super::super::Campaign;
use super::super::client::channel;
use super::super::scene::Scene;
use super::super::setting::Setting;
use super::super::stage::On;
use super::{Outcome, at_work};
use crate::request::{AREA, SERIES, any_raise, write};
use anyhow::{Context as _, Result, bail};
use api::v1;
use api::v1::command_service_client::CommandServiceClient;
use api::v1::query_service_client::QueryServiceClient;
use bytes::Bytes;
use domain::policy::Role;
use std::collections::HashSet;
use testkit::nats::RawPublisher;
use testkit::wait;
use uuid::Uuid;

/// More than the stream takes, and less than the server does.
const TOO_LARGE: usize = 300 * 1024;

pub(super) async fn poison(campaign: &Campaign) -> Result<Outcome> {
    let scene = at_work(campaign, &Setting::of(On::Nats), 50).await?;
    let victim = raised(&scene).await?;
    let nats = scene.stage.nats.as_ref().context("a server")?;
    let raw = RawPublisher::connect(&nats.lock().await.server(0)?.url()).await?;
    let (mut ours, mut parked) = (HashSet::new(), HashSet::new());
    for (number, (what, body)) in bodies().into_iter().enumerate() {
        for (reference, whole) in [
            (format!("PCP/2017/{number:03}"), true),
            (format!("PCP/2016/{number:03}"), false),
        ] {
            let subject = format!("evt.{AREA}.action.{reference}");
            let id = Uuid::from_u128(number as u128 + 1 + if whole { 0 } else { 1 << 64 });
            let headers = headers(id, whole);
            let at = raw.publish(subject.clone(), &headers, body.clone()).await;
            ours.insert(at.with_context(|| what.to_owned())?);
            parked.insert(subject);
            scene.office.tally.mended(what.to_owned());
        }
        scene.work(10).await?;
    }
    // On an action that was good until now, too.
    let subject = format!("evt.{AREA}.action.{victim}");
    let garbage = Bytes::from_static(b"\xff\x00{ not a decision");
    ours.insert(
        raw.publish(
            subject.clone(),
            &headers(Uuid::from_u128(99), true),
            garbage,
        )
        .await?,
    );
    parked.insert(subject);
    let large = Bytes::from(vec![b' '; TOO_LARGE]);
    if raw
        .publish(format!("evt.{AREA}.action.PCP/2015/001"), &[], large)
        .await
        .is_ok()
    {
        bail!("the stream took a message of {TOO_LARGE} bytes");
    }
    scene.work(50).await?;
    let refused = told_of_the_victim(&scene, &victim).await?;
    let shown = until_shown(&scene, parked.len() as u64).await?;
    let mut report = scene.end("poison").await?;
    // What was put there by hand is expected to be told of.
    let by_hand = |problem: &String| {
        ours.iter()
            .any(|at| problem.starts_with("unsent: ") && problem.ends_with(&format!(", at {at}")))
            || parked
                .iter()
                .any(|subject| problem.contains(&format!("{subject} is parked")))
            || problem.contains(&raise_id().to_string())
            || problem.starts_with("diverged: ") && problem.contains(" actions, ")
            || problem.starts_with("numbering: ")
            || problem.contains(&format!("{victim}: "))
            || problem.starts_with("matters verify: ") && problem.contains("cannot be read")
    };
    report.problems.retain(|problem| !by_hand(problem));
    let noticed = format!("{shown} parked, others go on; a write to one: {refused}");
    Ok(Outcome::noticed(report, noticed))
}

fn raise_id() -> Uuid {
    Uuid::from_u128(0x0bad)
}

/// What is published, with a name for each.
fn bodies() -> Vec<(&'static str, Bytes)> {
    let event = r#"{"on":"2018-10-01","recorded_at":"2018-10-01T12:00:00Z","by":{"subject":"x","name":"X","role":"clerk"},"rule":"R1","events":[{"type":"action.evaporated.v9","data":{}}]}"#;
    vec![
        (
            "no JSON",
            Bytes::from_static(b"\x00\x01\x02 nothing to read"),
        ),
        (
            "JSON that is no decision",
            Bytes::from_static(b"{\"a\": [1, 2, 3]}"),
        ),
        ("an event of an unknown type", Bytes::from(event.to_owned())),
        (
            "a decision without events",
            Bytes::from(event.replace("{\"type\":\"action.evaporated.v9\",\"data\":{}}", "")),
        ),
        ("nothing at all", Bytes::new()),
        (
            "as much as the stream takes",
            Bytes::from(vec![b'['; 200 * 1024]),
        ),
    ]
}

/// The headers of a message as this program writes them, or none but the id.
fn headers(id: Uuid, whole: bool) -> Vec<(&'static str, String)> {
    let mut headers = vec![("Nats-Msg-Id", id.to_string())];
    if whole {
        headers.extend([
            ("matters-command-sha256", "0".repeat(64)),
            ("ce-id", id.to_string()),
            ("ce-specversion", "1.0".to_owned()),
            ("ce-type", "matters.decision".to_owned()),
            ("ce-source", "by-hand".to_owned()),
            ("ce-time", "2018-10-01T12:00:00.000000Z".to_owned()),
            ("ce-datacontenttype", "application/json".to_owned()),
        ]);
    }
    headers
}

/// An action that no client knows.
async fn raised(scene: &Scene) -> Result<String> {
    let seat = scene.stage.seats.first().context("a service")?;
    let mut to = CommandServiceClient::new(channel(seat.front.address())?);
    let mut asked = any_raise(raise_id());
    asked.series = SERIES.to_owned();
    let answer = to
        .raise_action(scene.office.request(Role::Clerk, asked))
        .await?;
    let written = answer.into_inner().written.context("an answer")?;
    Ok(written.reference)
}

/// How a write to the action that was poisoned is refused.
async fn told_of_the_victim(scene: &Scene, victim: &str) -> Result<String> {
    let seat = scene.stage.seats.first().context("a service")?;
    let mut to = CommandServiceClient::new(channel(seat.front.address())?);
    let asked = v1::WithdrawActionRequest {
        write: Some(write(Uuid::from_u128(0x0bae), "2018-11-09")),
        reference: victim.to_owned(),
        reason: "It was poisoned.".to_owned(),
    };
    match to
        .withdraw_action(scene.office.request(Role::Clerk, asked))
        .await
    {
        Ok(_) => bail!("a write to an action that cannot be read was taken"),
        Err(status) => {
            let said: String = status.message().chars().take(60).collect();
            Ok(format!("{:?}, {said}", status.code()))
        }
    }
}

/// Waits until every service shows so many parked subjects.
async fn until_shown(scene: &Scene, wanted: u64) -> Result<u64> {
    for seat in &scene.stage.seats {
        let to = QueryServiceClient::new(channel(seat.front.address())?);
        wait::until("the parked actions in the status", || {
            let request = scene
                .office
                .request(Role::Operator, v1::GetStatusRequest::default());
            let mut to = to.clone();
            async move {
                let status = to.get_status(request).await;
                status.is_ok_and(|status| status.into_inner().parked_total() >= wanted)
            }
        })
        .await?;
    }
    Ok(wanted)
}

/// How many subjects are parked, of a status.
trait Parked {
    fn parked_total(&self) -> u64;
}

impl Parked for v1::GetStatusResponse {
    fn parked_total(&self) -> u64 {
        self.parked.len() as u64
    }
}
