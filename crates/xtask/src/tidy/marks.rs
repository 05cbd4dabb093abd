//! Nothing half-wired: no stubs, no ignored tests, no marks for later.

use super::Finding;
use super::sources::Source;

/// In code, words in texts and comments do not count; the marks count in comments too.
pub(super) fn check(source: &Source) -> Vec<Finding> {
    let in_code = [
        ("todo!", "finish it or leave it out"),
        ("unimplemented!", "finish it or leave it out"),
        (
            "#[ignore",
            "a test that does not run proves nothing: mend it or remove it",
        ),
    ];
    // Spelt in halves so that this file does not find itself.
    let in_comments = [
        concat!("FIX", "ME"),
        concat!("X", "XX"),
        concat!("HA", "CK"),
    ];
    let mut findings = Vec::new();
    for (number, (text, code)) in source.text.lines().zip(source.code.lines()).enumerate() {
        for (mark, advice) in in_code {
            if code.contains(mark) {
                findings.push(Finding::at(
                    &source.path,
                    number + 1,
                    format!("{mark}: {advice}"),
                ));
            }
        }
        let comment = text.find("//").map_or("", |at| &text[at..]);
        for mark in in_comments {
            if comment
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| word == mark)
            {
                findings.push(Finding::at(
                    &source.path,
                    number + 1,
                    format!("{mark}: do it now or file an issue"),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_in_code_and_comments() {
        let mark = concat!("FIX", "ME");
        let text = format!(
            "fn a() {{ todo!() }}\n#[ignore = \"slow\"]\n// {mark} later\nfn b() {{ \"todo!\" }}\n"
        );
        let found: Vec<_> = check(&Source::new("a.rs", &text))
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            found,
            [
                "a.rs:1: todo!: finish it or leave it out".to_owned(),
                "a.rs:2: #[ignore: a test that does not run proves nothing: mend it or remove it"
                    .to_owned(),
                format!("a.rs:3: {mark}: do it now or file an issue"),
            ]
        );
    }
}
