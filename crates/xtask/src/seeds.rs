//! `cargo xtask seeds`: the importer against the seed letter beside the repository, whose content is known by count.

use crate::demo;
use crate::process;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a careful reader counts in the letter of 9 November 2018.
const EXPECTED: [(&str, u64); 9] = [
    ("topics", 7),
    ("items", 15),
    ("items_with_ask", 13),
    ("asks", 18),
    ("distinct_asks", 17),
    ("statements", 2),
    ("links", 7),
    ("distinct_links", 6),
    ("noted_actions", 2),
];

/// What `seeds` takes.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder with the seed papers; by default the one beside the repository
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// Imports the letter without writing anything and compares the counts.
pub(crate) fn run(ws: &Workspace, options: &Options) -> Result<()> {
    let folder = options
        .folder
        .clone()
        .unwrap_or_else(|| ws.root.join("../shared/seeds"));
    let letter = letter_in(&folder)?;
    let program = demo::build(ws)?;
    let said = process::capture(
        Command::new(program)
            .args(["import", "letter"])
            .arg(&letter)
            .args(["--meeting", "2018-09-12", "--answered", "2018-11-09"])
            .args(["--dry-run", "--json"])
            .current_dir(&ws.root),
    )?;
    let report: Value =
        serde_json::from_str(&said).context("`matters import letter --json` printed no JSON")?;
    let wrong = differences(&report);
    if !wrong.is_empty() {
        bail!("{} counts differ:\n{}", wrong.len(), wrong.join("\n"));
    }
    println!(
        "    {}: all {} counts agree",
        letter.display(),
        EXPECTED.len()
    );
    Ok(())
}

fn letter_in(folder: &Path) -> Result<PathBuf> {
    let entries = fs::read_dir(folder).with_context(|| {
        format!(
            "the seed papers are not at {}; name their folder with --folder",
            folder.display()
        )
    })?;
    let letters: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("003_") && name.ends_with(".txt")
        })
        .collect();
    ensure!(
        letters.len() == 1,
        "{} holds {} files named 003_*.txt; one is expected",
        folder.display(),
        letters.len()
    );
    letters.into_iter().next().context("no letter")
}

/// One line for each count that is missing or other than expected.
fn differences(report: &Value) -> Vec<String> {
    EXPECTED
        .iter()
        .filter_map(|(key, expected)| match report["counts"][*key].as_u64() {
            Some(found) if found == *expected => None,
            Some(found) => Some(format!(
                "  counts.{key}: {expected} expected, {found} found"
            )),
            None => Some(format!("  counts.{key}: {expected} expected, none given")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn says_which_counts_differ() {
        let mut counts: serde_json::Map<String, Value> = EXPECTED
            .iter()
            .map(|(key, count)| ((*key).to_owned(), json!(count)))
            .collect();
        assert!(differences(&json!({ "counts": counts })).is_empty());
        counts.insert("asks".to_owned(), json!(16));
        counts.remove("links");
        assert_eq!(
            differences(&json!({ "counts": counts })),
            [
                "  counts.asks: 18 expected, 16 found",
                "  counts.links: 7 expected, none given"
            ]
        );
    }
}
