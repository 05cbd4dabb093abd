//! Messages that somebody else put on the stream: nobody stands still at them.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::Arc;

use async_nats::HeaderMap;
use event_log::contract::{Message, Rig, subject};
use event_log::{AppendError, ConflictCode, Digest, EventLog, FOREIGN, Record};
use futures::StreamExt;

use super::rig::OneServer;

/// Sends bytes as no client library would, and returns when the server has taken them.
fn send(url: &str, bytes: &[u8]) {
    let mut stream = TcpStream::connect(url.trim_start_matches("nats://")).unwrap();
    stream
        .write_all(b"CONNECT {\"verbose\":false,\"headers\":true}\r\n")
        .unwrap();
    stream.write_all(bytes).unwrap();
    stream.write_all(b"PING\r\n").unwrap();
    let mut lines = BufReader::new(stream).lines();
    assert!(lines.any(|line| line.unwrap() == "PONG"));
}

/// A message with these bytes for its header block.
fn with_block(subject: &[u8], block: &[u8]) -> Vec<u8> {
    let mut bytes = b"HPUB ".to_vec();
    bytes.extend(subject);
    let lengths = format!(" {} {}\r\n", block.len(), block.len() + 4);
    bytes.extend(lengths.as_bytes());
    bytes.extend(block);
    bytes.extend(b"body\r\n");
    bytes
}

async fn publish(url: &str, subject: &str, headers: &[(&str, &str)]) {
    let client = async_nats::connect(url).await.unwrap();
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, *value);
    }
    let jetstream = async_nats::jetstream::new(client);
    jetstream
        .publish_with_headers(subject.to_owned(), map, "body".into())
        .await
        .unwrap()
        .await
        .unwrap();
}

/// What a headerless message, bad headers and bad subjects become, by every way of reading, at every
/// handle.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_message_is_a_marked_record_and_stops_nobody() {
    let mut rig = OneServer::new().await;
    let (log, other, url) = (rig.handle().await, rig.handle().await, rig.server.url());
    let mut live = other.follow(0);
    Message::new("a", "first").to(&log).await.unwrap();
    let id = Message::new("x", "claimed").append().id.to_string();
    let braced = format!("{{{id}}}");
    let digest = Digest::of(b"x").to_string();
    let long = format!("evt.{}", "l".repeat(300));
    publish(&url, "evt.contract.action.a", &[]).await;
    publish(&url, "evt.b", &[("Nats-Msg-Id", "no uuid")]).await;
    publish(&url, "evt.b", &[("Nats-Msg-Id", &braced)]).await;
    publish(
        &url,
        "evt.b",
        &[("Nats-Msg-Id", &id), ("matters-command-sha256", "00")],
    )
    .await;
    let twice = [("matters-command-sha256", &*digest); 2];
    publish(&url, "evt.b", &twice).await;
    publish(&url, &long, &[]).await;
    publish(&url, "evt.b*d", &[]).await;
    // The client cannot take these from a consumer: no header block, a status, no UTF-8.
    send(&url, &with_block(b"evt.c", b"no headers at all\r\n\r\n"));
    send(&url, &with_block(b"evt.c", b"NATS/1.0 503\r\n\r\n"));
    send(&url, &with_block(b"evt.c", b"NATS/1.0 100 Idle\r\n\r\n"));
    send(&url, b"PUB evt.\xff\xfe 4\r\nbody\r\n");
    let last = Message::new("last", "last");
    assert_eq!(last.to(&log).await.unwrap().sequence, 13);

    let mut followed: Vec<Record> = Vec::new();
    while followed.len() < 13 {
        let more = live.next().await.unwrap().unwrap();
        followed.extend(more);
    }
    let singly = log.read_batch(0, 100).await.unwrap();
    assert_eq!(followed, singly);
    for (sequence, record) in (1..).zip(&singly) {
        assert_eq!(record.sequence, sequence);
        let own = [1, 13].contains(&sequence);
        assert_eq!(record.is_foreign(), !own, "{record:?}");
        for log in [&log, &other] {
            assert_eq!(log.read(sequence).await.as_ref(), Ok(&Some(record.clone())));
            assert_eq!(
                log.find(record.id).await.as_ref(),
                Ok(&Some(record.clone()))
            );
        }
        if !own {
            assert_eq!(record.attributes.kind, FOREIGN);
            assert_eq!(record.digest, Digest::of(b"body"));
            assert_eq!(record.body, "body");
        }
    }
    let said: Vec<_> = singly[1..12]
        .iter()
        .map(|r| format!("{}: {}", r.subject, r.attributes.source))
        .collect();
    assert_eq!(
        said,
        [
            "evt.contract.action.a: it has no header Nats-Msg-Id",
            "evt.b: its header Nats-Msg-Id cannot be read",
            "evt.b: its header Nats-Msg-Id cannot be read",
            "evt.b: its header matters-command-sha256 cannot be read",
            "evt.b: it has no header Nats-Msg-Id",
            "evt.foreign.7: subject is 304 bytes long; at most 200 are allowed",
            "evt.foreign.8: subject \"evt.b*d\" holds the character '*'; \
             wildcards, spaces and control characters are not allowed",
            "evt.c: its headers cannot be read",
            // The server keeps no header block that holds no header.
            "evt.c: it has no header Nats-Msg-Id",
            "evt.c: it has no header Nats-Msg-Id",
            "evt.foreign.12: its subject is not UTF-8",
        ]
    );
}

