//! Many writes over one stream.

use crate::asks::*;
use crate::call;
use crate::on_both_logs;
use crate::rig::{Caller, On, Rig, new_id, refusal};
use api::v1;
use api::v1::bulk_write_request::Ask;
use api::v1::bulk_write_response::Answer;
use chrono::TimeDelta;
use domain::policy::Role;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status, Streaming};

on_both_logs! {
    each_request_of_a_stream_has_the_answer_of_its_own_call,
}

type Answers = Result<Streaming<v1::BulkWriteResponse>, Status>;

/// Opens a stream; what is sent goes out at once.
async fn open(caller: &Caller) -> (mpsc::Sender<v1::BulkWriteRequest>, Answers) {
    let (sender, requests) = mpsc::channel(4_096);
    let requests = caller.request(ReceiverStream::new(requests));
    let answers = caller.client.clone().bulk_write(requests).await;
    (sender, answers.map(tonic::Response::into_inner))
}

fn raising(request_id: &str) -> v1::BulkWriteRequest {
    let mut raise = question();
    raise.write.as_mut().unwrap().request_id = request_id.to_owned();
    v1::BulkWriteRequest {
        ask: Some(Ask::RaiseAction(raise)),
    }
}

fn status(refused: v1::Refusal) -> Status {
    Status::with_details(refused.code.into(), refused.message, refused.details.into())
}

async fn each_request_of_a_stream_has_the_answer_of_its_own_call(on: On) {
    let (rig, clerk) = Rig::with_register_on(on).await;
    let before = rig.messages().await.len();
    let (sender, answers) = open(&clerk).await;
    let mut answers = answers.unwrap();
    // More than may be under way at one time.
    let ids: Vec<String> = (0..1_200).map(|_| new_id()).collect();
    for id in &ids {
        sender.send(raising(id)).await.unwrap();
    }
    let wrong = withdraw("PCP/2018/99999");
    let wrong_id = wrong.write.as_ref().unwrap().request_id.clone();
    let wrong = Some(Ask::WithdrawAction(wrong));
    sender
        .send(v1::BulkWriteRequest { ask: wrong })
        .await
        .unwrap();
    let nothing = v1::BulkWriteRequest { ask: None };
    sender.send(nothing).await.unwrap();
    drop(sender);
    let mut written = HashMap::new();
    let mut refused = HashMap::new();
    while let Some(answer) = answers.message().await.unwrap() {
        match answer.answer.unwrap() {
            Answer::Written(one) => assert!(written.insert(answer.request_id, one).is_none()),
            Answer::Refused(one) => {
                let said = refusal(&status(one));
                assert!(refused.insert(answer.request_id, said).is_none());
            }
        }
    }
    assert_eq!((written.len(), refused.len()), (1_200, 2));
    assert_eq!(rig.messages().await.len(), before + 1_200);
    let said = call!(clerk, withdraw_action, withdraw("PCP/2018/99999"));
    assert_eq!(refused[&wrong_id], refusal(&said.unwrap_err()));
    let missing = "ask: is missing: give one request, such as raise_action";
    let missing = format!("InvalidArgument FIELDS_WRONG: {missing} []\n  {missing}");
    assert_eq!(refused[""], missing);
    // One of them alone is the same request.
    let Some(Ask::RaiseAction(again)) = raising(&ids[7]).ask else {
        unreachable!("it raises")
    };
    let first = call!(clerk, raise_action, again).unwrap();
    assert!(first.unchanged);
    assert_eq!(first.reference, written[&ids[7]].reference);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_does_not_outlive_its_token() {
    let (rig, clerk) = Rig::with_register().await;
    let (sender, answers) = open(&clerk).await;
    let mut answers = answers.unwrap();
    sender.send(raising(&new_id())).await.unwrap();
    let first = answers.message().await.unwrap().unwrap();
    assert!(matches!(first.answer, Some(Answer::Written(_))));
    rig.clock.advance(TimeDelta::days(30));
    sender.send(raising(&new_id())).await.unwrap();
    let ended = answers.message().await.unwrap_err();
    assert_eq!(ended.code(), Code::Unauthenticated);
    assert!(refusal(&ended).contains("TOKEN_EXPIRED"), "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_in_bulk_without_a_token() {
    let (mut rig, _) = Rig::with_register().await;
    let server = rig.serve().await;
    let nobody = Caller::new(server, None).await;
    let before = rig.messages().await.len();
    let (sender, answers) = open(&nobody).await;
    sender.send(raising(&new_id())).await.unwrap();
    drop(sender);
    let answer = answers.unwrap().message().await.unwrap().unwrap();
    let Some(Answer::Refused(refused)) = answer.answer else {
        panic!("it is written")
    };
    assert_eq!(status(refused).code(), Code::Unauthenticated);
    assert_eq!(rig.messages().await.len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_a_stream_and_finishes_what_it_began() {
    let (mut rig, _) = Rig::with_register().await;
    let stop = CancellationToken::new();
    let clock = rig.clock.clone();
    let service = command::Service::ending_with(
        Arc::clone(&rig.log),
        Arc::new(move || clock.now()),
        rig.folder.join("stopped"),
        command::Metrics::new(&mut prometheus_client::registry::Registry::default()),
        stop.clone(),
    );
    let server = rig.serve_this(service).await;
    let clerk = rig.caller(server, Role::Clerk).await;
    let (sender, answers) = open(&clerk).await;
    let mut answers = answers.unwrap();
    let id = new_id();
    sender.send(raising(&id)).await.unwrap();
    let first = answers.message().await.unwrap().unwrap();
    assert_eq!(first.request_id, id);
    stop.cancel();
    // The sender is still there: it is the server that ends.
    assert_eq!(answers.message().await.unwrap(), None);
    drop(sender);
}
