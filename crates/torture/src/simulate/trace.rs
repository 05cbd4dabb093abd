//! What happened in a simulation, a line each, and one digest of all lines.

use event_log::Digest;
use std::fmt::Write as _;

/// The lines so far.
#[derive(Debug, Default)]
pub struct Trace {
    text: String,
}

impl Trace {
    /// Adds a line, at a time in milliseconds.
    pub fn line(&mut self, at: u64, said: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{at:>7} {said}");
    }

    /// All lines.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Of all lines: two runs with the same digest were the same.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.text.as_bytes())
    }
}
