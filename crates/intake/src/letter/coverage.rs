//! Proposes how far each part was answered. A proposal for a person to check, with its reason.

use std::collections::HashSet;

use super::sentences::{plain, sentences};
use super::{Coverage, Part, Sensitivity};

/// What the answer is known to be, before its parts are looked at.
pub(crate) struct AnswerSigns<'a> {
    pub(crate) answer: &'a str,
    pub(crate) sensitivity: Option<Sensitivity>,
    pub(crate) cites_or_links: bool,
}

/// Proposes the coverage of every part of one item.
pub(crate) fn propose(parts: &mut [Part], signs: &AnswerSigns<'_>) {
    let (overall, reason) = overall(signs);
    let silent = silent_parts(parts, signs.answer);
    let some_heard = silent.contains(&false);
    for at in 0..parts.len() {
        let unheard = silent[at] && some_heard && overall != Coverage::Withheld;
        let (coverage, reason) = if unheard {
            (
                Coverage::NotAddressed,
                "a yes-or-no question, and the answer neither says yes or no nor takes up a word of it",
            )
        } else {
            (overall, reason)
        };
        parts[at].coverage = coverage;
        parts[at].coverage_reason = reason.to_owned();
    }
}

fn overall(signs: &AnswerSigns<'_>) -> (Coverage, &'static str) {
    if !signs.answer.chars().any(char::is_alphanumeric) {
        return (Coverage::NotAddressed, "no answer follows it");
    }
    match signs.sensitivity {
        Some(Sensitivity::Full) => (
            Coverage::Withheld,
            "the answer is called operationally sensitive",
        ),
        Some(Sensitivity::Partial) => (
            Coverage::AnsweredInPart,
            "part of the answer is called operationally sensitive",
        ),
        None if signs.cites_or_links && only_points_elsewhere(signs.answer) => (
            Coverage::Signposted,
            "every sentence of the answer says where to look",
        ),
        None => (Coverage::Answered, "an answer follows it"),
    }
}

/// A yes-or-no question that the answer shares no word with, among several that share one answer.
/// An open question (what, how) may be met by an answer in other words; a lone question has the
/// whole answer to itself.
fn silent_parts(parts: &[Part], answer: &str) -> Vec<bool> {
    let answer_stems = stems(answer);
    let says_yes_or_no = sentences(answer).iter().any(|sentence| {
        let first = plain(sentence);
        let first = first.split([' ', ',', '.', ':', ';']).next().unwrap_or("");
        matches!(first, "yes" | "no" | "not" | "partly" | "neither" | "both")
    });
    parts
        .iter()
        .map(|part| {
            let alone = parts.len() == 1;
            let unlike = stems(&part.text).is_disjoint(&answer_stems);
            !alone && !says_yes_or_no && is_yes_or_no(&part.text) && unlike
        })
        .collect()
}

const AUXILIARIES: [&str; 20] = [
    "is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "can", "could", "will",
    "would", "shall", "should", "may", "might", "isn't", "aren't",
];

fn is_yes_or_no(text: &str) -> bool {
    let Some(question) = sentences(text).last().map(|last| plain(last)) else {
        return false;
    };
    let first = question.split(' ').next().unwrap_or("");
    question.ends_with('?') && AUXILIARIES.contains(&first)
}

/// Words too common to show that an answer takes up a question.
const COMMON: [&str; 44] = [
    "that", "this", "these", "those", "they", "them", "their", "there", "with", "from", "have",
    "been", "being", "will", "would", "could", "should", "what", "which", "when", "where", "while",
    "does", "into", "than", "then", "also", "such", "some", "more", "most", "other", "about",
    "after", "before", "between", "know", "known", "make", "made", "very", "your", "still", "were",
];

fn stems(text: &str) -> HashSet<String> {
    plain(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 4 && !COMMON.contains(word))
        .map(stem)
        .collect()
}

fn stem(word: &str) -> String {
    let bare = [
        "ations", "ation", "ings", "ing", "ers", "ed", "es", "ly", "s",
    ]
    .iter()
    .find_map(|suffix| {
        word.strip_suffix(suffix)
            .filter(|rest| rest.chars().count() >= 4)
    })
    .unwrap_or(word);
    bare.trim_end_matches('e').to_owned()
}

const POINTERS: [&str; 15] = [
    "can be found",
    "is available",
    "are available",
    "see ",
    "refer to",
    "reference point",
    "contained an update",
    "contains an update",
    "provides statistics",
    "provides information",
    "update was provided",
    "is set out in",
    "are set out in",
    "following link",
    "attached",
];

fn only_points_elsewhere(answer: &str) -> bool {
    let found: Vec<String> = sentences(answer)
        .iter()
        .map(|sentence| plain(sentence))
        .filter(|sentence| !sentence.starts_with("http") && !sentence.starts_with("<http"))
        .collect();
    found
        .iter()
        .all(|sentence| POINTERS.iter().any(|pointer| sentence.contains(pointer)))
}
