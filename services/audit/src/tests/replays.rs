//! Replayed rows are the rows of the lists, and replayed messages those of the log.

use api::v1;
use domain::policy::Role;

use super::clients;
use super::world::{AREA, World, as_of, reading};

#[tokio::test]
async fn replayed_rows_are_the_rows_of_the_lists() {
    let world = World::new().await;
    world.generate(9, 700).await;
    let (mut audit, mut query) = clients(&world).await;
    let then = as_of(v1::AsOf {
        known_position: 400,
        ..v1::AsOf::default()
    });
    for reading in [reading(), then] {
        for order in [
            v1::Order::Due,
            v1::Order::ReferenceDesc,
            v1::Order::LastChange,
        ] {
            let list = v1::ListActionsRequest {
                reading: reading.clone(),
                order: order.into(),
                page_size: 1_000,
                ..v1::ListActionsRequest::default()
            };
            let list = query.list_actions(world.by(Role::Auditor, list)).await;
            let listed = list.unwrap().into_inner().actions;
            let (mut replayed, mut page_token) = (Vec::new(), String::new());
            loop {
                let ask = v1::ReplayActionsRequest {
                    reading: reading.clone(),
                    order: order.into(),
                    page_size: 9,
                    page_token,
                    ..v1::ReplayActionsRequest::default()
                };
                let page = audit.replay_actions(world.by(Role::Auditor, ask)).await;
                let page = page.unwrap().into_inner();
                replayed.extend(page.actions);
                page_token = page.next_page_token;
                if page_token.is_empty() {
                    break;
                }
            }
            assert_eq!(replayed, listed, "{order:?}");
        }
    }
}

#[tokio::test]
async fn messages_are_replayed_from_any_position() {
    let world = World::with_a_meeting().await;
    let (mut audit, _) = clients(&world).await;
    let all = v1::ReplayEventsRequest {
        area: AREA.into(),
        ..v1::ReplayEventsRequest::default()
    };
    let mut positions = async |ask: v1::ReplayEventsRequest| {
        let mut stream = audit
            .replay_events(world.by(Role::Auditor, ask))
            .await
            .unwrap()
            .into_inner();
        let mut positions = Vec::new();
        while let Some(message) = stream.message().await.unwrap() {
            positions.push(message.position);
        }
        positions
    };
    let head = world.model.position();
    assert_eq!(positions(all.clone()).await, (1..=head).collect::<Vec<_>>());
    let some = v1::ReplayEventsRequest {
        after_position: 3,
        to_position: 5,
        ..all.clone()
    };
    assert_eq!(positions(some).await, [4, 5]);
    let of_one = v1::ReplayEventsRequest {
        reference: "PCP/2018/001".into(),
        ..all.clone()
    };
    // Raised, delegated, moved, responded, and the return that speaks of it.
    assert_eq!(positions(of_one).await, [2, 5, 6, 7, 10]);
    let of_a_type = v1::ReplayEventsRequest {
        types: vec!["action.due-date-moved.v1".into()],
        from: "2018-10-01".into(),
        to: "2018-10-31".into(),
        ..all
    };
    assert_eq!(positions(of_a_type).await, [6]);
}
