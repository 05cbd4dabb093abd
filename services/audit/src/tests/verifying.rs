//! A sound record is called sound; a read model that says something else is found out.

use std::sync::Arc;

use api::v1;
use domain::policy::Role;
use event_log::EventLog;
use projection::{Options, ReadModel};
use tokio_util::sync::CancellationToken;

use super::audit;
use super::world::{AREA, World};

async fn verified(world: &World, model: Option<&ReadModel>) -> v1::VerifyRecordResponse {
    let ask = v1::VerifyRecordRequest { area: AREA.into() };
    let mut audit = audit(world, model).await;
    audit
        .verify_record(world.by(Role::Auditor, ask))
        .await
        .unwrap()
        .into_inner()
}

#[tokio::test]
async fn a_sound_record_is_sound() {
    let world = World::new().await;
    world.generate(13, 400).await;
    for model in [Some(&world.model), None] {
        let verdict = verified(&world, model).await;
        assert_eq!(verdict.first_difference, "");
        assert!(verdict.sound && verdict.messages == 400 && verdict.rows > 0);
    }
}

#[tokio::test]
async fn a_read_model_that_says_something_else_is_found_out() {
    let world = World::with_a_meeting().await;
    // The read model of a log that differs in one word.
    let other = World::new().await;
    let records = world.log.read_batch(0, 1_000).await.unwrap();
    for record in &records {
        let body = String::from_utf8(record.body.to_vec()).unwrap();
        let subject = record
            .subject
            .as_str()
            .trim_start_matches("evt.cambs.")
            .to_owned();
        let body = body.replace("in ward 2", "in ward 9");
        let on = record.attributes.time.date_naive().to_string();
        other.append_body(&subject, &on, body.into_bytes()).await;
    }
    other.caught_up().await;
    let verdict = verified(&world, Some(&other.model)).await;
    assert!(!verdict.sound);
    insta::assert_snapshot!(verdict.first_difference);
}

#[tokio::test]
async fn a_message_that_cannot_be_read_is_found() {
    let world = World::with_a_meeting().await;
    let body = br#"{"on":"2018-11-30","CANARY":1}"#.to_vec();
    let position = world
        .append_body("action.PCP/2018/003", "2018-11-30", body)
        .await;
    world.caught_up().await;
    let verdict = verified(&world, Some(&world.model)).await;
    assert_eq!((verdict.sound, verdict.position), (false, position));
    assert!(
        !verdict.first_difference.contains("CANARY"),
        "{}",
        verdict.first_difference
    );
}

#[tokio::test]
async fn a_record_is_verified_while_it_is_written_to() {
    let world = World::new().await;
    world.generate(17, 200).await;
    let stop = CancellationToken::new();
    let model = ReadModel::open(world.dir.path().join("second"), Options::default()).unwrap();
    let log: Arc<dyn EventLog> = Arc::new(world.log.clone());
    tokio::spawn(model.follow(log, stop.clone()));
    let writes = async {
        for number in 600..640 {
            world.raise(number).await;
        }
    };
    let (verdict, ()) = tokio::join!(verified(&world, Some(&model)), writes);
    assert_eq!(verdict.first_difference, "");
    stop.cancel();
}

#[tokio::test]
async fn a_record_that_has_nothing_yet_is_sound() {
    let world = World::new().await;
    let verdict = verified(&world, Some(&world.model)).await;
    assert_eq!((verdict.sound, verdict.messages), (true, 0));
}
