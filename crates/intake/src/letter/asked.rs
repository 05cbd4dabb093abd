//! Tells what was asked from what was answered, inside one item.
//!
//! The rule, in order: what stands before a line "Answer:" or "Response:" was asked; else the bold
//! lead of the item was asked; else its leading sentences that end in a question mark, or a leading
//! sentence that requests ("Please provide …"). An item with none of these is a statement.

use super::PartKind;
use super::compose::{ItemDraft, Piece};
use super::sentences::{is_question, plain, sentences};

/// One item, told apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Split {
    pub(crate) asked: Vec<(String, PartKind)>,
    pub(crate) answer: String,
}

/// Tells the question of an item from its answer.
pub(crate) fn split(item: &ItemDraft) -> Split {
    let mut split = told_apart(item);
    split.asked = with_openings_joined(split.asked);
    split
}

/// "On speed cameras:" opens the question after it, and asks nothing by itself.
fn with_openings_joined(asked: Vec<(String, PartKind)>) -> Vec<(String, PartKind)> {
    let mut out: Vec<(String, PartKind)> = Vec::with_capacity(asked.len());
    for (text, kind) in asked {
        match out.last_mut() {
            Some((opening, of_kind)) if opening.ends_with(':') => {
                opening.push(' ');
                opening.push_str(&text);
                *of_kind = kind;
            }
            _ => out.push((text, kind)),
        }
    }
    out
}

fn told_apart(item: &ItemDraft) -> Split {
    let label = item
        .pieces
        .iter()
        .position(|piece| piece.mark.is_none() && answer_label(&piece.text).is_some());
    if let Some(at) = label {
        let mut texts = vec![without_bold(&item.head)];
        texts.extend(
            item.pieces[..at]
                .iter()
                .map(|piece| without_bold(&piece.text)),
        );
        let asked = texts.iter().flat_map(|text| parts(text, false)).collect();
        let answer = after_label(&item.pieces[at].text);
        return Split {
            asked,
            answer: joined(&answer, &item.pieces[at + 1..]),
        };
    }
    if let Some(split) = split_bold(item) {
        return split;
    }
    split_plain(item)
}

fn split_bold(item: &ItemDraft) -> Option<Split> {
    let (lead, rest) = bold_lead(&item.head)?;
    if is_note(lead) {
        return None;
    }
    let asked = match leading_questions(rest) {
        // A bold title before a plain question: the title is the beginning of what was asked.
        (questions, after) if !questions.is_empty() && !is_question(lead) => {
            let whole = format!("{} {}", without_bold(lead), questions.join(" "));
            return Some(with_listed_questions(
                parts(&whole, true),
                after,
                &item.pieces,
            ));
        }
        _ => parts(&without_bold(lead), false),
    };
    Some(with_listed_questions(
        asked,
        without_separator(rest),
        &item.pieces,
    ))
}

fn split_plain(item: &ItemDraft) -> Split {
    let head = without_bold(&item.head);
    if let Some((asked, answer)) = inline_label(&head) {
        return with_listed_questions(parts(asked, false), answer, &item.pieces);
    }
    if is_question(&head) {
        return with_listed_questions(parts(&head, true), "", &item.pieces);
    }
    let (questions, after) = leading_questions(&head);
    if !questions.is_empty() {
        return with_listed_questions(parts(&questions.join(" "), true), after, &item.pieces);
    }
    if requests(&head) {
        let first = sentences(&head)
            .first()
            .map_or(0, |sentence| sentence.len());
        let (asked, answer) = head.split_at(first);
        return with_listed_questions(parts(asked, false), answer.trim_start(), &item.pieces);
    }
    Split {
        asked: Vec::new(),
        answer: joined(&head, &item.pieces),
    }
}

/// Questions in a list right under the question are asked too: "1. On drugs: (a) How many? (b) Where?"
fn with_listed_questions(
    mut asked: Vec<(String, PartKind)>,
    answer: &str,
    pieces: &[Piece],
) -> Split {
    let listed = if answer.is_empty() {
        pieces
            .iter()
            .take_while(|piece| piece.mark.is_some() && is_question(&piece.text))
            .count()
    } else {
        0
    };
    for piece in &pieces[..listed] {
        asked.extend(parts(&without_bold(&piece.text), true));
    }
    Split {
        asked,
        answer: joined(answer, &pieces[listed..]),
    }
}

/// The sentences of what was asked. A sentence that leads up to a question is part of it.
fn parts(text: &str, questions_only: bool) -> Vec<(String, PartKind)> {
    let text = text.replace('\n', " ");
    let found: Vec<&str> = sentences(&text)
        .into_iter()
        .map(|sentence| sentence.trim_matches(['*', '_']))
        .collect();
    let any_question = found.iter().any(|sentence| is_question(sentence));
    let mut out: Vec<(String, PartKind)> = Vec::new();
    let mut leading_up = String::new();
    for sentence in found {
        if is_question(sentence) {
            out.push((format!("{leading_up}{sentence}"), PartKind::Question));
            leading_up.clear();
        } else if (any_question || questions_only) && !requests(sentence) {
            leading_up.push_str(sentence);
            leading_up.push(' ');
        } else {
            out.push((format!("{leading_up}{sentence}"), PartKind::Request));
            leading_up.clear();
        }
    }
    let left_over = leading_up.trim();
    match out.last_mut() {
        Some((last, _)) if !left_over.is_empty() => {
            last.push(' ');
            last.push_str(left_over);
        }
        None if !left_over.is_empty() => out.push((left_over.to_owned(), PartKind::Request)),
        _ => {}
    }
    out
}

