//! The rights a service needs on NATS, and no more: what `README.md` lists.

use std::sync::Arc;
use std::time::Duration;

use event_log::contract::Message;
use event_log::{Credentials, EventLog, JetStreamLog, JetStreamOptions, LogError, provision};
use futures::StreamExt;
use tempfile::TempDir;
use testkit::nats::{NatsOptions, NatsServer};

const ACCOUNTS: &str = r#"
accounts {
  APP {
    jetstream: enabled
    users = [
      { user: prov, password: p, permissions: {
        publish: { allow: ["$JS.API.STREAM.CREATE.EVENTS", "$JS.API.STREAM.INFO.EVENTS"] }
        subscribe: { allow: ["_INBOX_prov.>"] } } }
      { user: service, password: p, permissions: {
        publish: { allow: ["evt.>", "$JS.API.STREAM.INFO.EVENTS", "$JS.API.STREAM.MSG.GET.EVENTS",
          "$JS.API.CONSUMER.CREATE.EVENTS.>", "$JS.API.CONSUMER.MSG.NEXT.EVENTS.>"] }
        subscribe: { allow: ["_INBOX_service.>"] } } }
      { user: reader, password: p, permissions: {
        publish: { allow: ["$JS.API.STREAM.INFO.EVENTS", "$JS.API.STREAM.MSG.GET.EVENTS",
          "$JS.API.CONSUMER.CREATE.EVENTS.>", "$JS.API.CONSUMER.MSG.NEXT.EVENTS.>"] }
        subscribe: { allow: ["_INBOX_reader.>"] } } }
    ]
  }
}
"#;

fn options(server: &NatsServer, user: &str, folder: &TempDir) -> JetStreamOptions {
    JetStreamOptions {
        credentials: Credentials::UserPassword {
            user: user.to_owned(),
            password: "p".to_owned(),
        },
        inbox_prefix: Some(format!("_INBOX_{user}")),
        ..JetStreamOptions::new(vec![server.url()], folder.path())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_works_with_the_rights_that_are_listed() {
    let server = NatsServer::start_with(NatsOptions {
        extra: ACCOUNTS.to_owned(),
        ..NatsOptions::default()
    })
    .await
    .unwrap();
    let folder = TempDir::new().unwrap();
    let service = options(&server, "service", &folder);
    assert!(matches!(
        JetStreamLog::connect(service.clone()).await,
        Err(LogError::NotProvisioned { .. })
    ));
    provision(&options(&server, "prov", &folder)).await.unwrap();
    let log: Arc<dyn EventLog> = Arc::new(JetStreamLog::connect(service).await.unwrap());
    let mut expected = 0;
    for turn in 0..20 {
        let message = Message::new("a", &format!("turn-{turn}")).expects(expected);
        expected = message.to(&log).await.unwrap().sequence;
    }
    let message = Message::new("a", "turn-3");
    assert_eq!(
        log.find(message.append().id)
            .await
            .unwrap()
            .unwrap()
            .sequence,
        4
    );
    assert_eq!(log.read_batch(0, 100).await.unwrap().len(), 20);
    let on = event_log::contract::subject("a");
    assert_eq!(log.read_subject(&on, 0).await.unwrap().len(), 20);

    let folder = TempDir::new().unwrap();
    let reader = JetStreamOptions {
        append_timeout: Duration::from_secs(1),
        ..options(&server, "reader", &folder)
    };
    let reader: Arc<dyn EventLog> = Arc::new(JetStreamLog::connect(reader).await.unwrap());
    let refused = Message::new("b", "refused");
    assert!(refused.to(&reader).await.is_err());
    assert_eq!(reader.find(refused.append().id).await, Ok(None));
    assert_eq!(reader.read_batch(0, 100).await.unwrap().len(), 20);
    let first = reader.follow(0).next().await.unwrap().unwrap();
    assert_eq!(first[0].sequence, 1);
}
