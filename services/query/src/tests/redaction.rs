//! What is restricted is shown to nobody who may not read it, in any answer.

use api::v1;
use domain::policy::Role;
use futures::StreamExt;
use std::fmt::Debug;
use tonic::Request;

use super::client;
use super::world::{CANARY, HIDDEN, World, as_of, reading};

/// Every call of the service, as text: the words of whoever `ask` makes the caller.
async fn everything(world: &World, role: Option<(Role, Option<&str>)>) -> Vec<(String, String)> {
    let mut client = client(world).await;
    let mut said = Vec::new();
    macro_rules! ask {
        ($call:ident, $message:expr) => {{
            let request = match role {
                Some((role, group)) => world.of(role, group.map(str::to_owned), $message),
                None => Request::new($message),
            };
            let answer = client.$call(request).await;
            said.push((stringify!($call).to_owned(), text(&answer)));
        }};
    }
    let before = as_of(v1::AsOf {
        true_on: "2018-09-15".into(),
        ..v1::AsOf::default()
    });
    let searching = Some(v1::ActionFilter {
        text: CANARY.into(),
        ..v1::ActionFilter::default()
    });
    for reading in [reading(), before] {
        for filter in [None, searching.clone()] {
            let list = v1::ListActionsRequest {
                reading: reading.clone(),
                filter: filter.clone(),
                ..v1::ListActionsRequest::default()
            };
            ask!(list_actions, list.clone());
            ask!(list_actions, in_short(list));
            let count = v1::CountActionsRequest {
                reading: reading.clone(),
                filter: filter.clone(),
            };
            ask!(count_actions, count);
            let changes = v1::ListChangesRequest {
                reading: reading.clone(),
                since: Some(v1::list_changes_request::Since::Position(0)),
                filter,
                ..v1::ListChangesRequest::default()
            };
            ask!(list_changes, changes);
        }
        let story = v1::GetActionRequest {
            reading: reading.clone(),
            reference: HIDDEN.into(),
        };
        ask!(get_action, story);
        let other = v1::GetActionRequest {
            reading: reading.clone(),
            reference: "PCP/2018/001".into(),
        };
        ask!(get_action, other);
        let matrix = v1::GetReturnsMatrixRequest {
            reading: reading.clone(),
            ..v1::GetReturnsMatrixRequest::default()
        };
        ask!(get_returns_matrix, matrix);
        for quarter in ["Q2 2018/19", "Q3 2018/19"] {
            let of = v1::GetReturnRequest {
                reading: reading.clone(),
                group: "drugs-and-alcohol-misuse".into(),
                quarter: quarter.into(),
            };
            ask!(get_return, of);
        }
        let coverage = v1::GetMeetingCoverageRequest {
            reading: reading.clone(),
            meeting: "pcp-2018-09-12".into(),
        };
        ask!(get_meeting_coverage, coverage);
        let figures = v1::GetPerformanceRequest {
            reading: reading.clone(),
            ..v1::GetPerformanceRequest::default()
        };
        ask!(get_performance, figures);
        ask!(get_register, v1::GetRegisterRequest { reading });
    }
    ask!(get_status, v1::GetStatusRequest {});
    let watch = v1::WatchActionsRequest {
        reading: reading(),
        filter: None,
        after_position: 1,
    };
    let watch = match role {
        Some((role, group)) => world.of(role, group.map(str::to_owned), watch),
        None => Request::new(watch),
    };
    // Four actions were touched after the register.
    let changes = client.watch_actions(watch).await.unwrap().into_inner();
    let changes: Vec<_> = changes.take(4).collect().await;
    said.push(("watch_actions".into(), text(&changes)));
    said
}

fn in_short(list: v1::ListActionsRequest) -> v1::ListActionsRequest {
    let view = v1::ActionView::Basic.into();
    v1::ListActionsRequest { view, ..list }
}

fn text(answer: &impl Debug) -> String {
    format!("{answer:?}")
}

#[tokio::test]
async fn a_canary_is_never_heard_by_those_who_may_not() {
    let world = World::with_a_meeting().await;
    let outsiders = [
        None,
        Some((Role::Clerk, None)),
        Some((Role::Group, Some("mental-health"))),
        Some((Role::Operator, None)),
    ];
    for role in outsiders {
        if matches!(role, Some((Role::Operator, _))) {
            let mut client = client(&world).await;
            let list = v1::ListActionsRequest {
                reading: reading(),
                ..v1::ListActionsRequest::default()
            };
            let refused = client
                .list_actions(world.by(Role::Operator, list))
                .await
                .unwrap_err();
            assert_eq!(refused.code(), tonic::Code::PermissionDenied);
            continue;
        }
        for (call, answer) in everything(&world, role).await {
            assert!(!answer.contains(CANARY), "{call} tells {role:?}: {answer}");
            assert!(
                !answer.contains("Err("),
                "{call} failed for {role:?}: {answer}"
            );
        }
    }
}

