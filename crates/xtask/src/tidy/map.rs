//! ARCHITECTURE.md's map tells the truth: every crate on it exists, and every crate is on it.

use super::Finding;
use super::sources::Sources;
use std::collections::BTreeSet;

const PAGE: &str = "ARCHITECTURE.md";

/// Below these every folder on the map is a crate; those of `tests` are workspaces of their own.
const MAPPED: [&str; 3] = ["crates/", "services/", "tests/"];

/// Compares the map with the folders that hold a `Cargo.toml`.
pub(super) fn check(sources: &Sources) -> Vec<Finding> {
    let there: BTreeSet<String> = sources
        .all
        .iter()
        .filter_map(|source| source.path.strip_suffix("/Cargo.toml"))
        .map(str::to_owned)
        .collect();
    let Some(page) = sources.find(PAGE) else {
        return vec![Finding::of(
            PAGE,
            "is missing: the map of the crates belongs there",
        )];
    };
    let mapped = folders_on_map(&page.text);
    let crates: BTreeSet<String> = mapped
        .iter()
        .filter(|(_, path)| MAPPED.iter().any(|folder| path.starts_with(folder)))
        .map(|(_, path)| path.clone())
        .collect();
    let gone = mapped
        .iter()
        .filter(|(_, path)| crates.contains(path) && !there.contains(path))
        .map(|(line, path)| {
            Finding::at(
                PAGE,
                *line,
                format!("the map shows {path}, which is no crate here"),
            )
        });
    let unknown = there
        .iter()
        .filter(|path| path.contains('/') && !within(path, &crates))
        .map(|path| Finding::of(PAGE, format!("the map does not show {path}")));
    gone.chain(unknown).collect()
}

/// Whether a crate is on the map, or inside a workspace that is.
fn within(path: &str, mapped: &BTreeSet<String>) -> bool {
    let inside = |rest: &str| rest.is_empty() || rest.starts_with('/');
    mapped
        .iter()
        .any(|there| path.strip_prefix(there.as_str()).is_some_and(inside))
}

/// The folders in fenced blocks as (line, path from the root), the tree read by its indentation.
/// Only a name that ends in a slash is a folder; what follows it on the line is prose.
fn folders_on_map(text: &str) -> Vec<(usize, String)> {
    let mut folders = Vec::new();
    let mut fenced = false;
    let mut above: Vec<(usize, String)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            above.clear();
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let Some(name) = line
            .split_whitespace()
            .next()
            .filter(|_| fenced)
            .and_then(|word| word.strip_suffix('/'))
        else {
            continue;
        };
        above.retain(|(depth, _)| *depth < indent);
        let path = match above.last() {
            Some((_, parent)) => format!("{parent}/{name}"),
            None => name.to_owned(),
        };
        above.push((indent, path.clone()));
        // Deeper folders are a crate's own affair.
        if path.matches('/').count() <= 1 {
            folders.push((number + 1, path));
        }
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::super::sources::Source;
    use super::*;
    use std::path::PathBuf;

    fn findings(page: Option<&str>, manifests: &[&str]) -> Vec<String> {
        let mut all: Vec<Source> = manifests.iter().map(|path| Source::new(path, "")).collect();
        all.extend(page.map(|text| Source::new(PAGE, text)));
        let sources = Sources {
            root: PathBuf::from("."),
            all,
        };
        check(&sources).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_map_and_the_folders_must_agree() {
        let page = "# A\n```\nproto/matters/v1/   messages\ncrates/\n  domain/    the rules\n    calendar/  dates\n  seal/      proofs\nservices/query/  answers\ntests/  one binary\n  peers/  beside others\n```\n";
        assert_eq!(
            findings(
                Some(page),
                &[
                    "Cargo.toml",
                    "crates/domain/Cargo.toml",
                    "services/query/Cargo.toml",
                    "crates/new/Cargo.toml",
                    "tests/Cargo.toml",
                    "tests/fuzz/Cargo.toml"
                ]
            ),
            [
                "ARCHITECTURE.md:7: the map shows crates/seal, which is no crate here",
                "ARCHITECTURE.md:10: the map shows tests/peers, which is no crate here",
                "ARCHITECTURE.md: the map does not show crates/new",
                "ARCHITECTURE.md: the map does not show tests/fuzz",
            ]
        );
        assert_eq!(
            findings(None, &["crates/domain/Cargo.toml"]),
            ["ARCHITECTURE.md: is missing: the map of the crates belongs there"]
        );
        assert!(
            findings(
                Some(page),
                &[
                    "crates/domain/Cargo.toml",
                    "crates/seal/Cargo.toml",
                    "services/query/Cargo.toml",
                    "tests/peers/Cargo.toml",
                    "tests/peers/part/Cargo.toml"
                ]
            )
            .is_empty()
        );
    }
}
