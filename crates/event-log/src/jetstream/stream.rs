//! What the stream must be, compared with what it is.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::options::JetStreamOptions;
use super::server::{Fault, Info, NO_STREAM, Server};
use crate::limits::{MAX_BODY_BYTES, MAX_HEADER_BYTES};
use crate::{DriftField, Incarnation, LogError};

/// Fields that protect nothing and break nothing, whatever they hold.
const FREE: [&str; 7] = [
    "name",
    "description",
    "metadata",
    "placement",
    "compression",
    "consumer_limits",
    ATOMIC,
];

/// Whether the stream takes atomic batches.
const ATOMIC: &str = "allow_atomic";
/// The first server that knows them.
const ATOMIC_SINCE: (i64, i64, i64) = (2, 12, 0);

/// The server's code for "no suitable peers for placement".
const NO_PEERS: u64 = 10_005;
/// The server's code for "JetStream system temporarily unavailable".
const NOT_AVAILABLE: u64 = 10_008;

/// Pause between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

/// How long a missing stream may be a cluster that is just electing its leader.
const ELECTION: Duration = Duration::from_secs(2);

/// The largest message: a body and its headers.
fn largest() -> usize {
    MAX_BODY_BYTES + MAX_HEADER_BYTES
}

/// The one configuration that protects the log, on so many servers unless the options say how many.
fn wanted(options: &JetStreamOptions, replicas: &Value) -> Vec<(&'static str, Value)> {
    let mut fields = vec![
        ("subjects", json!(["evt.>"])),
        ("retention", json!("limits")),
        ("storage", json!("file")),
        ("discard", json!("new")),
        (
            "num_replicas",
            options
                .replicas
                .map_or_else(|| replicas.clone(), |n| json!(n)),
        ),
        (
            "duplicate_window",
            json!(u64::try_from(options.duplicate_window.as_nanos()).unwrap_or(u64::MAX)),
        ),
        ("max_msg_size", json!(largest())),
        ("max_msgs", json!(-1)),
        ("max_bytes", json!(-1)),
        ("max_age", json!(0)),
        ("max_msgs_per_subject", json!(-1)),
        ("max_consumers", json!(-1)),
        ("deny_delete", json!(true)),
        ("deny_purge", json!(true)),
        ("allow_direct", json!(false)),
        ("allow_rollup_hdrs", json!(false)),
    ];
    if options.group_commit {
        fields.push((ATOMIC, json!(true)));
    }
    fields
}

