//! Papers that an answer cites: "paragraph 7.2 of the Offender report".

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::sentences::sentences;
use crate::civil_date;

/// A paper that an answer points to. What it cites is proposed as written, not looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// The paper as the letter names it, such as "Offender report".
    pub document: String,
    /// The paragraph or section cited, such as "7.2"; a page or an appendix with its word.
    pub paragraph: Option<String>,
    /// The date of the paper, when the same sentence gives a full one.
    pub date: Option<NaiveDate>,
}

const PLACES: [&str; 8] = [
    "paragraph",
    "paragraphs",
    "para",
    "paras",
    "section",
    "sections",
    "page",
    "appendix",
];

/// Nouns for papers. "Plan" and "review" are also schemes of work, so these need a capital.
const PAPERS: [&str; 4] = ["report", "paper", "minutes", "statement"];
const PAPERS_WITH_CAPITAL: [&str; 9] = [
    "Report",
    "Paper",
    "Minutes",
    "Statement",
    "Plan",
    "Strategy",
    "Act",
    "Order",
    "Protocol",
];

/// How much of a sentence is searched. No sentence is longer; a file that is no letter may be.
const LONGEST_SENTENCE_WORDS: usize = 500;
/// The most citations of one answer.
const MOST_CITATIONS: usize = 200;

/// Small words that may stand inside the name of a paper.
const LINKING: [&str; 5] = ["and", "of", "on", "for", "&"];

/// The citations of an answer, each paper and paragraph once, in order.
pub(crate) fn citations(answer: &str) -> Vec<Citation> {
    let mut found: Vec<Citation> = Vec::new();
    for sentence in sentences(answer) {
        let date = civil_date::find(sentence);
        let words: Vec<&str> = sentence
            .split_whitespace()
            .take(LONGEST_SENTENCE_WORDS)
            .collect();
        let mut at = 0;
        while at < words.len() && found.len() < MOST_CITATIONS {
            let Some((document, next)) = document_ending_after(&words, at) else {
                break;
            };
            let citation = Citation {
                paragraph: paragraph_before(&words[..next.begins]),
                document,
                date,
            };
            let same_paper = found.iter().any(|earlier| {
                earlier.document == citation.document
                    && (citation.paragraph.is_none() || earlier.paragraph == citation.paragraph)
            });
            if !same_paper {
                found.push(citation);
            }
            at = next.ends;
        }
    }
    found
}

struct Span {
    begins: usize,
    ends: usize,
}

/// The next name of a paper that ends at or after a word: a run of capitalised words (with small
/// linking words inside) that ends in a noun for a paper.
fn document_ending_after(words: &[&str], from: usize) -> Option<(String, Span)> {
    for first in from..words.len() {
        if !is_paper(words, first) {
            continue;
        }
        // "Criminal Justice and Public Order Act": the last of several nouns ends the name.
        let mut end = first;
        while !is_closed(words[end])
            && words
                .get(end + 1)
                .is_some_and(|next| PAPERS_WITH_CAPITAL.contains(&bare(next)))
        {
            end += 1;
        }
        let begins = name_begins(words, from, end);
        let own = words[begins..end]
            .iter()
            .filter(|word| is_capital(word))
            .count();
        let cited_by_place = begins == end && paragraph_before(&words[..begins]).is_some();
        if own == 0 && !cited_by_place {
            continue;
        }
        let open = !is_closed(words[end]) || words[end].ends_with(',');
        let ends = if open {
            title_after(words, end + 1)
        } else {
            end + 1
        };
        let document = words[begins..ends]
            .join(" ")
            .trim_matches(|c: char| matches!(c, ',' | '.' | ';' | ':' | '(' | ')' | '*'))
            .to_owned();
        return Some((document, Span { begins, ends }));
    }
    None
}

fn is_closed(word: &str) -> bool {
    word.ends_with([',', '.', ';', ')', ':'])
}

