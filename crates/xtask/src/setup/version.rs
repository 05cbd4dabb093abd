//! Versions as the tools print them.

/// Major, minor, patch; ordered as people order versions.
pub(super) type Version = (u32, u32, u32);

/// The first `1.2.3` in a text, with or without a `v` before it and a suffix after it.
pub(super) fn first_version(text: &str) -> Option<Version> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
        .find_map(parse)
}

fn parse(word: &str) -> Option<Version> {
    let mut parts = word.trim_start_matches('v').splitn(3, '.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?.parse().ok()?;
    let patch: String = parts
        .next()?
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    Some((major, minor, patch.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::first_version;

    #[test]
    fn reads_what_the_tools_print() {
        assert_eq!(first_version("nats-server: v2.10.27"), Some((2, 10, 27)));
        assert_eq!(first_version("nats-server: v2.15.1-RC.1"), Some((2, 15, 1)));
        assert_eq!(
            first_version("cargo-nextest 0.9.143 (60fa45f63)"),
            Some((0, 9, 143))
        );
        assert_eq!(first_version("nats-server: devel"), None);
        assert_eq!(first_version(""), None);
    }
}
