//! A token that is no longer good, or never was, is answered nothing.

use api::v1;
use chrono::TimeDelta;
use domain::policy::Role;
use tonic::Code;

use super::clients;
use super::world::{AREA, World, reading};

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
