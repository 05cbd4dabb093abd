//! Tokens are honoured, or the read fails; never a stale answer.

use std::time::Duration;

use api::message::{read_token, write_token};
use api::v1;
use domain::policy::Role;
use event_log::{EventLog, Incarnation};
use projection::Token;
use tonic::{Code, Request};

use super::client;
use super::world::{AREA, World, said};

fn list(token: String) -> v1::ListActionsRequest {
    v1::ListActionsRequest {
        reading: Some(v1::Reading {
            area: AREA.to_owned(),
            token,
            ..v1::Reading::default()
        }),
        page_size: 1_000,
        ..v1::ListActionsRequest::default()
    }
}

#[tokio::test]
async fn a_read_with_the_token_of_a_write_shows_it() {
    let world = World::with_a_meeting().await;
    let mut client = client(&world).await;
    let incarnation = world.log.incarnation().await.unwrap();
    for number in 10..30 {
        let token = write_token(&Token {
            incarnation: incarnation.clone(),
            sequence: world.raise(number).await,
        });
        let page = client.list_actions(list(token)).await.unwrap().into_inner();
        let reference = format!("PCP/2018/{number:03}");
        assert!(page.actions.iter().any(|row| row.reference == reference));
        let fresh = page.freshness.unwrap();
        assert_eq!(read_token(&fresh.token).unwrap().sequence, fresh.position);
        assert_eq!(fresh.lag_events, 0);
    }
}

#[tokio::test]
async fn a_read_that_cannot_be_fresh_fails() {
    let world = World::with_a_meeting().await;
    let mut client = client(&world).await;
    let ahead = write_token(&Token {
        incarnation: world.log.incarnation().await.unwrap(),
        sequence: 1_000,
    });
    let mut request = Request::new(list(ahead));
    request.set_timeout(Duration::from_millis(300));
    let refused = client.list_actions(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{}", said(&refused));

    let other = write_token(&Token {
        incarnation: Incarnation("another log".to_owned()),
        sequence: 1,
    });
    let refused = client.list_actions(list(other)).await.unwrap_err();
    assert_eq!(
        refused.code(),
        Code::FailedPrecondition,
        "{}",
        said(&refused)
    );
}

#[tokio::test]
async fn the_status_tells_insiders_more_than_the_public() {
    let world = World::with_a_meeting().await;
    world
        .append_body("action.PCP/2018/002", "2018-11-30", b"{\"CANARY\"".to_vec())
        .await;
    world.caught_up().await;
    let mut client = client(&world).await;
    let ask = v1::GetStatusRequest {};
    let public = client.get_status(ask).await.unwrap().into_inner();
    assert_eq!(public.head, world.log.head().await.unwrap());
    assert!(public.parked.is_empty() && public.incarnation.is_empty());
    let clerk = client
        .get_status(world.by(Role::Clerk, ask))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(clerk.parked.len(), 1);
    assert_eq!(
        clerk.parked[0].subject,
        format!("evt.{AREA}.action.PCP/2018/002")
    );
    assert_ne!(clerk.incarnation, "");
}
