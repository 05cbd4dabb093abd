//! The limits on everything that enters the log.

use crate::{Append, AppendError, Attributes};

/// Longest body of one message, in bytes.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// Longest subject, in bytes.
pub const MAX_SUBJECT_BYTES: usize = 200;

/// Longest attribute (source, kind), in bytes.
pub const MAX_ATTRIBUTE_BYTES: usize = 256;

/// Room for the headers of one message on NATS, in bytes: ids, digest and attributes, which
/// percent-encoding can make three times as long.
pub(crate) const MAX_HEADER_BYTES: usize = 4 * 1024;

/// Most records one [`read_batch`](crate::EventLog::read_batch) answers, whatever limit was asked for.
pub const MAX_BATCH: usize = 10_000;

/// Bytes of bodies after which one batch ends early, so that a batch has a bounded size in memory.
pub const MAX_BATCH_BYTES: usize = 16 * 1024 * 1024;

/// Refuses what is too long, before anything is written.
pub(crate) fn check(append: &Append) -> Result<(), AppendError> {
    let Attributes { source, kind, .. } = &append.attributes;
    for (field, bytes, limit) in [
        ("body", append.body.len(), MAX_BODY_BYTES),
        ("source", source.len(), MAX_ATTRIBUTE_BYTES),
        ("kind", kind.len(), MAX_ATTRIBUTE_BYTES),
    ] {
        if bytes > limit {
            return Err(AppendError::TooLarge {
                field,
                bytes,
                limit,
            });
        }
    }
    Ok(())
}
