//! A message's headers: CloudEvents 1.0 in binary mode, the server's own two, and the digest.

use async_nats::HeaderMap;
use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use crate::{Append, Attributes, Digest, MAX_ATTRIBUTE_BYTES};

const MESSAGE_ID: &str = "Nats-Msg-Id";
const EXPECTED: &str = "Nats-Expected-Last-Subject-Sequence";
const DIGEST: &str = "matters-command-sha256";
const SOURCE: &str = "ce-source";
const KIND: &str = "ce-type";
const TIME: &str = "ce-time";

pub(super) fn of(append: &Append) -> HeaderMap {
    let id = append.id.to_string();
    let Attributes { source, kind, time } = &append.attributes;
    let mut headers = HeaderMap::new();
    headers.insert(MESSAGE_ID, id.as_str());
    headers.insert(EXPECTED, append.expected.to_string());
    headers.insert(DIGEST, append.digest.to_string());
    headers.insert("ce-id", id);
    headers.insert("ce-specversion", "1.0");
    headers.insert("ce-datacontenttype", "application/json");
    headers.insert(SOURCE, encoded(source));
    headers.insert(KIND, encoded(kind));
    headers.insert(TIME, time.to_rfc3339_opts(SecondsFormat::Micros, true));
    headers
}

/// What a message's headers say, or why the message is none of this crate's. Each header must be there
/// once: two readers could take another one of two.
pub(super) fn read(headers: &HeaderMap) -> Result<(Uuid, Digest, Attributes), String> {
    let header = |name: &str| {
        let mut values = headers.get_all(name);
        match (values.next(), values.next()) {
            (Some(value), None) => Ok(value.as_str()),
            (Some(_), Some(_)) => Err(format!("it has more than one header {name}")),
            (None, _) => Err(format!("it has no header {name}")),
        }
    };
    let unreadable = |name: &str| format!("its header {name} cannot be read");
    let id = header(MESSAGE_ID)?;
    let id = canonical(id).ok_or_else(|| unreadable(MESSAGE_ID))?;
    let digest = header(DIGEST)?.parse().map_err(|_| unreadable(DIGEST))?;
    let text = |name| {
        let text = decoded(header(name)?).ok_or_else(|| unreadable(name))?;
        if text.len() > MAX_ATTRIBUTE_BYTES {
            return Err(format!("its header {name} is too long"));
        }
        Ok(text)
    };
    let attributes = Attributes {
        source: text(SOURCE)?,
        kind: text(KIND)?,
        time: DateTime::parse_from_rfc3339(header(TIME)?)
            .map_err(|_| unreadable(TIME))?
            .with_timezone(&Utc),
    };
    Ok((id, digest, attributes))
}

/// The server compares ids as texts, so only one text may stand for an id.
fn canonical(text: &str) -> Option<Uuid> {
    let id = Uuid::try_parse(text).ok()?;
    let mut buffer = Uuid::encode_buffer();
    (id.hyphenated().encode_lower(&mut buffer) == text).then_some(id)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'"' && byte != b'%'
}

/// Percent-encoding of the CloudEvents HTTP binding, section 3.1.3.2, which the NATS binding shares:
/// everything outside U+0021 to U+007E, the quotation mark and the percent sign.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_survive_their_encoding() {
        assert_eq!(encoded("/a b\"100 %\""), "/a%20b%22100%20%25%22");
        for text in ["", "plain", "søurce, 100 %", "line\r\nNats-Rollup: all"] {
            assert_eq!(decoded(&encoded(text)).as_deref(), Some(text));
            assert!(encoded(text).bytes().all(|byte| byte.is_ascii_graphic()));
        }
        assert_eq!(decoded("%4"), None);
        assert_eq!(decoded("%zz"), None);
    }
}