/// Decisions go on beside it: its subject has moved, its id is held until the server forgets it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appends_go_on_beside_a_foreign_message() {
    let mut rig = OneServer::new().await;
    let (log, url) = (rig.handle().await, rig.server.url());
    let first = Message::new("a", "first");
    first.to(&log).await.unwrap();
    let claimed = Message::new("new", "claimed");
    let id = claimed.append().id.to_string();
    publish(&url, "evt.contract.action.a", &[("Nats-Msg-Id", &id)]).await;
    let next = Message::new("a", "next");
    assert_eq!(
        next.clone().expects(1).to(&log).await,
        Err(AppendError::Conflict {
            subject: subject("a"),
            expected: 1,
            actual: Some(2),
            code: ConflictCode::WrongLastSequence,
        })
    );
    let history = log.read_subject(&subject("a"), 0).await.unwrap();
    assert!(history[1].is_foreign());
    assert_eq!(next.expects(2).to(&log).await.unwrap().sequence, 3);
    assert!(first.to(&log).await.unwrap().duplicate);
    // The index stands for what this crate wrote, so the id is free once the server forgets it.
    let answer = event_log::contract::append_until_answered(&log, &claimed).await;
    assert_eq!(answer.unwrap().sequence, 4);
}

/// Long reads go through a consumer and step over what it does not deliver.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_read_misses_no_foreign_message() {
    let mut rig = OneServer::new().await;
    let (log, url) = (rig.handle().await, rig.server.url());
    let fill = async |log: &Arc<dyn EventLog>, turns: std::ops::Range<u64>| {
        for turn in turns {
            let name = format!("turn-{turn}");
            let expected = log.head().await.unwrap();
            let message = Message::new("a", &name).expects(expected);
            message.to(log).await.unwrap();
        }
    };
    let on = subject("a");
    fill(&log, 0..70).await;
    let block = b"NATS/1.0 100 Idle\r\n\r\n";
    send(&url, &with_block(on.as_str().as_bytes(), block));
    fill(&log, 71..80).await;
    send(
        &url,
        &with_block(on.as_str().as_bytes(), b"no headers\r\n\r\n"),
    );
    fill(&log, 81..90).await;
    for records in [
        log.read_batch(0, 1_000).await.unwrap(),
        log.read_subject(&on, 0).await.unwrap(),
    ] {
        let positions: Vec<_> = records.iter().map(|record| record.sequence).collect();
        assert_eq!(positions, (1..=90).collect::<Vec<_>>());
        let foreign: Vec<_> = records.iter().filter(|r| r.is_foreign()).collect();
        assert_eq!(foreign.len(), 2);
    }
}
