//! Pages while writes go on, and numbers that agree with lists.

use std::collections::BTreeSet;

use api::v1;

use super::client;
use super::world::{World, reading};

#[tokio::test]
async fn pages_stay_right_while_writes_go_on() {
    let world = World::new().await;
    world.generate(7, 900).await;
    let mut client = client(&world).await;
    let ask = |page_token: String| v1::ListActionsRequest {
        reading: reading(),
        order: v1::Order::LastChange.into(),
        page_size: 7,
        page_token,
        ..v1::ListActionsRequest::default()
    };
    let all = v1::ListActionsRequest {
        page_size: 1_000,
        ..ask(String::new())
    };
    let there = client.list_actions(all).await.unwrap().into_inner();
    assert_eq!(there.next_page_token, "");
    assert!(there.actions.len() > 20, "{}", there.actions.len());

    let (mut seen, mut token, mut number) = (Vec::new(), String::new(), 500);
    loop {
        let page = client.list_actions(ask(token)).await.unwrap().into_inner();
        seen.extend(page.actions.into_iter().map(|row| row.reference));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
        // At most as many as a page, or the list would never end.
        if number < 505 {
            number += 1;
            world.raise(number).await;
            world.caught_up().await;
        }
    }
    let distinct: BTreeSet<_> = seen.iter().cloned().collect();
    assert_eq!(distinct.len(), seen.len(), "a row came twice");
    for row in there.actions {
        assert!(
            distinct.contains(&row.reference),
            "{} is lost",
            row.reference
        );
    }
}

#[tokio::test]
async fn changes_come_in_pages() {
    let world = World::new().await;
    world.generate(7, 900).await;
    let mut client = client(&world).await;
    let ask = |page_size, page_token: String| v1::ListChangesRequest {
        reading: reading(),
        since: Some(v1::list_changes_request::Since::Position(100)),
        page_size,
        page_token,
        ..v1::ListChangesRequest::default()
    };
    let all = client.list_changes(ask(0, String::new())).await.unwrap();
    let all = all.into_inner();
    assert!(!all.cut && all.next_page_token.is_empty());
    assert!(all.changes.len() > 20, "{}", all.changes.len());
    let (mut seen, mut token, mut number) = (Vec::new(), String::new(), 500);
    loop {
        let page = client.list_changes(ask(7, token)).await.unwrap();
        let page = page.into_inner();
        seen.extend(page.changes);
        token = page.next_page_token;
        assert_eq!(page.cut, !token.is_empty());
        if token.is_empty() {
            break;
        }
        // What is written between two pages is on neither.
        number += 1;
        world.raise(number).await;
        world.caught_up().await;
    }
    assert_eq!(seen, all.changes);
    let other = v1::ListChangesRequest {
        since: Some(v1::list_changes_request::Since::Position(101)),
        ..ask(7, String::new())
    };
    let page = client.list_changes(ask(7, String::new())).await.unwrap();
    let of_another = v1::ListChangesRequest {
        page_token: page.into_inner().next_page_token,
        ..other
    };
    let refused = client.list_changes(of_another).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::InvalidArgument);
}

#[tokio::test]
async fn counts_agree_with_lists() {
    let world = World::new().await;
    world.generate(11, 900).await;
    let mut client = client(&world).await;
    let filters = [
        v1::ActionFilter::default(),
        v1::ActionFilter {
            open: Some(true),
            ..v1::ActionFilter::default()
        },
        v1::ActionFilter {
            overdue: Some(true),
            ..v1::ActionFilter::default()
        },
        v1::ActionFilter {
            statuses: vec![v1::Status::Closed.into(), v1::Status::Answered.into()],
            ..v1::ActionFilter::default()
        },
        v1::ActionFilter {
            restricted: Some(true),
            ..v1::ActionFilter::default()
        },
    ];
    for filter in filters {
        let list = v1::ListActionsRequest {
            reading: reading(),
            filter: Some(filter.clone()),
            page_size: 1_000,
            ..v1::ListActionsRequest::default()
        };
        let rows = client
            .list_actions(list)
            .await
            .unwrap()
            .into_inner()
            .actions;
        let count = v1::CountActionsRequest {
            reading: reading(),
            filter: Some(filter.clone()),
        };
        let counts = client.count_actions(count).await.unwrap().into_inner();
        let overdue = rows.iter().filter(|row| row.overdue).count() as u64;
        assert_eq!(counts.total, rows.len() as u64, "{filter:?}");
        assert_eq!(counts.overdue, overdue, "{filter:?}");
        let by_status: u64 = counts.by_status.iter().map(|status| status.count).sum();
        assert_eq!(by_status, counts.total, "{filter:?}");
    }
}