/// Whether a word is a noun for a paper; "the Groups report quarterly" is a verb.
fn is_paper(words: &[&str], at: usize) -> bool {
    let noun = bare(words[at]);
    let after_plural = at > 0 && words[at - 1].ends_with('s');
    let verb = noun == "report"
        && after_plural
        && words
            .get(at + 1)
            .is_some_and(|next| matches!(*next, "to" | "on" | "that") || next.ends_with("ly"));
    !verb && (PAPERS.contains(&noun) || PAPERS_WITH_CAPITAL.contains(&noun))
}

fn name_begins(words: &[&str], from: usize, end: usize) -> usize {
    let mut begins = end;
    while begins > from {
        let before = words[begins - 1];
        let stops = before.ends_with([',', '.', ';', ':', ')', '?']);
        let inside = is_capital(before) || LINKING.contains(&before);
        if stops
            || !inside
            || is_article(before)
            || before.starts_with('(') && !is_capital(&before[1..])
        {
            break;
        }
        begins -= 1;
    }
    while begins < end && !is_capital(words[begins]) {
        begins += 1;
    }
    begins
}

/// "report on 'Child Criminal Exploitation Strategy'": a title in quotation marks belongs to the name.
fn title_after(words: &[&str], from: usize) -> usize {
    let opens = |word: &str| word.starts_with(['\'', '‘', '“', '"']);
    let start = match words.get(from..) {
        Some([on, title, ..]) if matches!(*on, "on" | "called" | "entitled") && opens(title) => {
            from + 1
        }
        Some([title, ..]) if opens(title) => from,
        _ => return from,
    };
    let closes = |word: &&str| {
        let word = word.trim_end_matches([',', '.', ';', ')']);
        word.ends_with(['\'', '’', '”', '"'])
    };
    words[start..]
        .iter()
        .take(20)
        .position(closes)
        .map_or(from, |length| start + length + 1)
}

fn paragraph_before(words: &[&str]) -> Option<String> {
    let place = words
        .iter()
        .rposition(|word| PLACES.contains(&bare(word).to_lowercase().as_str()))?;
    let number = bare(words.get(place + 1)?);
    let numbered = number.starts_with(|c: char| c.is_ascii_digit())
        || bare(words[place]).eq_ignore_ascii_case("appendix") && number.len() == 1;
    let near = words.len() - place <= 5;
    let joined = words.get(place + 2..)?.iter().all(|word| {
        let word = bare(word);
        matches!(
            word,
            "of" | "in" | "the" | "to" | "that" | "his" | "my" | "our"
        )
    });
    let kind = bare(words[place]).to_lowercase();
    let named = matches!(kind.as_str(), "page" | "appendix");
    (numbered && near && joined).then(|| {
        if named {
            format!("{kind} {number}")
        } else {
            number.to_owned()
        }
    })
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_capital(word: &str) -> bool {
    word.trim_start_matches(|c: char| !c.is_alphanumeric())
        .starts_with(char::is_uppercase)
}

fn is_article(word: &str) -> bool {
    matches!(
        word,
        "The" | "A" | "An" | "This" | "That" | "In" | "As" | "My" | "Our" | "His" | "Its" | "All"
    )
}

#[cfg(test)]
mod tests {
    use super::citations;

    fn named(answer: &str) -> Vec<String> {
        citations(answer)
            .into_iter()
            .map(|c| {
                format!(
                    "{} | {} | {}",
                    c.document,
                    c.paragraph.unwrap_or_default(),
                    c.date.map(|d| d.to_string()).unwrap_or_default()
                )
            })
            .collect()
    }

    #[test]
    fn papers_paragraphs_and_dates() {
        assert_eq!(
            named(
                "Paragraph 7.2 of the Offender report submitted in May covers it. As said in section 3 of that report, \
                 the Road Safety Strategy stands. The Annual Report of 4 June 2019 was noted. A report on costs \
                 follows. The Children Board report on ‘Early Help’ was read."
            ),
            [
                "Offender report | 7.2 | ",
                "report | 3 | ",
                "Road Safety Strategy |  | ",
                "Annual Report |  | 2019-06-04",
                "Children Board report on ‘Early Help’ |  | ",
            ]
        );
    }
}
