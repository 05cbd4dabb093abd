//! The two marks an answer may carry: operational, and operationally sensitive.
//!
//! They are different. An operational matter is the Chief Constable's and outside the Panel's
//! remit (Policing Protocol Order 2011, Schedule, paragraph 24); an operationally sensitive one
//! should not be in the public domain.

use super::Sensitivity;
use super::sentences::{plain, sentences};

const NOUNS: [&str; 10] = [
    "question",
    "questions",
    "matter",
    "matters",
    "issue",
    "issues",
    "decision",
    "decisions",
    "point",
    "query",
];

/// Whether the answer calls what was asked an operational matter.
pub(crate) fn is_operational(answer: &str) -> bool {
    sentences(answer).iter().any(|sentence| {
        let sentence = plain(sentence);
        let words: Vec<&str> = sentence
            .split(' ')
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
            .collect();
        let named = words.iter().enumerate().any(|(at, word)| {
            let near = words[at + 1..]
                .iter()
                .take(2)
                .any(|next| NOUNS.contains(next));
            *word == "operational" && near
        });
        let for_the_chief = words
            .windows(4)
            .any(|w| matches!(w[1..], ["for", "the", "chief"]) && NOUNS.contains(&w[0]));
        named || for_the_chief
    })
}

/// Whether the answer says that what was asked is operationally sensitive, and how much of it.
/// In part, when the rest of the answer says something of substance: two sentences or more.
pub(crate) fn sensitivity(answer: &str) -> Option<Sensitivity> {
    let all = sentences(answer);
    let sensitive = all
        .iter()
        .filter(|sentence| {
            let sentence = plain(sentence);
            let said = [
                "operationally sensitive",
                "operational sensitivit",
                "operationally-sensitive",
            ]
            .iter()
            .any(|words| sentence.contains(words));
            said && !sentence.contains("not operationally")
        })
        .count();
    match sensitive {
        0 => None,
        n if all.len() >= n + 2 => Some(Sensitivity::Partial),
        _ => Some(Sensitivity::Full),
    }
}

#[cfg(test)]
mod tests {
    use super::{Sensitivity, is_operational, sensitivity};

    #[test]
    fn operational_is_a_matter_not_an_adverb() {
        assert!(is_operational(
            "An policing operational question. More follows."
        ));
        assert!(is_operational("This is an operational policing matter."));
        assert!(is_operational("That is a matter for the Chief Constable."));
        assert!(!is_operational(
            "Forces are operationally independent. The operational model changed."
        ));
    }

    #[test]
    fn sensitive_in_part_when_something_else_is_said() {
        assert_eq!(
            sensitivity("This is operationally sensitive."),
            Some(Sensitivity::Full)
        );
        assert_eq!(
            sensitivity("Work goes on. Methods are operationally sensitive. A report is public."),
            Some(Sensitivity::Partial)
        );
        assert_eq!(sensitivity("This is not operationally sensitive."), None);
    }
}
