//! `cargo xtask tidy`: the house rules as code. A rule that no machine checks is left out.
//!
//! Each rule is one file, takes the sources as text and returns what it found, so that its test shows it can fail.

mod dependencies;
mod functions;
mod leaks;
mod map;
mod marks;
mod sleeps;
mod sources;

use crate::workspace::Workspace;
use anyhow::{Result, bail};
use sources::{Source, Sources};
use std::fmt;

/// One breach of a rule, at a line where there is one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    /// From 1; none when the whole file is meant.
    line: Option<usize>,
    message: String,
}

impl Finding {
    fn at(path: &str, line: usize, message: impl Into<String>) -> Finding {
        Finding {
            path: path.to_owned(),
            line: Some(line),
            message: message.into(),
        }
    }

    fn of(path: &str, message: impl Into<String>) -> Finding {
        Finding {
            path: path.to_owned(),
            line: None,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.message),
            None => write!(f, "{}: {}", self.path, self.message),
        }
    }
}

/// The longest a Rust file may be.
const LONGEST_FILE: usize = 500;

/// Checks every file git knows or would know; lists every breach.
pub(crate) fn run(ws: &Workspace) -> Result<()> {
    let sources = Sources::read(&ws.root)?;
    let findings = check(&sources);
    for finding in &findings {
        println!("    {finding}");
    }
    if !findings.is_empty() {
        bail!("{} house rules are broken, see above", findings.len());
    }
    println!(
        "    {} files, {}",
        sources.all.len(),
        functions::summary(&sources)
    );
    Ok(())
}

fn check(sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(dependencies::check(sources));
    findings.extend(map::check(sources));
    findings.extend(sources.rust().filter_map(too_long));
    findings.extend(functions::check(sources));
    findings.extend(sources.rust().filter_map(vague_name));
    findings.extend(sources.rust().flat_map(marks::check));
    findings.extend(sources.rust().flat_map(sleeps::check));
    findings.extend(
        sources
            .all
            .iter()
            .flat_map(|source| leaks::check(source, &sources.root)),
    );
    findings
}

fn too_long(source: &Source) -> Option<Finding> {
    let lines = source.text.lines().count();
    (lines > LONGEST_FILE).then(|| {
        Finding::of(
            &source.path,
            format!("{lines} lines; {LONGEST_FILE} are the most: split it by reason to exist"),
        )
    })
}

fn vague_name(source: &Source) -> Option<Finding> {
    let vague = ["util", "utils", "helper", "helpers", "common", "misc"];
    source
        .path
        .trim_end_matches(".rs")
        .split('/')
        .find(|part| vague.contains(part))
        .map(|part| {
            Finding::of(
                &source.path,
                format!("\"{part}\" says nothing: name the file for what it does"),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_and_a_vague_name_are_found() {
        let long = Source::new("crates/a/src/lib.rs", &"\n".repeat(501));
        assert_eq!(
            too_long(&long).unwrap().to_string(),
            "crates/a/src/lib.rs: 501 lines; 500 are the most: split it by reason to exist"
        );
        assert!(too_long(&Source::new("a.rs", &"\n".repeat(500))).is_none());
        assert!(vague_name(&Source::new("crates/a/src/utils.rs", "")).is_some());
        assert!(vague_name(&Source::new("crates/a/src/common/mod.rs", "")).is_some());
        assert!(vague_name(&Source::new("crates/a/src/utility_bill.rs", "")).is_none());
    }
}
