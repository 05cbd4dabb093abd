//! What stands in the values: JSON, and rows without what they say twice.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::row::Row;

pub(crate) fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(damaged)
}

pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(damaged)
}

/// A row as it is kept: a single part's text is that of the action, and is not kept twice.
pub(crate) fn row(row: &Row) -> Result<Vec<u8>, StoreError> {
    match row.parts.as_slice() {
        [only] if only.text == row.text => {
            let mut slim = row.clone();
            slim.parts[0].text = String::new();
            json(&slim)
        }
        _ => json(row),
    }
}

pub(crate) fn parse_row(bytes: &[u8]) -> Result<Row, StoreError> {
    let mut row: Row = parse(bytes)?;
    if let [only] = row.parts.as_mut_slice()
        && only.text.is_empty()
    {
        only.text.clone_from(&row.text);
    }
    Ok(row)
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

fn damaged(error: serde_json::Error) -> StoreError {
    StoreError::Damaged {
        reason: format!("a value: {error}"),
    }
}