#[tokio::test]
async fn those_who_may_hear_it() {
    let world = World::with_a_meeting().await;
    let insiders = [
        (Role::Office, None),
        (Role::Auditor, None),
        (Role::Group, Some("drugs-and-alcohol-misuse")),
    ];
    for role in insiders {
        let told: Vec<String> = everything(&world, Some(role))
            .await
            .into_iter()
            .filter(|(_, answer)| answer.contains(CANARY))
            .map(|(call, _)| call)
            .collect();
        for call in ["list_actions", "get_action", "get_return", "watch_actions"] {
            assert!(
                told.iter().any(|told| told == call),
                "{call} hides it from {role:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_stub_of_a_restricted_action() {
    let world = World::with_a_meeting().await;
    let mut client = client(&world).await;
    let story = v1::GetActionRequest {
        reading: reading(),
        reference: HIDDEN.into(),
    };
    let answer = client.get_action(story).await.unwrap().into_inner();
    let mut told = answer.action.map(|row| format!("{row:#?}")).unwrap();
    for entry in answer.story {
        told.push_str(&format!("\n{} {}", entry.on, entry.sentence));
    }
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn the_stub_in_short_is_part_of_the_stub() {
    let world = World::with_a_meeting().await;
    let mut client = client(&world).await;
    let list = v1::ListActionsRequest {
        reading: reading(),
        ..v1::ListActionsRequest::default()
    };
    let mut stub = async |list| {
        let page = client.list_actions(list).await.unwrap().into_inner();
        let mut rows = page.actions.into_iter();
        rows.find(|row| row.reference == HIDDEN).unwrap()
    };
    let (short, full) = (stub(in_short(list.clone())).await, stub(list).await);
    assert!(short.stub && full.stub);
    let expected = v1::ActionRow {
        responses: Vec::new(),
        answered_on: String::new(),
        last_change_on: String::new(),
        etag: String::new(),
        ..full
    };
    assert_eq!(short, expected);
}

#[tokio::test]
async fn no_filter_on_what_is_withheld_finds_a_stub() {
    let world = World::with_a_meeting().await;
    let mut client = client(&world).await;
    let filters = [
        v1::ActionFilter {
            kinds: vec![v1::Kind::Question.into()],
            ..v1::ActionFilter::default()
        },
        v1::ActionFilter {
            asked_of: "opcc".into(),
            ..v1::ActionFilter::default()
        },
        v1::ActionFilter {
            raised_by: "pcp".into(),
            ..v1::ActionFilter::default()
        },
        v1::ActionFilter {
            coverages: vec![v1::Coverage::Pending.into()],
            ..v1::ActionFilter::default()
        },
    ];
    for filter in filters {
        for order in [v1::Order::Due, v1::Order::Reference] {
            let list = v1::ListActionsRequest {
                reading: reading(),
                filter: Some(v1::ActionFilter {
                    open: Some(true),
                    ..filter.clone()
                }),
                order: order.into(),
                ..v1::ListActionsRequest::default()
            };
            let insider = world.by(Role::Office, list.clone());
            let insider = client.list_actions(insider).await.unwrap().into_inner();
            let public = client
                .list_actions(list.clone())
                .await
                .unwrap()
                .into_inner();
            let found = |answer: &v1::ListActionsResponse| {
                answer.actions.iter().any(|row| row.reference == HIDDEN)
            };
            assert!(found(&insider), "{list:?}");
            assert!(!found(&public), "{list:?}");
        }
        let count = v1::CountActionsRequest {
            reading: reading(),
            filter: Some(filter),
        };
        let insider = world.by(Role::Office, count.clone());
        let insider = client.count_actions(insider).await.unwrap().into_inner();
        let public = client.count_actions(count).await.unwrap().into_inner();
        assert_eq!(insider.total, public.total + 1);
    }
    for (body, hidden) in [("opcc", 1), ("", 0)] {
        let figures = v1::GetPerformanceRequest {
            reading: reading(),
            party: body.into(),
            ..v1::GetPerformanceRequest::default()
        };
        let insider = world.by(Role::Office, figures.clone());
        let insider = client.get_performance(insider).await.unwrap().into_inner();
        let public = client.get_performance(figures).await.unwrap().into_inner();
        assert_eq!(insider.raised, public.raised + hidden, "{body:?}");
    }
}
