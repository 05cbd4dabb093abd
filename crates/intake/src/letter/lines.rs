//! Cleans the lines of a letter and says what each one is.

/// A line as it is read, with its marks already taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    Blank,
    /// A rule, a page number or another trace of the paper that carries no words of the letter.
    PageFurniture,
    /// `### Heading`.
    Heading(String),
    /// `===` or `---` under a line, which makes that line a heading.
    Underline,
    Item(Marked),
    Plain {
        indent: usize,
        text: String,
    },
}

/// A bulleted or numbered line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marked {
    /// Columns of white space before the mark.
    pub(crate) indent: usize,
    /// The mark as written: `-`, `2.`, `(a)`, `Q3.`.
    pub(crate) mark: String,
    pub(crate) style: MarkStyle,
    pub(crate) text: String,
}

/// How a list is marked; a list keeps to one style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MarkStyle {
    Bullet(char),
    Number,
    Letter,
    Question,
}

/// Takes out what word processors and converters leave behind: byte-order marks, no-break and
/// zero-width spaces, soft hyphens, HTML tags of emphasis. The words are left as they were.
pub(crate) fn clean(text: &str) -> String {
    let text = text
        .replace("\r\n", "\n")
        .replace(['\r', '\u{b}', '\u{c}', '\u{2028}', '\u{2029}'], "\n");
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{feff}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{ad}' => {}
            '\u{a0}' | '\u{202f}' | '\u{2007}' => out.push(' '),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    with_one_kind_of_bold(&without_escapes(&without_tags(&out)))
}

/// Bold is written `**so**` or `__so__`; addresses may hold two underscores that mean nothing.
fn with_one_kind_of_bold(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        if line.contains("://") {
            line.to_owned()
        } else {
            line.replace("__", "**")
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Converters to Markdown put a backslash before marks that are meant as written: `1\.`, `\-`.
fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escapes = c == '\\' && chars.peek().is_some_and(char::is_ascii_punctuation);
        if escapes {
            out.extend(chars.next());
        } else {
            out.push(c);
        }
    }
    out
}

/// The tags that converters leave in running text, and what stands for each in Markdown.
const TAGS: [(&str, &str); 24] = [
    ("<sup>", ""),
    ("</sup>", ""),
    ("<sub>", ""),
    ("</sub>", ""),
    ("<b>", "**"),
    ("</b>", "**"),
    ("<strong>", "**"),
    ("</strong>", "**"),
    ("<i>", "*"),
    ("</i>", "*"),
    ("<em>", "*"),
    ("</em>", "*"),
    ("<u>", ""),
    ("</u>", ""),
    ("<br>", " "),
    ("<br/>", " "),
    ("<br />", " "),
    ("<p>", ""),
    ("</p>", ""),
    ("&amp;", "&"),
    ("&nbsp;", " "),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
];

fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let known = TAGS.iter().find(|(tag, _)| {
            from.get(..tag.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(tag))
        });
        if let Some((tag, instead)) = known {
            out.push_str(instead);
            rest = &from[tag.len()..];
        } else {
            out.push_str(&from[..1]);
            rest = &from[1..];
        }
    }
    out.push_str(rest);
    out
}

/// Says what one cleaned line is.
pub(crate) fn classify(line: &str) -> Line {
    let trimmed = line.trim();
    if trimmed.is_empty() {
        return Line::Blank;
    }
    if is_underline(trimmed) {
        return Line::Underline;
    }
    if is_page_furniture(trimmed) {
        return Line::PageFurniture;
    }
    if let Some(text) = heading(trimmed) {
        return Line::Heading(text);
    }
    let indent = indent(line);
    match marked(indent, trimmed) {
        Some(item) => Line::Item(item),
        None => Line::Plain {
            indent,
            text: trimmed.to_owned(),
        },
    }
}

fn indent(line: &str) -> usize {
    line.chars()
        .take_while(|c| c.is_whitespace())
        .map(|c| if c == '\t' { 4 } else { 1 })
        .sum()
}

fn is_underline(trimmed: &str) -> bool {
    let all = |wanted: char| trimmed.len() >= 3 && trimmed.chars().all(|c| c == wanted);
    all('=') || all('-')
}

fn is_page_furniture(trimmed: &str) -> bool {
    let rule = trimmed.chars().count() >= 3
        && trimmed
            .chars()
            .all(|c| matches!(c, '*' | '_' | '–' | '—' | ' ' | '~'));
    let words: Vec<String> = trimmed
        .to_lowercase()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |word: &str| {
        !word.is_empty() && word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit())
    };
    let page = match words.as_slice() {
        [one] => number(one),
        ["page", n] => number(n),
        ["page", n, "of", m] => number(n) && number(m),
        [n, "of", m] => number(n) && number(m),
        _ => false,
    };
    rule || page
}

fn heading(trimmed: &str) -> Option<String> {
    let hashes = trimmed.bytes().take_while(|&b| b == b'#').count();
    let rest = trimmed.get(hashes..)?;
    let is_heading = (1..=6).contains(&hashes) && rest.starts_with([' ', '\t']);
    let text = without_emphasis(rest.trim().trim_end_matches('#').trim());
    (is_heading && !text.is_empty()).then_some(text)
}

/// The text without the asterisks or underscores that make all of it bold or italic.
pub(crate) fn without_emphasis(text: &str) -> String {
    let mut text = text.trim();
    for mark in ["**", "__", "*", "_"] {
        let inner = text
            .strip_prefix(mark)
            .and_then(|rest| rest.strip_suffix(mark))
            .filter(|inner| !inner.is_empty() && !inner.contains(mark));
        text = inner.unwrap_or(text).trim();
    }
    text.to_owned()
}

