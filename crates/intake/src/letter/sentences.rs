//! Splits text into sentences and words, and compares them as a reader would.

use super::lines::{self, Line};

/// Words that end in a full stop without ending a sentence.
const ABBREVIATIONS: [&str; 26] = [
    "e.g", "i.e", "etc", "no", "nos", "para", "paras", "mr", "mrs", "ms", "dr", "st", "p", "pp",
    "cf", "vs", "approx", "cllr", "rev", "insp", "supt", "sgt", "fig", "ref", "dept", "govt",
];

/// The sentences of a text, verbatim, without the white space between them.
///
/// A sentence ends at `.`, `?` or `!` (with any closing quotation mark or bracket) before white
/// space and something that can begin a sentence. A decimal point, an abbreviation and the point
/// after an initial do not end one; nor does anything inside a web address.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < chars.len() {
        let (byte, c) = chars[at];
        if c == '\n' && ends_a_block(&text[byte + 1..]) {
            found.push(&text[start..byte]);
            start = byte;
        } else if matches!(c, '.' | '?' | '!') {
            let after = skip_closers(&chars, at + 1);
            if ends_here(text, &chars, start, at, after) {
                let end = chars.get(after).map_or(text.len(), |&(byte, _)| byte);
                found.push(&text[start..end]);
                start = end;
                at = after;
                continue;
            }
        }
        at += 1;
    }
    found.push(&text[start..]);
    found
        .into_iter()
        .map(without_mark)
        .filter(|sentence| sentence.chars().any(char::is_alphanumeric))
        .collect()
}

/// A blank line ends a sentence, and so does the mark of a list entry.
fn ends_a_block(next: &str) -> bool {
    let line = next.split('\n').next().unwrap_or("");
    line.trim().is_empty() || matches!(lines::classify(line), Line::Item(_))
}

fn without_mark(sentence: &str) -> &str {
    let sentence = sentence.trim();
    match lines::classify(sentence.split('\n').next().unwrap_or("")) {
        Line::Item(item) => sentence
            .strip_prefix(item.mark.as_str())
            .unwrap_or(sentence)
            .trim(),
        _ => sentence,
    }
}

fn skip_closers(chars: &[(usize, char)], from: usize) -> usize {
    let closers = chars[from..]
        .iter()
        .take_while(|(_, c)| {
            matches!(
                c,
                '"' | '\'' | '”' | '’' | ')' | ']' | '*' | '_' | '?' | '!' | '.'
            )
        })
        .count();
    from + closers
}

fn ends_here(text: &str, chars: &[(usize, char)], start: usize, at: usize, after: usize) -> bool {
    let Some(&(_, gap)) = chars.get(after) else {
        return true;
    };
    if !gap.is_whitespace() {
        return false;
    }
    let next = chars[after..].iter().map(|&(_, c)| c).find(|c| {
        !c.is_whitespace() && !matches!(c, '"' | '\'' | '“' | '‘' | '(' | '[' | '*' | '_' | '<')
    });
    let can_begin = next
        .is_none_or(|c| c.is_uppercase() || c.is_numeric() || matches!(c, '-' | '•' | '–'))
        || next.is_some_and(|_| {
            text[chars[after].0..]
                .trim_start()
                .trim_start_matches('<')
                .starts_with("http")
        });
    let (byte, mark) = chars[at];
    let before = &text[start..byte];
    can_begin && (mark != '.' || !(is_abbreviation(before) || is_number_of_a_question(before)))
}

/// "2" or "Q2" where a sentence begins: the point after it belongs to the number, as in
/// "1. Where? 2. When?".
fn is_number_of_a_question(before: &str) -> bool {
    let number = before
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '(' | '*' | '_'))
        .trim_start_matches(['Q', 'q']);
    (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_abbreviation(before: &str) -> bool {
    let word = before
        .rsplit(|c: char| c.is_whitespace() || c == '(')
        .next()
        .unwrap_or("")
        .to_lowercase();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    initial || ABBREVIATIONS.contains(&word.as_str())
}

/// Whether a sentence is asked as a question.
pub(crate) fn is_question(sentence: &str) -> bool {
    sentence
        .trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, '"' | '\'' | '”' | '’' | ')' | ']' | '*' | '_' | '!')
        })
        .ends_with('?')
}

/// Small letters, plain apostrophes, single spaces: for finding phrases.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase).map(|c| match c {
            '’' | '‘' => '\'',
            '“' | '”' => '"',
            '–' | '—' => '-',
            c => c,
        }));
    }
    out
}

/// Letters and figures only: two sentences with the same key ask the same thing.
pub(crate) fn key(text: &str) -> String {
    let spaced: String = plain(text)
        .chars()
        .filter(|&c| c != '\'')
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{is_question, key, sentences};

    #[test]
    fn sentences_end_where_a_reader_says() {
        let text = "Do we use, e.g. binary chop, in para. 7.2? Could A. Smith help (or not)? “Yes.” It fell by 3.5 per cent. \
                    Why? because. See http://x.org/a.b?c=d. Done";
        assert_eq!(
            sentences(text),
            [
                "Do we use, e.g. binary chop, in para. 7.2?",
                "Could A. Smith help (or not)?",
                "“Yes.”",
                "It fell by 3.5 per cent.",
                "Why? because.",
                "See http://x.org/a.b?c=d.",
                "Done"
            ]
        );
        assert!(sentences(" \n . ? ").is_empty());
    }

    #[test]
    fn numbers_of_questions_begin_them() {
        assert_eq!(
            sentences("Where is it? 2. When is it? Q3. Why? It has 4. Done in 2018. Yes. 12"),
            [
                "Where is it?",
                "When is it?",
                "Why?",
                "It has 4.",
                "Done in 2018.",
                "Yes.",
                "12"
            ]
        );
    }

    #[test]
    fn the_same_question_twice_has_one_key() {
        assert_eq!(key("What’s  being done?"), key("what's being done ?"));
        assert!(is_question("Is it (really?)"));
        assert!(!is_question("It is."));
    }
}
