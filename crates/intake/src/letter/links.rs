//! Web addresses in the text of a letter.

/// The web addresses of a text, in order, each occurrence. Electronic mail addresses are not links.
pub(crate) fn links(text: &str) -> Vec<String> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '“' | '”' | '|' | '`');
    let mut found = Vec::new();
    for token in text.split(ends) {
        let Some(start) = start(token) else {
            continue;
        };
        let link = without_tail(&token[start..]);
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
    found.retain(|link| link.chars().filter(|c| c.is_alphanumeric()).count() > "https".len());
    found
}

fn start(token: &str) -> Option<usize> {
    let scheme = ["http://", "https://", "HTTP://", "HTTPS://"]
        .iter()
        .filter_map(|scheme| token.find(scheme))
        .min();
    let bare = token
        .find("www.")
        .filter(|&at| !token[..at].ends_with(|c: char| c.is_alphanumeric() || c == '/'));
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
