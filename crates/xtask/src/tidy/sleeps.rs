//! No sleeps in tests: a test waits for the thing. `testkit::wait` is where the waiting is done.

use super::Finding;
use super::sources::Source;

const ALLOWED: [&str; 2] = ["crates/testkit/src/wait.rs", "crates/testkit/src/wait/"];

/// Finds `sleep(` in test folders, in test modules and in the testkit.
pub(super) fn check(source: &Source) -> Vec<Finding> {
    if ALLOWED.iter().any(|path| source.path.starts_with(path)) {
        return Vec::new();
    }
    let all = is_test_file(&source.path);
    let ranges = if all {
        Vec::new()
    } else {
        test_items(&source.code)
    };
    source
        .code
        .match_indices("sleep(")
        .filter(|(at, _)| all || ranges.iter().any(|range| range.contains(at)))
        .filter(|(at, _)| is_the_call(&source.code[..*at]))
        .map(|(at, _)| {
            let line = source.code[..at].matches('\n').count() + 1;
            Finding::at(
                &source.path,
                line,
                "a sleep in a test: wait for the thing itself (testkit::wait)",
            )
        })
        .collect()
}

fn is_test_file(path: &str) -> bool {
    path.split('/')
        .any(|part| part == "tests" || part == "tests.rs")
        || path.starts_with("crates/testkit/")
}

/// `sleep(` on its own or after `time::` or `thread::`, not the end of a longer name.
fn is_the_call(before: &str) -> bool {
    !before
        .chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.')
        && !before.trim_end().ends_with("fn")
}

/// The byte ranges of the items that carry `#[cfg(test)]` or a test attribute.
fn test_items(code: &str) -> Vec<std::ops::Range<usize>> {
    ["#[cfg(test)]", "#[test]", "#[tokio::test"]
        .iter()
        .flat_map(|attribute| code.match_indices(attribute))
        .map(|(at, _)| at..at + item_length(&code[at..]))
        .collect()
}

fn item_length(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<Option<usize>> {
        check(&Source::new(path, text))
            .iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn sleeps_are_found_in_tests_only() {
        let text = "fn serve() { tokio::time::sleep(x).await; }\n#[cfg(test)]\nmod tests {\n fn a() { std::thread::sleep(x); }\n}\n#[tokio::test]\nasync fn b() {\n sleep(x).await }\nfn c() { sleep(x) }\n";
        assert_eq!(lines("crates/a/src/lib.rs", text), [Some(4), Some(8)]);
        assert_eq!(
            lines("tests/system/main.rs", "fn a() { sleep(x) }"),
            [Some(1)]
        );
        assert_eq!(
            lines("crates/testkit/src/nats.rs", "fn a() { sleep(x) }"),
            [Some(1)]
        );
    }

    #[test]
    fn the_one_place_and_other_names_are_left_alone() {
        assert!(lines("crates/testkit/src/wait.rs", "fn a() { sleep(x) }").is_empty());
        assert!(
            lines(
                "tests/a.rs",
                "fn a() { clock.sleep(x); no_sleep(x); } fn sleep() {}"
            )
            .is_empty()
        );
    }
}
