//! The contract as its descriptors tell it: every call, and requests as messages to be changed field
//! by field.

use prost_reflect::prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, MethodDescriptor, ReflectMessage as _, Value,
};

/// The descriptors.
pub(super) fn pool() -> DescriptorPool {
    DescriptorPool::decode(api::DESCRIPTORS).unwrap()
}

/// Every call of the contract that takes one request. What takes a stream of them is spoken to in `bulk`.
pub(super) fn methods() -> Vec<MethodDescriptor> {
    let services = pool().services().collect::<Vec<_>>();
    let ours = services
        .into_iter()
        .filter(|service| service.package_name() == "matters.v1");
    ours.flat_map(|service| service.methods().collect::<Vec<_>>())
        .filter(|method| !method.is_client_streaming())
        .collect()
}

/// The call of a name such as `RaiseAction`.
pub(super) fn method(name: &str) -> MethodDescriptor {
    let found = methods().into_iter().find(|method| method.name() == name);
    found.unwrap_or_else(|| panic!("the contract has no call {name}"))
}

/// Where a call is reached.
pub(super) fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// A request of a call, out of protobuf's text form.
pub(super) fn request(method: &MethodDescriptor, text: &str) -> DynamicMessage {
    DynamicMessage::parse_text_format(method.input(), text)
        .unwrap_or_else(|error| panic!("{}: {error}: {text}", method.name()))
}

/// One step into a message: a field, and the entry of it when it is a list.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) field: FieldDescriptor,
    pub(super) entry: Option<usize>,
}

/// The way to a field: `write.area`, `citations[0].link`.
pub(super) fn say(steps: &[Step]) -> String {
    let said: Vec<String> = steps
        .iter()
        .map(|step| match step.entry {
            Some(at) => format!("{}[{at}]", step.field.name()),
            None => step.field.name().to_owned(),
        })
        .collect();
    said.join(".")
}

/// The same message with another value at a place; `None` takes the field away.
pub(super) fn with(
    message: &DynamicMessage,
    steps: &[Step],
    value: Option<Value>,
) -> DynamicMessage {
    let mut message = message.clone();
    let (step, rest) = steps.split_first().unwrap();
    let new = if rest.is_empty() {
        value
    } else {
        let held = match (message.get_field(&step.field).into_owned(), step.entry) {
            (Value::List(entries), Some(at)) => entries[at].clone(),
            (held, _) => held,
        };
        let within = held.as_message().unwrap();
        Some(Value::Message(with(within, rest, value)))
    };
    match (new, step.entry) {
        (None, _) => message.clear_field(&step.field),
        (Some(new), None) => message.set_field(&step.field, new),
        (Some(new), Some(at)) => {
            let mut entries = message.get_field(&step.field).into_owned();
            entries.as_list_mut().unwrap()[at] = new;
            message.set_field(&step.field, entries);
        }
    }
    message
}

/// Every field of a message and of what it holds, lists with their first entry. Of the ways to say a
/// thing each is visited, also the ones that this message does not choose.
pub(super) fn every_field(message: &DynamicMessage) -> Vec<Vec<Step>> {
    let mut all = Vec::new();
    for field in message.descriptor().fields() {
        let is_list = field.is_list();
        let one = |entry| Step {
            field: field.clone(),
            entry,
        };
        all.push(vec![one(None)]);
        let held = message.get_field(&field).into_owned();
        let (entry, within) = match held {
            Value::List(mut entries) if is_list && !entries.is_empty() => {
                all.push(vec![one(Some(0))]);
                (Some(0), Some(entries.swap_remove(0)))
            }
            held => (None, message.has_field(&field).then_some(held)),
        };
        let Some(Value::Message(within)) = within else {
            continue;
        };
        if within.descriptor().full_name().starts_with("google.") {
            continue;
        }
        for rest in every_field(&within) {
            all.push([vec![one(entry)], rest].concat());
        }
    }
    all
}

/// A message as it is sent.
pub(super) fn encoded(message: &DynamicMessage) -> Vec<u8> {
    message.encode_to_vec()
}
