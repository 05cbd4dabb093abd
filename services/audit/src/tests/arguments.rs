//! Who may audit, and what is said to bad arguments.

use api::v1;
use domain::policy::Role;
use tonic::{Code, Request};

use super::clients;
use super::world::{AREA, World, said};

#[tokio::test]
async fn only_auditors_audit() {
    let world = World::with_a_meeting().await;
    let (mut audit, _) = clients(&world).await;
    macro_rules! refused {
        ($($call:ident($message:expr);)+) => {$(
            let nobody = audit.$call(Request::new($message)).await.unwrap_err();
            assert_eq!(nobody.code(), Code::Unauthenticated, stringify!($call));
            for role in [Role::Clerk, Role::Office, Role::Group, Role::Operator] {
                let refused = audit.$call(world.by(role, $message)).await.unwrap_err();
                assert_eq!(refused.code(), Code::PermissionDenied, "{} {role:?}", stringify!($call));
            }
        )+};
    }
    let area = || AREA.to_owned();
    refused! {
        replay_events(v1::ReplayEventsRequest { area: area(), ..Default::default() });
        get_history(v1::GetHistoryRequest { area: area(), reference: "PCP/2018/001".into(), as_of: None });
        replay_actions(v1::ReplayActionsRequest {
            reading: super::world::reading(),
            ..Default::default()
        });
        compare_records(v1::CompareRecordsRequest { area: area(), ..Default::default() });
        export_log(v1::ExportLogRequest { area: area() });
        verify_record(v1::VerifyRecordRequest { area: area() });
    }
}

#[tokio::test]
async fn every_bad_argument_is_named() {
    let world = World::with_a_meeting().await;
    let (mut audit, _) = clients(&world).await;
    let mut told = String::new();
    macro_rules! refused {
        ($call:ident, $message:expr) => {{
            let refused = audit
                .$call(world.by(Role::Auditor, $message))
                .await
                .unwrap_err();
            told.push_str(&format!("{}\n    {}", stringify!($call), said(&refused)));
        }};
    }
    let events = v1::ReplayEventsRequest {
        area: "No Area".into(),
        reference: "*".into(),
        after_position: 5,
        to_position: 5,
        from: "2018-12-01".into(),
        to: "2018-11-01".into(),
        types: vec![String::new(); 101],
    };
    refused!(replay_events, events);
    let history = |reference: &str| v1::GetHistoryRequest {
        area: AREA.into(),
        reference: reference.into(),
        as_of: None,
    };
    refused!(get_history, history(""));
    refused!(get_history, history("PCP/2018/777"));
    let rows = v1::ReplayActionsRequest {
        reading: super::world::reading(),
        page_token: "nonsense".into(),
        ..v1::ReplayActionsRequest::default()
    };
    refused!(replay_actions, rows);
    let compare = v1::CompareRecordsRequest {
        area: AREA.into(),
        before: Some(v1::AsOf {
            true_on: "31 February 2018".into(),
            ..v1::AsOf::default()
        }),
        after: None,
        limit: 1_001,
        after_reference: "*".into(),
    };
    refused!(compare_records, compare);
    refused!(export_log, v1::ExportLogRequest::default());
    refused!(
        verify_record,
        v1::VerifyRecordRequest {
            area: "norfolk".into()
        }
    );
    insta::assert_snapshot!(told);
}
