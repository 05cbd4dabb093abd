//! What is fuzzed, and what must hold of each.

mod imports;
mod kept;
mod requests;
mod stored;
mod tokens;
mod words;

/// One reader of bytes.
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// The most bytes of a case.
    pub most: usize,
    /// What cases begin with.
    pub corpus: fn() -> Vec<Vec<u8>>,
    /// Gives it bytes; whether they were read, rather than refused.
    pub give: fn(&[u8]) -> bool,
}

/// All of them.
#[must_use]
pub fn all() -> Vec<Target> {
    let mut all = stored::targets();
    all.extend(words::targets());
    all.extend(requests::targets());
    all.extend(tokens::targets());
    all.extend(imports::targets());
    all.extend(kept::targets());
    all
}

/// A refusal is a sentence, and no book: it may quote what was given, cut short.
fn said(what: impl std::fmt::Display) {
    let text = what.to_string();
    assert!(!text.trim().is_empty(), "a refusal says nothing");
    assert!(text.len() < 4_000, "a refusal of {} bytes", text.len());
}

/// Bytes as text, when they are.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
