//! The session that the README shows, command by command, with the output that it prints.

use crate::rig::Way;
use std::path::Path;
use tempfile::TempDir;

/// Stands before the fenced block with the session.
const MARK: &str = "<!-- session -->";

/// A command and what it prints.
#[derive(Debug)]
struct Step {
    command: String,
    expected: String,
}

/// The steps of the block: lines that begin with `$ ` are commands (a backslash at the end goes on),
/// the lines below are what they print.
fn steps(document: &str) -> Vec<Step> {
    let block = document
        .split(MARK)
        .nth(1)
        .expect("a block that is marked as the session");
    let block = block
        .split("```")
        .nth(1)
        .expect("a fenced block after the mark");
    let mut steps: Vec<Step> = Vec::new();
    let mut unfinished = false;
    for line in block.lines().skip(1) {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step {
                command: command.to_owned(),
                expected: String::new(),
            });
        } else if let Some(step) = steps.last_mut() {
            if unfinished {
                step.command.push('\n');
                step.command.push_str(line);
            } else {
                step.expected.push_str(line);
                step.expected.push('\n');
            }
        }
        let last = steps.last();
        let goes_on = line.ends_with('\\');
        unfinished = goes_on && (unfinished || line.starts_with("$ ")) && last.is_some();
    }
    steps
}

/// Output in which only what is the same each time is left: no instants, no ids, no spaces at line ends.
fn settled(text: &str) -> String {
    let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).count();
    let settle = |word: &str| {
        if word.len() >= 19 && word.contains('T') && word.ends_with('Z') && digits(word) >= 14 {
            "<instant>".to_owned()
        } else if word.len() == 36 && word.matches('-').count() == 4 {
            "<id>".to_owned()
        } else {
            word.to_owned()
        }
    };
    let line = |line: &str| {
        line.split(' ')
            .map(settle)
            .collect::<Vec<_>>()
            .join(" ")
            .trim_end()
            .to_owned()
    };
    text.lines()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
        .trim_end()
        .to_owned()
}

/// The document with the session: the README.
pub(crate) fn document() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(root.join("../README.md")).unwrap()
}

/// Runs the session against a way in, and compares each output.
pub(crate) fn walk(way: &Way) {
    let folder = TempDir::new().unwrap();
    let way = way
        .clone()
        .and("MATTERS_FORMAT", "table")
        .and("NO_COLOR", 1);
    let steps = steps(&document());
    assert!(steps.len() >= 8, "the session has {} steps", steps.len());
    let mut report = String::new();
    let mut differs = false;
    for step in &steps {
        // Addresses are the test's own.
        if step.command.starts_with("export ") {
            continue;
        }
        let said = way.shell(&step.command, folder.path());
        differs |= settled(&said.out) != settled(&step.expected);
        report.push_str(&format!("$ {}\n{}\n", step.command, settled(&said.out)));
    }
    if let Some(file) = std::env::var_os("MATTERS_WRITE_SESSION") {
        std::fs::write(file, &report).unwrap();
    }
    assert!(
        !differs,
        "the session went otherwise than it is printed:\n{report}"
    );
}

#[test]
fn the_readme_session_goes_as_printed() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("demo");
    let server = crate::demo::start(&data);
    walk(&Way::server(&server.url, &data.join("tokens")));
    assert_eq!(server.stop(), Some(0));
}
