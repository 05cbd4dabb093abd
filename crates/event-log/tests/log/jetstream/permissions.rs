//! The rights that `deploy/nats/accounts.conf` gives, with the users and inboxes of the units there: each
//! user can do its work, and nothing besides.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use event_log::contract::{Message, subject};
use event_log::{
    AppendError, Credentials, EventLog, JetStreamLog, JetStreamOptions, LogError, provision,
};
use futures::StreamExt;
use tempfile::TempDir;
use testkit::nats::{NatsOptions, NatsServer};

const USERS: [&str; 5] = ["provision", "command", "query", "audit", "monitor"];

/// The deployed configuration but for what a test must have of its own: addresses, a store, passwords
/// in the clear (each user's own name).
async fn deployed() -> NatsServer {
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/nats");
    let read = |name: &str| std::fs::read_to_string(deploy.join(name)).unwrap();
    let accounts = read("accounts.conf");
    let include = "include \"./passwords.conf\"\n";
    assert_eq!(accounts.matches(include).count(), 1);
    // An included file only gives names to the passwords; here they stand in the file itself.
    let passwords: String = USERS
        .iter()
        .map(|user| format!("{}_PASSWORD: {user}\n", user.to_uppercase()))
        .collect();
    let options = NatsOptions {
        sync_always: true,
        extra: accounts.replace(include, &passwords),
        // What limits clients is the deployed file's too.
        limits: read("nats.conf")
            .lines()
            .filter(|line| line.starts_with("max_"))
            .map(|line| format!("{line}\n"))
            .collect(),
        ..NatsOptions::default()
    };
    assert!(options.limits.contains("max_payload"));
    NatsServer::start_with(options).await.unwrap()
}

fn options(server: &NatsServer, user: &str, folder: &TempDir) -> JetStreamOptions {
    JetStreamOptions {
        credentials: Credentials::UserPassword {
            user: user.to_owned(),
            password: user.to_owned(),
        },
        inbox_prefix: Some(format!("_INBOX_{user}")),
        append_timeout: Duration::from_secs(2),
        read_timeout: Duration::from_secs(2),
        ..JetStreamOptions::new(vec![server.url()], folder.path())
    }
}

async fn reads_everything(log: &Arc<dyn EventLog>, count: usize) {
    assert_eq!(log.head().await, Ok(count as u64));
    let found = log.find(Message::new("a", "turn-3").append().id).await;
    assert_eq!(found.unwrap().unwrap().sequence, 4);
    let on = subject("a");
    assert_eq!(log.read(1).await.unwrap().unwrap().subject, on);
    // More than are read one by one: through a consumer.
    assert_eq!(log.read_batch(0, 1_000).await.unwrap().len(), count);
    assert_eq!(log.read_subject(&on, 0).await.unwrap().len(), count);
    let first = log.follow(0).next().await.unwrap().unwrap();
    assert_eq!(first[0].sequence, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_deployed_rights_suffice_for_every_user_and_readers_write_nothing() {
    let server = deployed().await;
    let folders: Vec<_> = USERS.iter().map(|_| TempDir::new().unwrap()).collect();
    let command = options(&server, "command", &folders[1]);
    let early = JetStreamLog::connect(command.clone()).await;
    assert!(matches!(early, Err(LogError::NotProvisioned { .. })));
    for user in ["command", "query", "audit"] {
        let refused = provision(&options(&server, user, &folders[0])).await;
        assert!(refused.is_err(), "{user} made the stream");
    }
    let made = options(&server, "provision", &folders[0]);
    provision(&made).await.unwrap();

    let log: Arc<dyn EventLog> = Arc::new(JetStreamLog::connect(command).await.unwrap());
    let mut expected = 0;
    for turn in 0..80 {
        let message = Message::new("a", &format!("turn-{turn}")).expects(expected);
        expected = message.to(&log).await.unwrap().sequence;
    }
    let longest = vec![b' '; event_log::MAX_BODY_BYTES];
    let longest = Message::new("a", "longest")
        .expects(expected)
        .with(|append| append.body = longest.into());
    longest.to(&log).await.unwrap();
    reads_everything(&log, 81).await;
    for (user, folder) in [("query", &folders[2]), ("audit", &folders[3])] {
        let reader = options(&server, user, folder);
        let reader: Arc<dyn EventLog> = Arc::new(JetStreamLog::connect(reader).await.unwrap());
        reads_everything(&reader, 81).await;
        let refused = Message::new("b", user);
        let answer = refused.to(&reader).await;
        assert!(
            matches!(
                answer,
                Err(AppendError::OutcomeUnknown { .. } | AppendError::Unavailable { .. })
            ),
            "{user}: {answer:?}"
        );
        assert_eq!(reader.find(refused.append().id).await, Ok(None));
    }
    assert_eq!(log.head().await, Ok(81));
}

/// What would undo the log is refused to every user, the one who made it included; a reader cannot have
/// the server write for it either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_user_can_undo_the_log_or_write_by_a_reply() {
    let server = deployed().await;
    let folder = TempDir::new().unwrap();
    let made = options(&server, "provision", &folder);
    provision(&made).await.unwrap();
    let command = options(&server, "command", &folder);
    let log: Arc<dyn EventLog> = Arc::new(JetStreamLog::connect(command).await.unwrap());
    Message::new("a", "first").to(&log).await.unwrap();
    let created = log.incarnation().await.unwrap();
    for user in USERS {
        let client = async_nats::ConnectOptions::with_user_and_password(user.into(), user.into())
            .custom_inbox_prefix(format!("_INBOX_{user}"))
            .connect(server.url())
            .await
            .unwrap();
        for api in [
            "UPDATE",
            "DELETE",
            "PURGE",
            "SNAPSHOT",
            "RESTORE",
            "MSG.DELETE",
        ] {
            for prefix in ["$JS.API", "LOG.API"] {
                let subject = format!("{prefix}.STREAM.{api}.EVENTS");
                let payload = "{\"name\":\"EVENTS\",\"max_msgs\":1,\"seq\":1}";
                client.publish(subject, payload.into()).await.unwrap();
            }
        }
        if user != "command" {
            for (ask, payload) in [("STREAM.INFO", ""), ("STREAM.MSG.GET", "{\"seq\":1}")] {
                for prefix in ["$JS.API", "LOG.API"] {
                    let ask = format!("{prefix}.{ask}.EVENTS");
                    client
                        .publish_with_reply(ask, "evt.by.reply", payload.into())
                        .await
                        .unwrap();
                }
            }
            client.publish("evt.by.hand", "x".into()).await.unwrap();
        }
        client.flush().await.unwrap();
    }
    // Whatever was asked before is decided by the time this is written.
    let last = Message::new("last", "last").to(&log).await.unwrap();
    assert_eq!(log.incarnation().await, Ok(created));
    let subjects: Vec<_> = log
        .read_batch(0, 100)
        .await
        .unwrap()
        .iter()
        .map(|record| record.subject.to_string())
        .collect();
    assert_eq!(
        subjects,
        [subject("a").to_string(), subject("last").to_string()]
    );
    assert_eq!(last.sequence, 2);
}
