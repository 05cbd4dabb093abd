//! A stream that is not as it must be, an index that is not of this stream, a server that is silent.

use std::sync::Arc;
use std::time::Duration;

use event_log::contract::{Message, Rig, append_until_answered};
use event_log::{
    AppendError, Appended, DriftField, EventLog, JetStreamLog, JetStreamOptions, LogError,
    provision,
};
use futures::StreamExt;
use tempfile::TempDir;
use testkit::nats::NatsServer;
use tokio::time::timeout;

use super::rig::{OneServer, delete_stream};

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_stream_is_an_error_and_stays_missing() {
    let server = NatsServer::start().await.unwrap();
    let folder = TempDir::new().unwrap();
    let options = JetStreamOptions::new(vec![server.url()], folder.path());
    for _ in 0..2 {
        let refused = JetStreamLog::connect(options.clone()).await.err();
        let said = refused.map(|error| error.to_string());
        let expected = "there is no log EVENTS; provision it first";
        assert_eq!(said.as_deref(), Some(expected));
    }
    let made = provision(&options).await.unwrap();
    assert_eq!(provision(&options).await, Ok(made.clone()));
    let log = JetStreamLog::connect(options).await.unwrap();
    assert_eq!(log.incarnation().await, Ok(made));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_field_that_drifted_is_named() {
    let mut rig = OneServer::new().await;
    let client = async_nats::connect(rig.server.url()).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    let stream = jetstream.get_stream("EVENTS").await.unwrap();
    let mut config = stream.get_info().await.unwrap().config;
    config.discard = async_nats::jetstream::stream::DiscardPolicy::Old;
    config.max_messages = 1_000;
    jetstream.update_stream(config).await.unwrap();
    let refused = JetStreamLog::connect(rig.options()).await.err();
    let field = |field: &str, expected: &str, found: &str| DriftField {
        field: field.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    };
    let fields = vec![
        field("discard", "\"new\"", "\"old\""),
        field("max_msgs", "-1", "1000"),
    ];
    let stream = "EVENTS".to_owned();
    let drift = LogError::Drift { stream, fields };
    assert_eq!(refused, Some(drift.clone()));
    assert_eq!(provision(&rig.options()).await, Err(drift));
}

/// The folder of one stream's index, met by another stream; and an index that is damaged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_of_another_stream_or_a_damaged_one_is_made_again() {
    let mut rig = OneServer::new().await;
    let options = rig.options();
    let first = Message::new("a", "first");
    let log = JetStreamLog::connect(options.clone()).await.unwrap();
    let second_owner = JetStreamLog::connect(options.clone()).await.err();
    assert!(matches!(second_owner, Some(LogError::Locked { .. })));
    log.append(first.append()).await.unwrap();
    assert!(log.find(first.append().id).await.unwrap().is_some());
    drop(log);
    rig.replace().await;
    let log = testkit::wait::until_some("the index to be free", || {
        let options = options.clone();
        async move { JetStreamLog::connect(options).await.ok() }
    })
    .await
    .unwrap();
    assert_eq!(log.find(first.append().id).await, Ok(None));
    log.append(Message::new("b", "other").append())
        .await
        .unwrap();
    log.append(first.append()).await.unwrap();
    drop(log);
    let file = options.id_index_dir.join("ids.db");
    std::fs::write(&file, vec![0x5a; 8_192]).unwrap();
    let log = testkit::wait::until_some("the index to be free", || {
        let options = options.clone();
        async move { JetStreamLog::connect(options).await.ok() }
    })
    .await
    .unwrap();
    let known = Ok(Appended {
        sequence: 2,
        duplicate: true,
    });
    assert_eq!(log.append(first.append()).await, known);
}

/// A stream that is deleted and made again under a reader and a writer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_made_anew_stops_whoever_knew_the_old_one() {
    let mut rig = OneServer::new().await;
    let log = rig.handle().await;
    let known = log.incarnation().await.unwrap();
    Message::new("a", "1").to(&log).await.unwrap();
    let mut batches = log.follow(0);
    assert_eq!(batches.next().await.unwrap().unwrap().len(), 1);
    delete_stream(&[rig.server.url()]).await;
    provision(&rig.options()).await.unwrap();
    let found = log.incarnation().await.unwrap();
    let ended = timeout(PATIENCE, batches.next()).await.unwrap();
    let changed = LogError::IncarnationChanged { known, found };
    assert_eq!(ended, Some(Err(changed.clone())));
    assert_eq!(batches.next().await, None);
    let looked_up = log.find(Message::new("a", "1").append().id).await;
    assert!(looked_up.is_err(), "{looked_up:?}");
}

/// A frozen server: the outcome is unknown, and said to be; the retry finds out, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_server_leaves_the_outcome_unknown_and_a_retry_settles_it() {
    let mut rig = OneServer::new().await;
    let options = JetStreamOptions {
        append_timeout: Duration::from_secs(1),
        read_timeout: Duration::from_millis(500),
        duplicate_window: Duration::from_secs(2),
        ..rig.options()
    };
    let log: Arc<dyn EventLog> = Arc::new(JetStreamLog::connect(options).await.unwrap());
    Message::new("a", "warm").to(&log).await.unwrap();
    rig.server.pause().unwrap();
    let message = Message::new("b", "silent");
    let answer = message.to(&log).await;
    assert!(
        matches!(answer, Err(AppendError::OutcomeUnknown { .. })),
        "{answer:?}"
    );
    rig.server.resume().unwrap();
    assert_eq!(
        append_until_answered(&log, &message)
            .await
            .unwrap()
            .sequence,
        2
    );
    assert_eq!(log.head().await, Ok(2));
    rig.server.kill().unwrap();
    let refused = Message::new("c", "down").to(&log).await;
    assert!(refused.is_err());
    rig.server.restart().await.unwrap();
    let answer = append_until_answered(&log, &Message::new("c", "down")).await;
    assert_eq!(answer.unwrap().sequence, 3);
    assert_eq!(log.head().await, Ok(3));
}

/// The cheap look asks nobody: a frozen server does not delay a miss.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_id_is_not_asked_of_the_server() {
    let mut rig = OneServer::new().await;
    let options = JetStreamOptions {
        duplicate_window: Duration::from_secs(120),
        ..rig.options()
    };
    delete_stream(&[rig.server.url()]).await;
    provision(&options).await.unwrap();
    let log = JetStreamLog::connect(options).await.unwrap();
    log.append(Message::new("a", "warm").append())
        .await
        .unwrap();
    rig.server.pause().unwrap();
    let unknown = Message::new("a", "unknown").append().id;
    let looked = timeout(Duration::from_secs(2), log.seen(unknown)).await;
    rig.server.resume().unwrap();
    assert_eq!(looked.unwrap(), Ok(None));
}
