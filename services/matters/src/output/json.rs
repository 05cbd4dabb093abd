//! Messages of the contract as JSON: keys as in the `.proto` files, enumerations as their words,
//! instants in RFC 3339, positions as numbers. A field that holds nothing is there, empty.

use crate::failure::Failure;
use crate::words;
use prost::Message;
use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, Kind, MapKey, ReflectMessage as _,
    Value as Held,
};
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

/// A message of `matters.v1` as JSON.
pub(crate) fn of(name: &str, message: &impl Message) -> Result<Value, Failure> {
    static POOL: OnceLock<Option<DescriptorPool>> = OnceLock::new();
    let known = POOL
        .get_or_init(|| DescriptorPool::decode(api::DESCRIPTORS).ok())
        .as_ref()
        .and_then(|pool| pool.get_message_by_name(&format!("matters.v1.{name}")))
        .ok_or_else(|| Failure::new(format!("the contract has no message {name}")))?;
    let dynamic = DynamicMessage::decode(known, message.encode_to_vec().as_slice())
        .map_err(|error| Failure::new(format!("{name} cannot be shown: {error}")))?;
    Ok(object(&dynamic))
}

fn object(message: &DynamicMessage) -> Value {
    match message.descriptor().full_name() {
        "google.protobuf.Timestamp" => return timestamp(message),
        "google.protobuf.Duration" => return json!(seconds(message)),
        _ => {}
    }
    let mut map = Map::new();
    for field in message.descriptor().fields() {
        let absent = field.supports_presence() && !message.has_field(&field);
        if absent && field.containing_oneof().is_some() {
            continue;
        }
        let value = if absent {
            Value::Null
        } else {
            held(&field.kind(), &message.get_field(&field))
        };
        map.insert(field.name().to_owned(), value);
    }
    Value::Object(map)
}

fn held(kind: &Kind, value: &Held) -> Value {
    match value {
        Held::Bool(value) => json!(value),
        Held::I32(value) => json!(value),
        Held::I64(value) => json!(value),
        Held::U32(value) => json!(value),
        Held::U64(value) => json!(value),
        Held::F32(value) => json!(value),
        Held::F64(value) => json!(value),
        Held::String(value) => json!(value),
        Held::Bytes(value) => json!(String::from_utf8_lossy(value)),
        Held::EnumNumber(number) => match kind {
            Kind::Enum(descriptor) => json!(word(descriptor, *number)),
            _ => json!(number),
        },
        Held::Message(message) => object(message),
        Held::List(values) => values.iter().map(|value| held(kind, value)).collect(),
        Held::Map(values) => values
            .iter()
            .filter_map(|(key, value)| match key {
                MapKey::String(key) => Some((key.clone(), held(kind, value))),
                _ => None,
            })
            .collect::<Map<_, _>>()
            .into(),
    }
}

/// `KIND_QUESTION` of `Kind` is `question`: the prefix is what all names share with the unspecified.
fn word(descriptor: &EnumDescriptor, number: i32) -> String {
    let zero = descriptor.default_value().name().to_owned();
    let prefix = zero.strip_suffix("UNSPECIFIED").unwrap_or("");
    descriptor.get_value(number).map_or_else(
        || number.to_string(),
        |value| words::plain(value.name(), prefix),
    )
}

fn timestamp(message: &DynamicMessage) -> Value {
    let seconds = number(message, "seconds");
    let nanos = u32::try_from(number(message, "nanos")).unwrap_or(0);
    chrono::DateTime::from_timestamp(seconds, nanos).map_or(Value::Null, |instant| {
        json!(instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    })
}

fn seconds(message: &DynamicMessage) -> f64 {
    let whole = number(message, "seconds");
    #[allow(clippy::cast_precision_loss, reason = "a lag, for people")]
    let sum = whole as f64 + number(message, "nanos") as f64 / 1e9;
    sum
}

fn number(message: &DynamicMessage, field: &str) -> i64 {
    match message.get_field_by_name(field).as_deref() {
        Some(Held::I64(value)) => *value,
        Some(Held::I32(value)) => i64::from(*value),
        _ => 0,
    }
}
