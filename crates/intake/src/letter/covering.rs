//! What the covering letter says: who writes to whom, when, and which other actions are only noted.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::compose::Outside;
use super::lines::without_emphasis;
use super::sentences::{plain, sentences};
use crate::civil_date;

/// A person named in the letter, with the lines that follow the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correspondent {
    /// The name as written.
    pub name: String,
    /// Office and address, as written, line by line.
    pub lines: Vec<String>,
}

/// Findings of the covering letter.
#[derive(Debug, Default)]
pub(crate) struct Covering {
    pub(crate) addressee: Option<Correspondent>,
    pub(crate) sender: Option<Correspondent>,
    pub(crate) dated: Option<NaiveDate>,
    pub(crate) noted_actions: Vec<String>,
}

/// Reads the covering letter from the paragraphs outside every item.
pub(crate) fn read(outside: &[Outside], source: &[&str]) -> Covering {
    let blocks: Vec<Vec<String>> = outside
        .iter()
        .map(|block| source_lines(block, source))
        .collect();
    let greeting = blocks.iter().position(|lines| {
        lines
            .first()
            .is_some_and(|line| plain(line).starts_with("dear "))
    });
    let head = &blocks[..greeting.unwrap_or(blocks.len())];
    Covering {
        addressee: labelled(&blocks, "to:").or_else(|| greeting.and_then(|_| addressee(head))),
        sender: labelled(&blocks, "from:").or_else(|| sender(&blocks)),
        dated: dated(head),
        noted_actions: noted(outside),
    }
}

fn source_lines(block: &Outside, source: &[&str]) -> Vec<String> {
    source
        .get(block.lines.0..block.lines.1)
        .unwrap_or_default()
        .iter()
        .map(|line| without_emphasis(line.trim().trim_end_matches('\\')))
        .filter(|line| !line.is_empty())
        .collect()
}

fn labelled(blocks: &[Vec<String>], label: &str) -> Option<Correspondent> {
    blocks.iter().flatten().find_map(|line| {
        let name = line
            .get(..label.len())
            .filter(|start| start.eq_ignore_ascii_case(label))
            .map(|_| line[label.len()..].trim())
            .filter(|name| !name.is_empty())?;
        Some(Correspondent {
            name: name.to_owned(),
            lines: Vec::new(),
        })
    })
}

/// The block of address before the greeting: the last of several lines that is not the sender's own
/// (which carries telephone and mail).
fn addressee(head: &[Vec<String>]) -> Option<Correspondent> {
    head.iter()
        .rev()
        .find(|lines| {
            let own = lines.iter().any(|line| {
                let line = plain(line);
                line.starts_with("tel") || line.contains('@') || line.starts_with("email")
            });
            let form = lines.iter().any(|line| {
                ["from:", "to:", "re:"]
                    .iter()
                    .any(|label| plain(line).starts_with(label))
            });
            lines.len() > 1 && !own && !form
        })
        .and_then(|lines| correspondent(&without_dates(lines)))
}

fn without_dates(lines: &[String]) -> Vec<String> {
    lines
        .iter()
        .filter(|line| civil_date::parse(line).is_err() && !plain(line).starts_with("date:"))
        .cloned()
        .collect()
}

fn correspondent(lines: &[String]) -> Option<Correspondent> {
    let (name, rest) = lines.split_first()?;
    Some(Correspondent {
        name: name.clone(),
        lines: rest.to_vec(),
    })
}

/// Who signs: the lines under "Yours sincerely".
fn sender(blocks: &[Vec<String>]) -> Option<Correspondent> {
    let at = blocks.iter().position(|lines| {
        lines.first().is_some_and(|line| {
            let line = plain(line);
            ["yours ", "kind regards", "best wishes"]
                .iter()
                .any(|start| line.starts_with(start))
        })
    })?;
    let same = blocks
        .get(at)
        .map(|lines| lines.get(1..).unwrap_or_default().to_vec());
    let lines = same
        .filter(|lines| !lines.is_empty())
        .or_else(|| blocks.get(at + 1).cloned())?;
    correspondent(&lines)
}

fn dated(head: &[Vec<String>]) -> Option<NaiveDate> {
    head.iter().flatten().find_map(|line| {
        let lower = line.to_lowercase();
        let bare = ["dated:", "date:", "date"]
            .iter()
            .find_map(|label| lower.strip_prefix(label))
            .unwrap_or(&lower);
        civil_date::parse(bare).ok()
    })
}

/// "I have noted the other actions, namely A and B": actions without an owner or a date.
fn noted(outside: &[Outside]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, paragraph) in outside.iter().enumerate() {
        for sentence in sentences(&paragraph.text) {
            let Some(list) = noted_list(sentence) else {
                continue;
            };
            if list.is_empty() {
                let entries = outside[at + 1..]
                    .iter()
                    .take_while(|next| next.is_list_entry);
                found.extend(entries.map(|entry| tidy(&entry.text)));
            } else {
                found.extend(split_list(list));
            }
        }
    }
    found.retain(|action| !action.is_empty());
    found
}

/// What follows "namely", in a sentence that notes other actions; empty when a list follows.
fn noted_list(sentence: &str) -> Option<&str> {
    let words = plain(sentence);
    let notes = words.contains("noted") || words.contains(" note ");
    let others = ["action", "request", "recommendation", "point"]
        .iter()
        .any(|noun| {
            words.contains(&format!("other {noun}")) || words.contains(&format!("remaining {noun}"))
        });
    if !(notes && others) {
        return None;
    }
    let opener = [
        "namely",
        "these are",
        "which are",
        "including",
        "being",
        ":",
        " – ",
        " - ",
    ]
    .iter()
    .filter_map(|opener| sentence.find(opener).map(|at| (at, opener.len())))
    .min()?;
    Some(
        sentence[opener.0 + opener.1..]
            .trim()
            .trim_start_matches([':', ',', ' ']),
    )
}

/// Entries are parted by semicolons, else by commas and by an "and" before an article, so that
/// "police and crime" stays whole.
fn split_list(list: &str) -> Vec<String> {
    let list = list.trim_end_matches('.');
    if list.contains(';') {
        return list.split(';').map(tidy).collect();
    }
    let mut out = Vec::new();
    for piece in list.split(", ") {
        let mut rest = piece.strip_prefix("and ").unwrap_or(piece);
        while let Some(at) = and_before_article(rest) {
            out.push(tidy(&rest[..at]));
            rest = &rest[at + " and ".len()..];
        }
        out.push(tidy(rest));
    }
    out
}

fn and_before_article(text: &str) -> Option<usize> {
    text.match_indices(" and ").map(|(at, _)| at).find(|at| {
        let after = &text[at + " and ".len()..];
        ["the ", "a ", "an ", "to ", "that "]
            .iter()
            .any(|word| after.starts_with(word))
    })
}

fn tidy(text: &str) -> String {
    let text = text.trim().trim_end_matches(['.', ';', ',']);
    text.strip_prefix("and ").unwrap_or(text).trim().to_owned()
}
