//! What stands in the values: rows in the dense form of postcard, whose meaning is fixed by its
//! specification; trails packed by LZ4; everything else as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::row::Row;

/// How many bytes LZ4 makes of one at most.
const MOST_PACKED: usize = 255;

pub(crate) fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(damaged)
}

pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(damaged)
}

/// A row as it is kept: dense, since every list reads fifty of them, and a single part's text,
/// which is that of the action, not twice. Whatever changes these bytes needs a new
/// [`VERSION`](super::VERSION).
pub(crate) fn row(mut row: Row) -> Result<Vec<u8>, StoreError> {
    if let [only] = row.parts.as_mut_slice()
        && only.text == row.text
    {
        only.text = String::new();
    }
    postcard::to_stdvec(&row).map_err(|error| of_row(&error))
}

pub(crate) fn parse_row(bytes: &[u8]) -> Result<Row, StoreError> {
    let mut row = kept_row(bytes)?;
    if let [only] = row.parts.as_mut_slice()
        && only.text.is_empty()
    {
        only.text.clone_from(&row.text);
    }
    Ok(row)
}

/// A row as its bytes say, without what it says twice.
pub(crate) fn kept_row(bytes: &[u8]) -> Result<Row, StoreError> {
    let (row, rest) = postcard::take_from_bytes(bytes).map_err(|error| of_row(&error))?;
    if !rest.is_empty() {
        return Err(of_row(&format!("{} bytes too many", rest.len())));
    }
    Ok(row)
}

/// Trails as they are kept: packed, since their entries say the same again and again.
pub(crate) fn pack_trail(entries: &[u8]) -> Vec<u8> {
    lz4_flex::compress_prepend_size(entries)
}

/// Trails that were packed.
pub(crate) fn unpack_trail(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    let damaged = |reason: String| StoreError::Damaged {
        reason: format!("a trail: {reason}"),
    };
    let size = bytes
        .first_chunk()
        .map_or(0, |size| u32::from_le_bytes(*size) as usize);
    // What is damaged may promise gigabytes.
    if size > bytes.len().saturating_mul(MOST_PACKED) {
        return Err(damaged(format!(
            "{size} bytes cannot come of {}",
            bytes.len()
        )));
    }
    lz4_flex::decompress_size_prepended(bytes).map_err(|error| damaged(error.to_string()))
}

/// Several values, one a line.
pub(crate) fn lines<T: Serialize>(values: &[T]) -> Result<Vec<u8>, StoreError> {
    let mut lines = Vec::new();
    for value in values {
        serde_json::to_writer(&mut lines, value).map_err(damaged)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

pub(crate) fn parse_lines<T: DeserializeOwned>(bytes: &[u8]) -> Result<Vec<T>, StoreError> {
    bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(parse)
        .collect()
}

fn of_row(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Damaged {
        reason: format!("a row: {error}"),
    }
}

fn damaged(error: serde_json::Error) -> StoreError {
    StoreError::Damaged {
        reason: format!("a value: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A row with something in every field.
    const ROW: &str = r#"{"reference":"PCP/2018/014","kind":"question","status":"part_answered",
        "text":"How many?","topic":"Drugs","theme":"Victims",
        "meeting":{"id":"panel-2018-09-12","held_on":"2018-09-12"},"minute":"7",
        "asked_of":{"kind":"body","id":"opcc","name":"Office"},
        "raised_by":{"kind":"body","id":"panel","name":"Panel"},"raised_on":"2018-09-12",
        "first_due_on":"2018-11-09","due_on":"2018-12-09","due_moves":1,"none_agreed":"later",
        "clock_paused_since":"2018-10-01","delegated_to":{"kind":"group","id":"drugs","name":"D"},
        "delegation":{"to":{"kind":"group","id":"drugs","name":"D"},"since":"2018-09-20",
        "due":"2018-10-20","answer":"accepted"},"remit":"commissioner",
        "protocol":"policing_protocol_order_2011","sensitivity":"none","coverage":"answered_in_part",
        "parts":[{"id":"a","text":"How many?","coverage":"answered_in_part"}],"rag":"amber",
        "progress_on":"2018-10-02","progress_period":"2018-19-q2","expected_on":"2018-12-01",
        "responses":[{"id":"8ef96004-3d30-4a01-967c-9d5cb3d50383","kind":"holding",
        "on":"2018-10-03","corrections":1}],"answered_on":"2018-10-04",
        "proposed":{"outcome":"answered","on":"2018-10-05"},
        "closed":{"outcome":"answered","on":"2018-10-06"},
        "restriction":{"ground":{"ground":"schedule12a","paragraph":7},"since":"2018-10-07",
        "review_on":"2019-10-07","explanation":"why","public_title":"title"},
        "links":[{"kind":"parent","other":"PCP/2018/001"}],"children":["PCP/2018/015"],
        "last_change_on":"2018-10-08","last_change_at":"2018-10-08T09:00:00Z","position":77,
        "parked":{"sequence":78,"reason":"unreadable"},"stub":false}"#;

    #[test]
    fn a_row_is_kept_as_this_version_says() {
        let row: Row = serde_json::from_str(ROW).unwrap();
        let bytes = super::row(row.clone()).unwrap();
        assert_eq!(parse_row(&bytes).unwrap(), row);
        let sum = uuid::Uuid::new_v5(&uuid::Uuid::nil(), &bytes).to_string();
        assert_eq!(
            (super::super::VERSION, sum.as_str()),
            (6, "91c83959-f4b4-552f-94e9-f5a0c9466850"),
            "stored rows look otherwise than they did: raise VERSION, so that they are built anew"
        );
    }

    #[test]
    fn what_is_no_row_is_damage() {
        let row: Row = serde_json::from_str(ROW).unwrap();
        let bytes = super::row(row).unwrap();
        for end in 0..bytes.len() {
            assert!(parse_row(&bytes[..end]).is_err(), "cut at {end}");
        }
        assert!(parse_row(&[bytes.as_slice(), b"x"].concat()).is_err());
    }

    proptest! {
        #[test]
        fn trails_are_unpacked_as_they_were(entries in prop::collection::vec(any::<u8>(), 0..4_000)) {
            prop_assert_eq!(unpack_trail(&pack_trail(&entries)).unwrap(), entries);
        }

        #[test]
        fn no_bytes_unpack_to_more_than_they_can_hold(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(entries) = unpack_trail(&bytes) {
                prop_assert!(entries.len() <= bytes.len() * MOST_PACKED);
            }
        }
    }
}
