//! Bad command lines: every one ends with the code that says so, and its errors name the flag. They are
//! listed beside this file: `writes.jsonl`, each with the flags that make it wrong, and `lines.jsonl`.

use super::good::Who;
use super::world::World;
use crate::rig::program;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// Command lines that run at one time.
const AT_ONCE: usize = 4;

/// What came of them all.
pub(super) struct Told {
    pub(super) count: usize,
    pub(super) wrong: Vec<String>,
}

/// A command line, the code with which it must end, and what its errors must name.
struct Line {
    arguments: Vec<OsString>,
    code: i32,
    names: String,
}

/// What every write takes, wrong in these ways.
const OF_EVERY_WRITE: [(&str, &str); 10] = [
    ("--on", "2018-02-31"),
    ("--on", "31 February 2018"),
    ("--on", "yesterday"),
    ("--on", ""),
    ("--request-id", "seven"),
    ("--request-id", ""),
    ("--etag", "W/7"),
    ("--area", "Not A Slug"),
    ("--area", "a--b"),
    ("--nothing-like-it", "1"),
];

/// A write that is right, and values that make it wrong, by flag.
#[derive(Deserialize)]
struct Write {
    line: Vec<String>,
    wrong: BTreeMap<String, Vec<String>>,
}

/// A line that is wrong as it stands: the code, what is named, and the line.
type Alone = (i32, String, Vec<String>);

fn rows<T: DeserializeOwned>(file: &str) -> impl Iterator<Item = T> {
    file.lines().map(|line| serde_json::from_str(line).unwrap())
}

fn lines() -> Vec<Line> {
    let line = |words: &[String], more: &[&str], code, names: &str| Line {
        arguments: words
            .iter()
            .map(String::as_str)
            .chain(more.iter().copied())
            .map(OsString::from)
            .collect(),
        code,
        names: names.to_owned(),
    };
    let mut lines = Vec::new();
    for write in rows::<Write>(include_str!("writes.jsonl")) {
        for (flag, value) in OF_EVERY_WRITE {
            lines.push(line(&write.line, &[flag, value], 2, flag));
        }
        // A byte that is in no UTF-8, where a date and where a text is wanted.
        for (flag, value) in [("--on", &b"2018-\xff"[..]), ("--my-name", b"\xc3\x28")] {
            let mut not_text = line(&write.line, &[flag], 2, "UTF-8");
            not_text.arguments.push(OsStr::from_bytes(value).to_owned());
            lines.push(not_text);
        }
        for (flag, values) in &write.wrong {
            for value in values {
                lines.push(line(&write.line, &[flag, value], 2, flag));
            }
        }
    }
    let alone = rows::<Alone>(include_str!("lines.jsonl"));
    lines.extend(alone.map(|(code, names, words)| line(&words, &[], code, &names)));
    lines
}

/// Runs them all; what is not as it should be, in sentences.
pub(super) fn wrongs(world: &World) -> Told {
    let tokens = world.folder.path().join("tokens");
    write_tokens(world, &tokens);
    let lines = lines();
    let told: BTreeSet<&[OsString]> = lines.iter().map(|line| line.arguments.as_slice()).collect();
    assert_eq!(told.len(), lines.len(), "every line is another");
    let url = world.server.url.as_str();
    let next = Mutex::new(lines.iter());
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let line = next.lock().unwrap().next();
                    let Some(line) = line else { break };
                    wrong.lock().unwrap().extend(judged(line, url, &tokens));
                }
            });
        }
    });
    Told {
        count: lines.len(),
        wrong: wrong.into_inner().unwrap(),
    }
}

/// What is not as it should be with a line.
fn judged(line: &Line, url: &str, tokens: &Path) -> Option<String> {
    let mut command = Command::new(program());
    let output = command
        .env_clear()
        .env("COLUMNS", "100")
        .env("MATTERS_SERVER", url)
        .env("MATTERS_TOKENS", tokens)
        .args(&line.arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let is_right = output.status.code() == Some(line.code)
        && said.contains(&line.names)
        && !said.contains("panicked")
        && !said.contains("something went wrong here");
    (!is_right).then(|| {
        let (arguments, code) = (&line.arguments, output.status.code());
        format!(
            "{arguments:?} ended with {code:?}, not {} and {:?}: {said}",
            line.code, line.names
        )
    })
}

fn write_tokens(world: &World, folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    for (stem, who) in [
        ("clerk", Who::Clerk),
        ("office", Who::Office),
        ("auditor", Who::Auditor),
        ("operator", Who::Operator),
        ("group-drugs", Who::Drugs),
        ("group-prevent", Who::Prevent),
    ] {
        std::fs::write(folder.join(format!("{stem}.token")), world.token(who)).unwrap();
    }
}
