//! The story of an action, and how things stood on a day or were known at an instant.

use std::fmt::Write as _;

use api::v1;

use super::client;
use super::world::{World, as_of, reading};

async fn told(world: &World, reading: Option<v1::Reading>) -> String {
    let ask = v1::GetActionRequest {
        reading,
        reference: "PCP/2018/001".into(),
    };
    let answer = client(world)
        .await
        .get_action(ask)
        .await
        .unwrap()
        .into_inner();
    let row = answer.action.unwrap();
    let mut told = format!(
        "{:?}, due {}, first {}, moved {}, overdue {}\n",
        row.status(),
        row.due_on,
        row.first_due_on,
        row.due_moves,
        row.overdue
    );
    for entry in &answer.story {
        writeln!(told, "{} {} {}", entry.position, entry.on, entry.sentence).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&entry.data_json).is_ok());
    }
    for sentence in &answer.due_explained {
        writeln!(told, "> {sentence}").unwrap();
    }
    told
}

#[tokio::test]
async fn the_story_of_an_action_now_and_then() {
    let world = World::with_a_meeting().await;
    let now = told(&world, reading()).await;
    let on = |day: &str| {
        as_of(v1::AsOf {
            true_on: day.into(),
            ..v1::AsOf::default()
        })
    };
    let true_then = told(&world, on("2018-10-31")).await;
    let known = as_of(v1::AsOf {
        known_at: Some(api::message::timestamp(
            "2018-09-30T00:00:00Z".parse().unwrap(),
        )),
        ..v1::AsOf::default()
    });
    let known_then = told(&world, known).await;
    insta::assert_snapshot!(format!("{now}\n{true_then}\n{known_then}"));

    let open_then = v1::ListActionsRequest {
        reading: on("2018-11-01"),
        filter: Some(v1::ActionFilter {
            open: Some(true),
            statuses: vec![v1::Status::Open.into()],
            ..v1::ActionFilter::default()
        }),
        ..v1::ListActionsRequest::default()
    };
    let mut client = client(&world).await;
    let rows = client
        .list_actions(open_then)
        .await
        .unwrap()
        .into_inner()
        .actions;
    assert_eq!(rows.len(), 4);
}

#[tokio::test]
async fn changes_since_a_day_have_that_day_in_them() {
    let world = World::with_a_meeting().await;
    let mut client = client(&world).await;
    for (day, expected) in [("2018-11-09", true), ("2018-11-21", false)] {
        let ask = v1::ListChangesRequest {
            reading: reading(),
            since: Some(v1::list_changes_request::Since::Date(day.into())),
            ..v1::ListChangesRequest::default()
        };
        let changes = client.list_changes(ask).await.unwrap().into_inner().changes;
        let answered = changes
            .iter()
            .any(|change| change.what.iter().any(|w| w == "answered"));
        assert_eq!(answered, expected, "{day}");
    }
}
