//! More questions at one time than are worked on.

use api::message::write_token;
use api::v1;
use event_log::EventLog as _;
use projection::Token;
use prometheus_client::registry::Registry;
use std::sync::Arc;
use testkit::wait::until;
use tonic::Code;

use super::world::{World, reading, said};
use super::{client_of, service};
use crate::service::{READS, STORIES};

#[tokio::test]
async fn what_is_too_much_is_refused_at_once_and_taken_again_when_there_is_room() {
    let world = World::with_a_meeting().await;
    let service = service(&world, &mut Registry::default());
    let room = Arc::clone(&service.inner.room);
    let mut client = client_of(&world, service).await;
    let register = || v1::GetRegisterRequest { reading: reading() };
    let all = room
        .acquire_many(u32::try_from(READS).unwrap())
        .await
        .unwrap();
    let refused = client.get_register(register()).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert!(said(&refused).contains("BUSY"), "{}", said(&refused));
    drop(all);
    client.get_register(register()).await.unwrap();
}

/// What waits for the read model to take in a write is worked on, too: however many of them come, those
/// that wait have a bound.
#[tokio::test]
async fn a_question_that_waits_for_a_write_takes_room() {
    let world = World::with_a_meeting().await;
    let service = service(&world, &mut Registry::default());
    let room = Arc::clone(&service.inner.room);
    let client = client_of(&world, service).await;
    let most = u32::try_from(READS - 1).unwrap();
    let others = room.acquire_many(most).await.unwrap();
    let mut waiting = reading();
    waiting.as_mut().unwrap().token = write_token(&Token {
        incarnation: world.log.incarnation().await.unwrap(),
        sequence: world.log.head().await.unwrap() + 1,
    });
    let mut patient = client.clone();
    let waiting = tokio::spawn(async move {
        let question = v1::GetRegisterRequest { reading: waiting };
        patient.get_register(question).await
    });
    until("the question holds room", async || {
        room.available_permits() == 0
    })
    .await
    .unwrap();
    let register = || v1::GetRegisterRequest { reading: reading() };
    let refused = client.clone().get_register(register()).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    world.raise(77).await;
    waiting.await.unwrap().unwrap();
    drop(others);
    client.clone().get_register(register()).await.unwrap();
}

#[tokio::test]
async fn stories_leave_room_for_other_questions() {
    let world = World::with_a_meeting().await;
    world.raise(77).await;
    let service = service(&world, &mut Registry::default());
    let stories = Arc::clone(&service.inner.stories);
    let mut client = client_of(&world, service).await;
    let story = || v1::GetActionRequest {
        reading: reading(),
        reference: "PCP/2018/077".to_owned(),
    };
    let most = u32::try_from(STORIES).unwrap();
    let others = stories.acquire_many(most).await.unwrap();
    let refused = client.get_action(story()).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert!(said(&refused).contains("BUSY"), "{}", said(&refused));
    let register = v1::GetRegisterRequest { reading: reading() };
    client.get_register(register).await.unwrap();
    drop(others);
    client.get_action(story()).await.unwrap();
    assert_eq!(stories.available_permits(), STORIES);
}
