//! Web addresses in the text of a letter.

/// The web addresses of a text, in order, each occurrence. Electronic mail addresses are not links.
pub(crate) fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = next_start(rest) {
        let from = &rest[at..];
        let end = from
            .find(|c: char| {
                c.is_whitespace() || matches!(c, '<' | '>' | '"' | '“' | '”' | '|' | '`')
            })
            .unwrap_or(from.len());
        let link = without_tail(&from[..end]);
        if link.len() > "https://".len() {
            // "[http://x](http://x)" is one link, written twice by a converter.
            let (first, copy) = link
                .split_once("](")
                .map_or((link, None), |(a, b)| (a, Some(b)));
            found.push(first.to_owned());
            if let Some(other) = copy
                .map(without_tail)
                .filter(|other| *other != first && other.contains("://"))
            {
                found.push(other.to_owned());
            }
        }
        rest = &from[end.max(1)..];
    }
    found
}

fn next_start(text: &str) -> Option<usize> {
    let scheme = ["http://", "https://", "HTTP://", "HTTPS://"]
        .iter()
        .filter_map(|scheme| text.find(scheme))
        .min();
    let bare = text
        .match_indices("www.")
        .map(|(at, _)| at)
        .find(|&at| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '/'));
    scheme.into_iter().chain(bare).min()
}

/// Full stops and brackets after an address belong to the sentence, unless the address opened them.
fn without_tail(link: &str) -> &str {
    let mut link = link;
    loop {
        let unmatched =
            link.ends_with(')') && link.matches('(').count() < link.matches(')').count();
        let trimmed =
            link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '’', '*', ']', '\\']);
        let trimmed = if unmatched {
            trimmed.strip_suffix(')').unwrap_or(trimmed)
        } else {
            trimmed
        };
        if trimmed.len() == link.len() {
            return link;
        }
        link = trimmed;
    }
}

#[cfg(test)]
mod tests {
    use super::links;

    #[test]
    fn addresses_without_the_sentence_around_them() {
        let text = "See <http://a.org/x.pdf>, (https://b.org/y_(z)). [paper](https://c.org/p?q=1) www.d.org. \
                    [Mail](mailto:x@e.org) http://a.org/x.pdf";
        assert_eq!(
            links(text),
            [
                "http://a.org/x.pdf",
                "https://b.org/y_(z)",
                "https://c.org/p?q=1",
                "www.d.org",
                "http://a.org/x.pdf"
            ]
        );
    }
}
