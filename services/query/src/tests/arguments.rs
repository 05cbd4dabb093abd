//! Every bad argument, and what is said to it.

use api::v1;
use prometheus_client::registry::Registry;
use tonic::Request;

use super::world::{AREA, World, reading, said};
use super::{client, counted_client};

#[tokio::test]
async fn every_bad_argument_is_named() {
    let world = World::with_a_meeting().await;
    let mut client = client(&world).await;
    let mut told = String::new();
    macro_rules! refused {
        ($call:ident, $message:expr) => {{
            let refused = client.$call($message).await.unwrap_err();
            told.push_str(&format!("{}\n    {}", stringify!($call), said(&refused)));
        }};
    }
    let everything_wrong = v1::ListActionsRequest {
        reading: Some(v1::Reading {
            area: "Not A Slug".into(),
            as_of: Some(v1::AsOf {
                true_on: "31 February 2018".into(),
                known_at: Some(prost_types::Timestamp {
                    seconds: -1,
                    nanos: 0,
                }),
                known_position: 4,
            }),
            token: "77".into(),
        }),
        filter: Some(v1::ActionFilter {
            kinds: vec![99],
            asked_of: "The Office".into(),
            topic: "two\nlines".into(),
            statuses: vec![1, 0],
            rags: vec![1, 2, 9],
            due_from: "2018-12-01".into(),
            due_to: "2018-11-01".into(),
            text: "x".repeat(301),
            ..v1::ActionFilter::default()
        }),
        order: 77,
        page_size: 1_001,
        page_token: String::new(),
        view: 3,
    };
    refused!(list_actions, everything_wrong);
    refused!(list_actions, v1::ListActionsRequest::default());
    let unknown_area = v1::ListActionsRequest {
        reading: Some(v1::Reading {
            area: "atlantis".into(),
            ..v1::Reading::default()
        }),
        ..v1::ListActionsRequest::default()
    };
    refused!(list_actions, unknown_area);
    let list = |page_token: String| v1::ListActionsRequest {
        reading: reading(),
        page_size: 1,
        page_token,
        ..v1::ListActionsRequest::default()
    };
    let token = client
        .list_actions(list(String::new()))
        .await
        .unwrap()
        .into_inner();
    let token = token.next_page_token;
    let other = v1::ListActionsRequest {
        order: v1::Order::Reference.into(),
        ..list(token.clone())
    };
    refused!(list_actions, other);
    refused!(list_actions, list(token[..token.len() - 2].to_owned()));
    refused!(list_actions, list("nonsense".into()));
    let mut forged = Request::new(list(String::new()));
    forged
        .metadata_mut()
        .insert("authorization", "Bearer nonsense".parse().unwrap());
    refused!(list_actions, forged);
    let action = |reference: &str| v1::GetActionRequest {
        reading: reading(),
        reference: reference.into(),
    };
    refused!(get_action, action(""));
    refused!(get_action, action("PCP/2018/*"));
    refused!(get_action, action("PCP/2018/777"));
    let mut changes = v1::ListChangesRequest {
        reading: reading(),
        ..v1::ListChangesRequest::default()
    };
    refused!(list_changes, changes.clone());
    changes.since = Some(v1::list_changes_request::Since::Meeting("nowhere".into()));
    refused!(list_changes, changes);
    let matrix = |from: &str, to: &str, board: &str| v1::GetReturnsMatrixRequest {
        reading: reading(),
        board: board.into(),
        from_quarter: from.into(),
        to_quarter: to.into(),
    };
    refused!(get_returns_matrix, matrix("Q5 2018/19", "soon", ""));
    refused!(get_returns_matrix, matrix("Q2 2018/19", "Q1 2018/19", ""));
    refused!(get_returns_matrix, matrix("Q1 2001/02", "Q1 2018/19", ""));
    refused!(get_returns_matrix, matrix("", "", "no-board"));
    let of = v1::GetReturnRequest {
        reading: reading(),
        group: "nobody".into(),
        quarter: "Q1 2018/19".into(),
    };
    refused!(get_return, of);
    let coverage = v1::GetMeetingCoverageRequest {
        reading: reading(),
        meeting: "nowhere".into(),
    };
    refused!(get_meeting_coverage, coverage);
    let figures = v1::GetPerformanceRequest {
        reading: reading(),
        from: "2018-12-01".into(),
        to: "2018-11-01".into(),
        ..v1::GetPerformanceRequest::default()
    };
    refused!(get_performance, figures);
    let request = v1::GetRequestRequest {
        reading: reading(),
        request_id: "seven".into(),
    };
    refused!(get_request, request);
    let watch = v1::WatchActionsRequest {
        reading: Some(v1::Reading {
            area: AREA.into(),
            as_of: Some(v1::AsOf {
                known_position: 3,
                ..v1::AsOf::default()
            }),
            ..v1::Reading::default()
        }),
        ..v1::WatchActionsRequest::default()
    };
    refused!(watch_actions, watch);
    let watch = v1::WatchActionsRequest {
        reading: reading(),
        after_position: 1_000,
        ..v1::WatchActionsRequest::default()
    };
    refused!(watch_actions, watch);
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn refusals_are_counted_by_reason() {
    let world = World::with_a_meeting().await;
    let mut registry = Registry::default();
    let mut client = counted_client(&world, &mut registry).await;
    let nothing = v1::ListActionsRequest::default;
    client.list_actions(nothing()).await.unwrap_err();
    let mut forged = Request::new(nothing());
    let token = "Bearer a.b.c".parse().unwrap();
    forged.metadata_mut().insert("authorization", token);
    client.list_actions(forged).await.unwrap_err();
    let mut figures = String::new();
    prometheus_client::encoding::text::encode(&mut figures, &registry).unwrap();
    for reason in ["FIELDS_WRONG", "TOKEN_REFUSED"] {
        let line = format!("matters_query_rejections_total{{reason=\"{reason}\"}} 1");
        assert!(figures.contains(&line), "{figures}");
    }
}
