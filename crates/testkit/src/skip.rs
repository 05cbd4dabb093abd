//! Tests that this machine cannot run: said aloud, or failed.

use anyhow::{Result, bail};

/// The variable that lets a test that cannot run pass; set to `1`. `cargo xtask test` sets it where
/// `CI` is not `true`, so that what counts was run in full.
pub const VARIABLE: &str = "MATTERS_ALLOW_SKIPS";

/// The line to print for a test that cannot run here.
///
/// # Errors
/// When skipping is not allowed: the test must fail.
pub fn line(test: &str, reason: &str) -> Result<String> {
    if std::env::var_os(VARIABLE).is_some_and(|value| value == "1") {
        Ok(format!("SKIPPED {test}: {reason}"))
    } else {
        bail!("{test} cannot run here: {reason}; with {VARIABLE}=1 it would be skipped")
    }
}