pub(super) async fn provision(server: &Server) -> Result<Incarnation, LogError> {
    let options = &server.options;
    let mut config: Map<String, Value> = wanted(options, &json!(1))
        .into_iter()
        .map(|(field, value)| (field.to_owned(), value))
        .collect();
    config.insert("name".to_owned(), json!(options.stream));
    let (major, minor, patch) = ATOMIC_SINCE;
    if server.client.is_server_compatible(major, minor, patch) {
        config.insert(ATOMIC.to_owned(), json!(true));
    }
    let config = Value::Object(config);
    let begun = Instant::now();
    while let Err(fault) = exists_or_is_made(server, &config).await {
        if begun.elapsed() > options.read_timeout || !passes(&fault) {
            return Err(LogError::Unavailable {
                reason: format!("making the stream {}: {fault}", options.stream),
            });
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(checked(server).await?.incarnation())
}

async fn exists_or_is_made(server: &Server, config: &Value) -> Result<(), Fault> {
    match server.ask("STREAM.INFO", &Value::Null).await {
        Err(Fault::Refused {
            code: NO_STREAM, ..
        }) => server.ask("STREAM.CREATE", config).await.map(|_| ()),
        answer => answer.map(|_| ()),
    }
}

/// A cluster that has just started knows its leader before its members.
fn passes(fault: &Fault) -> bool {
    match fault {
        Fault::Refused { code, .. } => [NO_PEERS, NOT_AVAILABLE].contains(code),
        Fault::NoResponders | Fault::Unanswered { .. } => true,
        Fault::NotSent { .. } => false,
    }
}

/// What the leader says of the stream, once its configuration is known to be right.
pub(super) async fn checked(server: &Server) -> Result<Info, LogError> {
    let begun = Instant::now();
    let info = loop {
        match server.info_now().await {
            Ok(info) => break info,
            Err(Fault::Refused {
                code: NO_STREAM, ..
            }) if begun.elapsed() > ELECTION => {
                return Err(LogError::NotProvisioned {
                    name: server.options.stream.clone(),
                });
            }
            Err(fault) if begun.elapsed() > server.options.read_timeout => {
                return Err(LogError::Unavailable {
                    reason: format!("the stream {}: {fault}", server.options.stream),
                });
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    };
    let there = info.config.get("num_replicas").unwrap_or(&Value::Null);
    let mut fields = drift(&wanted(&server.options, there), &info.config);
    let max_payload = server.client.server_info().max_payload;
    if max_payload < largest() {
        fields.push(DriftField {
            field: "max_payload (of the server)".to_owned(),
            expected: format!("{} or more", largest()),
            found: max_payload.to_string(),
        });
    }
    if !fields.is_empty() {
        return Err(LogError::Drift {
            stream: server.options.stream.clone(),
            fields,
        });
    }
    info.whole()?;
    Ok(info)
}

/// Every field that is not as wanted, and every other field that is set at all.
fn drift(wanted: &[(&'static str, Value)], found: &Value) -> Vec<DriftField> {
    let empty = Map::new();
    let found = found.as_object().unwrap_or(&empty);
    let mut fields = Vec::new();
    for (field, expected) in wanted {
        let found = found.get(*field).unwrap_or(&Value::Null);
        if found != expected && !(is_unset(found) && is_unset(expected)) {
            fields.push(DriftField {
                field: (*field).to_owned(),
                expected: expected.to_string(),
                found: found.to_string(),
            });
        }
    }
    for (field, found) in found {
        let known = FREE.contains(&field.as_str()) || wanted.iter().any(|(name, _)| name == field);
        if !known && !is_unset(found) {
            fields.push(DriftField {
                field: field.clone(),
                expected: "unset".to_owned(),
                found: found.to_string(),
            });
        }
    }
    fields
}

fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty() || text == "default",
        Value::Array(values) => values.is_empty(),
        Value::Object(values) => values.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_that_differs_is_named() {
        let options = JetStreamOptions::new(vec![], "");
        let wanted = wanted(&options, &json!(1));
        let mut config: Map<String, Value> = wanted
            .iter()
            .map(|(field, value)| ((*field).to_owned(), value.clone()))
            .collect();
        config.insert("metadata".to_owned(), json!({ "_nats.ver": "2.15.1" }));
        config.insert("persist_mode".to_owned(), json!("default"));
        assert_eq!(drift(&wanted, &Value::Object(config.clone())), vec![]);
        config.remove("allow_direct");
        config.remove("deny_purge");
        config.insert("discard".to_owned(), json!("old"));
        config.insert("subject_transform".to_owned(), json!({ "src": "evt.>" }));
        let said: Vec<_> = drift(&wanted, &Value::Object(config))
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            said,
            [
                "discard is \"old\", must be \"new\"",
                "deny_purge is null, must be true",
                "subject_transform is {\"src\":\"evt.>\"}, must be unset",
            ]
        );
    }

    #[test]
    fn replicas_count_only_when_they_are_asked_for() {
        let mut options = JetStreamOptions::new(vec![], "");
        let config = |options| -> Value {
            let fields = wanted(options, &json!(3)).into_iter();
            fields
                .map(|(name, value)| (name.to_owned(), value))
                .collect()
        };
        let of_three = config(&options);
        let there = of_three.get("num_replicas").unwrap();
        assert_eq!(drift(&wanted(&options, there), &of_three), vec![]);
        options.replicas = Some(1);
        let said = drift(&wanted(&options, there), &of_three);
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].to_string(), "num_replicas is 3, must be 1");
    }
}
