//! A token that is no longer good, or never was, is answered nothing.

use api::v1;
use chrono::TimeDelta;
use domain::policy::Role;
use prometheus_client::registry::Registry;
use tonic::Code;

use super::world::{AREA, World, reading};
use super::{clients, counted_in};

#[tokio::test]
async fn an_expired_and_a_foreign_token_are_answered_nothing() {
    let world = World::with_a_meeting().await;
    let foreign = World::new().await;
    let (mut audit, _) = clients(&world).await;
    let area = || AREA.to_owned();
    macro_rules! refused {
        ($($call:ident($message:expr);)+) => {$(
            let expired = world.by(Role::Auditor, $message);
            world.clock.advance(TimeDelta::hours(2));
            for (what, request) in [
                ("expired", expired),
                ("foreign", foreign.by(Role::Auditor, $message)),
            ] {
                let refused = audit.$call(request).await.unwrap_err();
                assert_eq!(refused.code(), Code::Unauthenticated, "{} {what}", stringify!($call));
            }
            foreign.clock.set(world.clock.now());
            // The same question with a good token is answered.
            audit.$call(world.by(Role::Auditor, $message)).await.unwrap();
        )+};
    }
    refused! {
        replay_events(v1::ReplayEventsRequest { area: area(), ..Default::default() });
        get_history(v1::GetHistoryRequest {
            area: area(),
            reference: "PCP/2018/001".into(),
            ..Default::default()
        });
        replay_actions(v1::ReplayActionsRequest { reading: reading(), ..Default::default() });
        compare_records(v1::CompareRecordsRequest { area: area(), ..Default::default() });
        export_log(v1::ExportLogRequest { area: area() });
        verify_record(v1::VerifyRecordRequest { area: area() });
    }
}

#[tokio::test]
async fn refused_tokens_are_counted_by_reason() {
    let world = World::with_a_meeting().await;
    let foreign = World::new().await;
    let mut registry = Registry::default();
    let mut audit = counted_in(&mut registry, &world, None).await;
    let export = || v1::ExportLogRequest { area: AREA.into() };
    let expired = world.by(Role::Auditor, export());
    world.clock.advance(TimeDelta::hours(2));
    audit.export_log(expired).await.unwrap_err();
    for _ in 0..2 {
        foreign.clock.set(world.clock.now());
        let request = foreign.by(Role::Auditor, export());
        audit.export_log(request).await.unwrap_err();
    }
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
    for line in [
        "matters_audit_rejections_total{reason=\"TOKEN_EXPIRED\"} 1",
        "matters_audit_rejections_total{reason=\"TOKEN_REFUSED\"} 2",
    ] {
        assert!(text.lines().any(|told| told == line), "{line}:\n{text}");
    }
}
