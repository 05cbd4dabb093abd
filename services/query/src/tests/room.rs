//! More questions at one time than are worked on.

use api::v1;
use prometheus_client::registry::Registry;
use std::sync::Arc;
use tonic::Code;

use super::world::{World, reading, said};
use super::{client_of, service};
use crate::service::READS;

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
