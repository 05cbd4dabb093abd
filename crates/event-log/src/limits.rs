//! The limits on everything that enters the log.

/// Longest body of one message, in bytes.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// Longest subject, in bytes.
pub const MAX_SUBJECT_BYTES: usize = 200;

/// Longest attribute (source, kind), in bytes.
pub const MAX_ATTRIBUTE_BYTES: usize = 256;

/// Most records one [`read_batch`](crate::EventLog::read_batch) answers, whatever limit was asked for.
pub const MAX_BATCH: usize = 10_000;