const BULLETS: [char; 14] = [
    '-', '*', '+', '•', '–', '—', '·', '▪', '◦', '●', '○', '‣', '■', '\u{f0b7}',
];

fn marked(indent: usize, trimmed: &str) -> Option<Marked> {
    // A number may itself be inside the bold: "**1. What is being done?**" is an item.
    let (bold, body) = match trimmed.strip_prefix("**") {
        Some(rest) => ("**", rest),
        None => ("", trimmed),
    };
    let cut = if bold.is_empty() {
        bullet(body).or_else(|| numbered(body))
    } else {
        numbered(body)
    };
    let (style, width) = cut?;
    let (mark, rest) = body.split_at(width);
    let rest = rest.trim_start();
    // "**Q1.** What…": the bold closes again after the mark.
    let text = match rest.strip_prefix("**").filter(|_| !bold.is_empty()) {
        Some(after) => after.trim_start().to_owned(),
        None => format!("{bold}{rest}"),
    };
    (!text.is_empty()).then(|| Marked {
        indent,
        mark: mark.to_owned(),
        style,
        text,
    })
}

fn bullet(body: &str) -> Option<(MarkStyle, usize)> {
    let first = body.chars().next()?;
    let after = &body[first.len_utf8()..];
    let spaced = after.starts_with([' ', '\t']);
    let typographic = !first.is_ascii() && !matches!(first, '–' | '—' | '·');
    let is_bullet = BULLETS.contains(&first) && (spaced || typographic);
    let is_letter_o = first == 'o' && spaced;
    (is_bullet || is_letter_o).then(|| (MarkStyle::Bullet(first), first.len_utf8()))
}

/// The style of a mark as it was written.
pub(crate) fn style_of(mark: &str) -> Option<MarkStyle> {
    match classify(&format!("{mark} entry")) {
        Line::Item(item) => Some(item.style),
        _ => None,
    }
}

/// `1.`, `1)`, `(1)`, `a)`, `(a)`, `(iv)`, `Q1.`, `Q1:`, `Q.`, `Question 1:`.
fn numbered(body: &str) -> Option<(MarkStyle, usize)> {
    let lower: String = body
        .chars()
        .take_while(char::is_ascii)
        .take(24)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    for word in ["question", "q"] {
        if let Some(rest) = lower.strip_prefix(word) {
            let gap = rest.len() - rest.trim_start().len();
            let digits = digits(&rest[gap..]);
            let end = word.len() + gap + digits;
            let closed = lower[end..].starts_with([':', '.', ')']);
            let open = digits > 0 && lower[end..].starts_with(' ');
            if (closed || open) && (digits > 0 || gap == 0) {
                return Some((MarkStyle::Question, end + usize::from(closed)));
            }
        }
    }
    let opened = usize::from(lower.starts_with('('));
    let rest = &lower[opened..];
    let digits = digits(rest);
    let letters = rest.bytes().take_while(|b| b.is_ascii_lowercase()).count();
    let is_letter =
        letters == 1 || (letters <= 4 && rest[..letters].bytes().all(|b| b"ivx".contains(&b)));
    let (style, width) = match (digits, letters) {
        (1..=3, _) => (MarkStyle::Number, digits),
        (0, 1..) if is_letter => (MarkStyle::Letter, letters),
        _ => return None,
    };
    let after = &rest[width..];
    let closed = after.starts_with(')')
        || (style == MarkStyle::Number && opened == 0 && after.starts_with('.'));
    let end = opened + width + 1;
    let spaced = body
        .get(end..)
        .is_some_and(|tail| tail.starts_with([' ', '\t']) || tail.starts_with("**"));
    (closed && spaced).then_some((style, end))
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::{Line, classify, clean};

    fn mark_and_text(line: &str) -> Option<(String, String)> {
        match classify(line) {
            Line::Item(item) => Some((item.mark, item.text)),
            _ => None,
        }
    }

    #[test]
    fn marks_of_several_styles() {
        for (line, mark, text) in [
            ("- one", "-", "one"),
            ("  * one", "*", "one"),
            ("•one", "•", "one"),
            ("– one", "–", "one"),
            ("o one", "o", "one"),
            ("1. one", "1.", "one"),
            ("12) one", "12)", "one"),
            ("(a) one", "(a)", "one"),
            ("(iv) one", "(iv)", "one"),
            ("b) one", "b)", "one"),
            ("Q1. one", "Q1.", "one"),
            ("Q: one", "Q:", "one"),
            ("Question 3: one", "Question 3:", "one"),
            ("**Q1.** one", "Q1.", "one"),
            ("**1. one?**", "1.", "**one?**"),
        ] {
            assert_eq!(
                mark_and_text(line),
                Some((mark.to_owned(), text.to_owned())),
                "{line}"
            );
        }
        for line in [
            "-5 degrees",
            "open",
            "2018. A year",
            "A. N. Other",
            "**bold**",
            "I) ",
            "quarterly",
            "7.2 text",
        ] {
            assert_eq!(mark_and_text(line), None, "{line}");
        }
    }

    #[test]
    fn traces_of_the_paper_are_not_words_of_the_letter() {
        for line in ["Page 3 of 5", "4", "* * *", "____"] {
            assert_eq!(classify(line), Line::PageFurniture, "{line}");
        }
        assert_eq!(
            clean("\u{feff}9<sup>th</sup>\u{a0}May\r\n<B>A &amp; B</B> 3 < 4"),
            "9th May\n**A & B** 3 < 4"
        );
    }
}
