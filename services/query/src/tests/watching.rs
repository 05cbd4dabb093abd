//! Live changes: they come, a slow reader is sent away, a stop ends them.

use std::time::Duration;

use api::v1;
use futures::StreamExt;
use tonic::Code;

use super::client;
use super::world::{World, reading};

fn watch(after_position: u64) -> v1::WatchActionsRequest {
    v1::WatchActionsRequest {
        reading: reading(),
        filter: Some(v1::ActionFilter {
            statuses: vec![v1::Status::Open.into()],
            ..v1::ActionFilter::default()
        }),
        after_position,
    }
}

#[tokio::test]
async fn changes_come_and_a_stop_ends_them() {
    let world = World::with_a_meeting().await;
    let mut client = client(&world).await;
    let mut changes = client.watch_actions(watch(0)).await.unwrap().into_inner();
    let position = world.raise(40).await;
    let change = changes.next().await.unwrap().unwrap();
    assert_eq!(change.action.unwrap().reference, "PCP/2018/040");
    assert_eq!(change.position, position);

    let withdrawn = serde_json::json!([{ "type": "action.withdrawn.v1",
        "data": { "reason": "Asked twice" } }]);
    world
        .append("action.PCP/2018/040", "2018-11-30", withdrawn)
        .await;
    let change = changes.next().await.unwrap().unwrap();
    assert_eq!(change.removed, "PCP/2018/040");

    world.shutdown.cancel();
    let ended = changes.next().await.unwrap().unwrap_err();
    assert_eq!(ended.code(), Code::Unavailable);
    let go_on = format!("after_position {}", change.position);
    assert!(ended.message().contains(&go_on), "{}", ended.message());
}

#[tokio::test]
async fn a_slow_reader_is_sent_away_and_can_go_on() {
    let world = World::with_a_meeting().await;
    let numbers = (1_000..4_000).map(|number| world.raise(number));
    futures::stream::iter(numbers)
        .buffer_unordered(256)
        .collect::<Vec<_>>()
        .await;
    world.caught_up().await;
    let mut client = client(&world).await;
    let mut changes = client.watch_actions(watch(1)).await.unwrap().into_inner();
    // The stream ends on the server while nothing is read here.
    tokio::time::timeout(Duration::from_secs(30), async {
        let mut last = 0;
        let ended = loop {
            match changes.next().await {
                Some(Ok(change)) => last = change.position,
                Some(Err(ended)) => break ended,
                None => panic!("it ended without a reason"),
            }
        };
        assert_eq!(ended.code(), Code::ResourceExhausted, "{}", ended.message());
        let go_on = format!("after_position {last}");
        assert!(
            ended.message().contains(&go_on),
            "{} {last}",
            ended.message()
        );
    })
    .await
    .unwrap();
}
