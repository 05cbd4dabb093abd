//! Tokens: the key that signs them changes under load, and tokens that must not count.

use super::super::Campaign;
use super::super::client::channel;
use super::super::scene::Scene;
use super::super::setting::Setting;
use super::super::stage::On;
use super::{Outcome, at_work};
use crate::request::{any_raise, principal};
use anyhow::{Context as _, Result, bail};
use api::v1::command_service_client::CommandServiceClient;
use chrono::TimeDelta;
use domain::policy::Role;
use identity::Issuer;
use std::time::Duration;
use tempfile::TempDir;
use tonic::{Code, Request};
use uuid::Uuid;

/// The key changes twice; services learn the new one at their start, and the old tokens go on counting.
pub(super) async fn rotated(campaign: &Campaign) -> Result<Outcome> {
    let scene = at_work(campaign, &Setting::of(On::Nats), 50).await?;
    for _ in 0..2 {
        let mut issuer = Issuer::open_or_create(&scene.stage.keys())?;
        issuer.rotate()?;
        for seat in &scene.stage.seats {
            seat.service.hold("TERM").await?;
            seat.service.release();
        }
        scene.office.tally.mended("key rotated".to_owned());
        scene.work(30).await?;
        let day = TimeDelta::days(1);
        let token = issuer.issue(
            &principal(Role::Clerk),
            day,
            campaign.now,
            Uuid::from_u128(7),
        )?;
        // The same request whoever signs: written once, answered again.
        if let Some(refused) = refused(&scene, &token).await? {
            bail!("a token of the new key was refused: {refused:?}");
        }
    }
    let mut report = scene.end("key rotated").await?;
    report
        .problems
        .retain(|problem| !problem.contains(&Uuid::from_u128(0x0123).to_string()));
    Ok(Outcome::noticed(
        report,
        "tokens of every key count".to_owned(),
    ))
}

/// Tokens that must not count, each refused as what it is, and nothing written.
pub(super) async fn forged(campaign: &Campaign) -> Result<Outcome> {
    let scene = at_work(campaign, &Setting::of(On::Embedded), 30).await?;
    let clerk = principal(Role::Clerk);
    let (hour, now, id) = (TimeDelta::hours(1), campaign.now, Uuid::from_u128(8));
    let own = Issuer::open_or_create(&scene.stage.keys())?;
    let elsewhere = TempDir::new().context("a folder for keys")?;
    let foreign = Issuer::open_or_create(&elsewhere.path().join("keys"))?;
    let good = own.issue(&clerk, hour, now, id)?;
    let mut parts = good.split('.');
    let (Some(_), Some(claims), Some(signature)) = (parts.next(), parts.next(), parts.next())
    else {
        bail!("a token has three parts");
    };
    // {"alg":"none","typ":"JWT"} and {"alg":"HS256","typ":"JWT"}, in base64url.
    let (none, secret) = (
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    );
    let cases = [
        ("algorithm none", format!("{none}.{claims}.")),
        (
            "algorithm none, signed",
            format!("{none}.{claims}.{signature}"),
        ),
        ("a shared secret", format!("{secret}.{claims}.{signature}")),
        ("another's key", foreign.issue(&clerk, hour, now, id)?),
        (
            "expired",
            own.issue(&clerk, hour, now - TimeDelta::hours(3), id)?,
        ),
        (
            "not yet",
            own.issue(&clerk, hour, now + TimeDelta::hours(3), id)?,
        ),
        ("no token", "x".to_owned()),
    ];
    let count = cases.len();
    for (what, token) in cases {
        match refused(&scene, &token).await? {
            Some(Code::Unauthenticated) => {}
            answer => bail!("{what}: {answer:?} instead of a refusal"),
        }
        scene.office.tally.mended(what.to_owned());
    }
    scene.work(20).await?;
    // Had one been written, nobody would have sent it.
    let report = scene.end("tokens").await?;
    Ok(Outcome::noticed(
        report,
        format!("{count} kinds refused as UNAUTHENTICATED"),
    ))
}

/// How a raise with this token is refused; `None` when it is taken.
async fn refused(scene: &Scene, token: &str) -> Result<Option<Code>> {
    let seat = scene.stage.seats.first().context("a service")?;
    for _ in 0..50 {
        let mut to = CommandServiceClient::new(channel(seat.front.address())?);
        let mut request = Request::new(any_raise(Uuid::from_u128(0x0123)));
        request
            .metadata_mut()
            .insert("authorization", format!("Bearer {token}").parse()?);
        match to.raise_action(request).await {
            Ok(_) => return Ok(None),
            // It was just started again.
            Err(status) if status.code() == Code::Unavailable => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(status) => return Ok(Some(status.code())),
        }
    }
    bail!("nobody answered")
}
