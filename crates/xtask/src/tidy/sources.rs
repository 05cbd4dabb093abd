//! The repository's files as the rules see them: as text, and (for Rust) with comments and literals blanked out.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;

/// Every text file that git tracks or would track.
pub(super) struct Sources {
    pub(super) root: PathBuf,
    pub(super) all: Vec<Source>,
}

/// One file.
pub(super) struct Source {
    /// From the root, with forward slashes.
    pub(super) path: String,
    pub(super) text: String,
    /// The text with comments, strings and characters replaced by spaces; lines keep their numbers. Rust files only.
    pub(super) code: String,
}

impl Sources {
    pub(super) fn read(root: &Path) -> Result<Sources> {
        let listed = process::capture(
            Command::new("git")
                .args([
                    "ls-files",
                    "-z",
                    "--cached",
                    "--others",
                    "--exclude-standard",
                ])
                .current_dir(root),
        )
        .context("tidy asks git which files count")?;
        let mut all = Vec::new();
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            // A file deleted but not yet committed, or one that is no text, is none of tidy's business.
            if let Ok(text) = fs::read_to_string(root.join(path)) {
                all.push(Source::new(path, &text));
            }
        }
        Ok(Sources {
            root: root.to_path_buf(),
            all,
        })
    }

    pub(super) fn rust(&self) -> impl Iterator<Item = &Source> {
        self.all
            .iter()
            .filter(|source| source.path.ends_with(".rs"))
    }

    pub(super) fn find(&self, path: &str) -> Option<&Source> {
        self.all.iter().find(|source| source.path == path)
    }
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Source {
        let code = if path.ends_with(".rs") {
            blanked(text)
        } else {
            String::new()
        };
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
            code,
        }
    }

    /// The package a path belongs to: `crates/<name>`, `services/<name>` or `tests`.
    pub(super) fn package(&self) -> Option<&str> {
        let mut parts = self.path.split('/');
        match (parts.next()?, parts.next()?) {
            ("crates" | "services", name) => Some(name),
            ("tests", _) => Some("tests"),
            _ => None,
        }
    }
}

/// Replaces comments and literals by spaces, so that a rule never trips over a word in a text.
fn blanked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_end(&chars, at).unwrap_or(at);
        if end > at {
            for &c in &chars[at..end] {
                out.push(if c == '\n' { '\n' } else { ' ' });
            }
            at = end;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Where the comment or literal that starts here ends; none when none starts here.
fn literal_end(chars: &[char], at: usize) -> Option<usize> {
    let next = chars.get(at + 1).copied();
    match (chars[at], next) {
        ('/', Some('/')) => Some(until(chars, at, |c| c == '\n')),
        ('/', Some('*')) => Some(block_comment_end(chars, at)),
        ('"', _) => Some(string_end(chars, at + 1)),
        ('r', Some('"' | '#')) if !after_word(chars, at, "b") => raw_string_end(chars, at + 1),
        ('\'', Some('\\')) => Some((until(chars, at + 3, |c| c == '\'') + 1).min(chars.len())),
        ('\'', Some(_)) if chars.get(at + 2) == Some(&'\'') => Some(at + 3),
        _ => None,
    }
}

/// True inside a word; the prefixes given (as in `br"..."`) do not count as one.
fn after_word(chars: &[char], at: usize, prefixes: &str) -> bool {
    at > 0 && {
        let before = chars[at - 1];
        (before.is_alphanumeric() || before == '_') && !prefixes.contains(before)
    }
}

fn until(chars: &[char], from: usize, stop: impl Fn(char) -> bool) -> usize {
    let from = from.min(chars.len());
    chars[from..]
        .iter()
        .position(|&c| stop(c))
        .map_or(chars.len(), |found| from + found)
}

fn block_comment_end(chars: &[char], at: usize) -> usize {
    let mut depth = 0;
    let mut here = at;
    while here + 1 < chars.len() {
        match (chars[here], chars[here + 1]) {
            ('/', '*') => {
                depth += 1;
                here += 2;
            }
            ('*', '/') => {
                depth -= 1;
                here += 2;
                if depth == 0 {
                    return here;
                }
            }
            _ => here += 1,
        }
    }
    chars.len()
}

fn string_end(chars: &[char], from: usize) -> usize {
    let mut here = from;
    while here < chars.len() {
        match chars[here] {
            '\\' => here += 2,
            '"' => return here + 1,
            _ => here += 1,
        }
    }
    chars.len()
}

/// `at` is just after the `r`; none when this is a raw identifier instead.
fn raw_string_end(chars: &[char], at: usize) -> Option<usize> {
    let quote = until(chars, at, |c| c != '#');
    if chars.get(quote) != Some(&'"') {
        return None;
    }
    let hashes = quote - at;
    let mut here = quote + 1;
    while here < chars.len() {
        let closes = chars[here] == '"'
            && chars[here + 1..]
                .iter()
                .take(hashes)
                .filter(|c| **c == '#')
                .count()
                == hashes;
        if closes {
            return Some(here + 1 + hashes);
        }
        here += 1;
    }
    Some(chars.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_comments_and_literals_and_nothing_else() {
        let cases = [
            ("a // b { c\nd", "a         \nd"),
            (
                "a /* { /* } */ */ b",
                "a                   b".trim_start_matches('x'),
            ),
            ("f(\"{ \\\" }\") + 1", "f(         ) + 1"),
            ("r#\"{ \"}\"# x", "          x"),
            ("br\"{\" x", "b     x".trim_start_matches('x')),
            ("c == '{' || c == '\\''", "c ==     || c ==     "),
            ("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}"),
            ("r#type { }", "r#type { }"),
            ("\"a\nb\" c", "  \n   c"),
        ];
        for (text, expected) in cases {
            let found = blanked(text);
            assert_eq!(found.replace(' ', ""), expected.replace(' ', ""), "{text}");
            assert_eq!(found.chars().count(), text.chars().count(), "{text}");
        }
    }

    #[test]
    fn knows_which_package_a_file_belongs_to() {
        assert_eq!(Source::new("crates/a/src/b.rs", "").package(), Some("a"));
        assert_eq!(Source::new("services/c/src/d.rs", "").package(), Some("c"));
        assert_eq!(
            Source::new("tests/system/main.rs", "").package(),
            Some("tests")
        );
        assert_eq!(Source::new("README.md", "").package(), None);
    }
}