fn joined(first: &str, pieces: &[Piece]) -> String {
    let mut out = strip_label(first.trim()).to_owned();
    let mut in_list = false;
    for piece in pieces {
        let listed = piece.mark.is_some();
        if !out.is_empty() {
            out.push_str(if listed && in_list { "\n" } else { "\n\n" });
        }
        if let Some(mark) = &piece.mark {
            out.push_str(mark);
            out.push(' ');
        }
        out.push_str(&piece.text);
        in_list = listed;
    }
    out
}

/// Whether an item opens with something asked.
pub(crate) fn has_lead(text: &str) -> bool {
    let bold = bold_lead(text).is_some_and(|(lead, _)| !is_note(lead));
    bold || sentences(text)
        .first()
        .is_some_and(|first| is_question(first))
}

/// The bold words that a text begins with, and the rest.
pub(crate) fn bold_lead(text: &str) -> Option<(&str, &str)> {
    let body = text.strip_prefix("**")?;
    let mut end = body.find("**")?;
    // Two bold runs with only space between them are one.
    while let Some(next) = body[end + 2..].trim_start().strip_prefix("**") {
        let from = body.len() - next.len();
        match next.find("**") {
            Some(close) => end = from + close,
            None => break,
        }
    }
    let lead = body[..end].trim();
    let rest = body[end + 2..].trim();
    let has_words = lead.chars().any(char::is_alphanumeric);
    // "**The Commissioner agrees** with the report": stress inside a sentence is no lead.
    let mere_stress = !lead.ends_with(['.', '?', '!', ':']) && rest.starts_with(char::is_lowercase);
    (has_words && !mere_stress).then_some((lead, rest))
}

/// The words of a text that is bold from its beginning to its end.
pub(crate) fn all_bold(text: &str) -> Option<&str> {
    bold_lead(text)
        .filter(|(_, rest)| !rest.chars().any(char::is_alphanumeric))
        .map(|(lead, _)| lead)
}

fn without_bold(text: &str) -> String {
    text.replace("**", "").trim().to_owned()
}

fn without_separator(rest: &str) -> &str {
    rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '–' | '—' | ':'))
        .trim_start_matches("- ")
        .trim_start()
}

/// How long the label is, when a text begins with one: "Answer:", "**Response:**", "A1.",
/// "Commissioner's response –", or the word alone.
pub(crate) fn answer_label(text: &str) -> Option<usize> {
    let head: String = text.chars().take(60).collect();
    let words_end = head
        .char_indices()
        .find(|&(_, c)| matches!(c, ':' | '–' | '.' | ')'))
        .map_or(head.len(), |(at, c)| at + c.len_utf8());
    let closed = words_end < head.len() || head.ends_with([':', '–', '.', ')']);
    let label = plain(&head[..words_end]).replace(['*', ':', '.', ')', '_'], "");
    let label = label.trim_end_matches([' ', '-']);
    let words: Vec<&str> = label.split(' ').collect();
    let last = *words.last()?;
    let named = matches!(last, "answer" | "response" | "reply") && words.len() <= 4;
    let lettered = words.len() == 1
        && last
            .strip_prefix('a')
            .is_some_and(|n| n.len() <= 3 && n.bytes().all(|b| b.is_ascii_digit()));
    let full_stop = head[..words_end].ends_with('.');
    let alone = !closed && head.len() == text.len() && named;
    let labelled = closed && (lettered || (named && !full_stop));
    if !(alone || labelled) {
        return None;
    }
    let after = &text[words_end..];
    Some(words_end + after.len() - after.trim_start_matches(['*', '_', ' ', ':']).len())
}

fn strip_label(text: &str) -> &str {
    answer_label(text).map_or(text, |length| text[length..].trim_start())
}

fn after_label(text: &str) -> String {
    strip_label(text).to_owned()
}

/// "What is being done? Response: a great deal." on one line.
fn inline_label(head: &str) -> Option<(&str, &str)> {
    ["Answer:", "Response:", "Reply:", "ANSWER:", "RESPONSE:"]
        .iter()
        .filter_map(|label| {
            head.find(&format!(" {label}"))
                .map(|at| (at, label.len() + 1))
        })
        .min()
        .map(|(at, length)| (head[..at].trim(), head[at + length..].trim()))
}

/// The questions a text begins with, and what follows them.
fn leading_questions(text: &str) -> (Vec<&str>, &str) {
    let questions: Vec<&str> = sentences(text)
        .into_iter()
        .take_while(|sentence| is_question(sentence))
        .collect();
    let after = questions.last().map_or(text, |last| {
        let end = last.as_ptr() as usize - text.as_ptr() as usize + last.len();
        &text[end..]
    });
    (questions, after.trim_start())
}

/// A bold word that heads a remark rather than a question.
fn is_note(lead: &str) -> bool {
    let words = plain(lead);
    matches!(
        words.trim_end_matches([':', '.', ' ', '-']),
        "note" | "update" | "background" | "context" | "answer" | "response" | "reply"
    )
}

const REQUESTS: [&str; 15] = [
    "please ",
    "provide ",
    "supply ",
    "explain ",
    "confirm ",
    "clarify ",
    "set out ",
    "describe ",
    "circulate ",
    "to receive ",
    "to be provided with ",
    "request for ",
    "request that ",
    "an update on ",
    "could you ",
];

/// Whether a plain sentence asks for something without a question mark.
fn requests(sentence: &str) -> bool {
    let sentence = plain(sentence);
    REQUESTS.iter().any(|start| sentence.starts_with(start))
}
