//! Who may depend on what: the domain on nobody here, and each outside library on the crate that owns it.

use super::Finding;
use super::sources::{Source, Sources};

/// A library and the only packages that may name it.
const OWNERS: [(&str, &[&str], &str); 3] = [
    ("sled", &["projection"], "read models live in `projection`"),
    (
        "async-nats",
        &["event-log", "testkit"],
        "the log is reached through `event-log`",
    ),
    (
        "jsonwebtoken",
        &["identity"],
        "tokens are parsed in `identity`",
    ),
];

/// Checks every package's manifest and every Rust file.
pub(super) fn check(sources: &Sources) -> Vec<Finding> {
    let members: Vec<String> = sources
        .all
        .iter()
        .filter(|source| source.path.ends_with("/Cargo.toml"))
        .filter_map(|source| source.package().map(str::to_owned))
        .collect();
    let mut findings = Vec::new();
    for source in &sources.all {
        let Some(package) = source.package() else {
            continue;
        };
        if source.path.ends_with("Cargo.toml") {
            findings.extend(manifest(source, package, &members));
        } else if source.path.ends_with(".rs") {
            findings.extend(code(source, package));
        }
    }
    findings
}

fn manifest(source: &Source, package: &str, members: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, name) in dependencies(&source.text) {
        if package == "domain" && members.contains(&name) {
            findings.push(Finding::at(
                &source.path,
                line,
                format!("`domain` depends on no crate of the workspace, here on `{name}`"),
            ));
        }
        findings.extend(breach(&name, package).map(|why| Finding::at(&source.path, line, why)));
    }
    findings
}

fn code(source: &Source, package: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in source.code.lines().enumerate() {
        for (library, _, _) in OWNERS {
            let path = format!("{}::", library.replace('-', "_"));
            let named = line.match_indices(&path).any(|(at, _)| {
                !line[..at]
                    .chars()
                    .next_back()
                    .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            });
            if named {
                findings.extend(
                    breach(library, package).map(|why| Finding::at(&source.path, number + 1, why)),
                );
            }
        }
    }
    findings
}

fn breach(library: &str, package: &str) -> Option<String> {
    let (_, owners, reason) = OWNERS.iter().find(|(name, _, _)| *name == library)?;
    (!owners.contains(&package)).then(|| {
        format!(
            "`{package}` names {library}; only {} may: {reason}",
            owners.join(" and ")
        )
    })
}

/// Line and name of every dependency of any kind in a manifest.
fn dependencies(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            // `[dependencies]`, `[target.'cfg(unix)'.dev-dependencies]`, and `[dependencies.name]` for one alone.
            inside = section.ends_with("dependencies");
            if let Some((_, name)) = section.rsplit_once("dependencies.") {
                found.push((number + 1, name.to_owned()));
            }
        } else if inside && !line.starts_with('#') {
            let name: String = line
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '-' || *c == '_')
                .collect();
            if !name.is_empty() {
                found.push((number + 1, name));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn findings(files: &[(&str, &str)]) -> Vec<String> {
        let all = files
            .iter()
            .map(|(path, text)| Source::new(path, text))
            .collect();
        let root = PathBuf::from(".");
        check(&Sources { root, all })
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn the_domain_depends_on_nobody_here() {
        assert_eq!(
            findings(&[
                (
                    "crates/domain/Cargo.toml",
                    "[dependencies]\nserde.workspace = true\n\n[dev-dependencies]\ntestkit.workspace = true\n"
                ),
                (
                    "crates/testkit/Cargo.toml",
                    "[dependencies.domain]\nworkspace = true\n"
                ),
            ]),
            [
                "crates/domain/Cargo.toml:5: `domain` depends on no crate of the workspace, here on `testkit`"
            ]
        );
    }

    #[test]
    fn libraries_are_named_by_their_owners_only() {
        assert_eq!(
            findings(&[
                (
                    "crates/api/Cargo.toml",
                    "[package]\nname = \"api\"\n[target.'cfg(unix)'.dependencies]\nsled = \"1\"\n"
                ),
                (
                    "services/query/src/lib.rs",
                    "use async_nats::Client; // sled::Db\nfn a(x: my_sled::Db) {}\n"
                ),
                ("crates/event-log/src/lib.rs", "use async_nats::Client;"),
                ("crates/identity/src/lib.rs", "use jsonwebtoken::decode;"),
                ("tests/system/main.rs", "fn a() { jsonwebtoken::decode() }"),
            ]),
            [
                "crates/api/Cargo.toml:4: `api` names sled; only projection may: read models live in `projection`",
                "services/query/src/lib.rs:1: `query` names async-nats; only event-log and testkit may: the log is reached through `event-log`",
                "tests/system/main.rs:1: `tests` names jsonwebtoken; only identity may: tokens are parsed in `identity`",
            ]
        );
    }
}
