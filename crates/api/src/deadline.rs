//! Until when a caller waits.

use std::time::Duration;

use tonic::metadata::MetadataMap;

/// The time that the caller gives: `grpc-timeout` of the gRPC protocol over HTTP/2. `None` when it
/// is not there, or is none.
#[must_use]
pub fn time_given(metadata: &MetadataMap) -> Option<Duration> {
    let value = metadata.get("grpc-timeout")?;
    timeout(value.to_str().ok()?)
}

/// At most eight digits and a unit.
fn timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(count * 3_600),
        "M" => Duration::from_secs(count * 60),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_read_as_grpc_writes_it() {
        let rows = [
            ("100m", Some(Duration::from_millis(100))),
            ("2S", Some(Duration::from_secs(2))),
            ("99999999H", Some(Duration::from_secs(99_999_999 * 3_600))),
            ("123456789S", None),
            ("5x", None),
            ("S", None),
            ("", None),
            ("é", None),
        ];
        for (text, expected) in rows {
            assert_eq!(timeout(text), expected, "{text}");
        }
    }
}
