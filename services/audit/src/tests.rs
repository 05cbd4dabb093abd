//! Tests of the audit side.
