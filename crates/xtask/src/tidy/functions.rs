//! Few functions over 70 lines: at most 3 in 100, counted over all code that is not a test.

use super::Finding;
use super::sources::{Source, Sources};

const LONGEST: usize = 70;
const PER_HUNDRED: usize = 3;

/// One function: where it starts and how many lines it has, signature included.
#[derive(Debug, PartialEq, Eq)]
struct Function {
    name: String,
    line: usize,
    lines: usize,
}

/// Lists the long ones when there are too many.
pub(super) fn check(sources: &Sources) -> Vec<Finding> {
    let (all, long) = count(sources);
    if long.len() * 100 <= all * PER_HUNDRED {
        return Vec::new();
    }
    let share = format!(
        "{} of {all} functions are over {LONGEST} lines, {PER_HUNDRED} in 100 are the most",
        long.len()
    );
    long.into_iter()
        .map(|(path, function)| {
            Finding::at(
                &path,
                function.line,
                format!(
                    "fn {} has {} lines ({share})",
                    function.name, function.lines
                ),
            )
        })
        .collect()
}

/// One line for the end of a good run.
pub(super) fn summary(sources: &Sources) -> String {
    let (all, long) = count(sources);
    let named: Vec<String> = long
        .iter()
        .map(|(path, function)| {
            format!(
                "\n      {path}:{} fn {} {}",
                function.line, function.name, function.lines
            )
        })
        .collect();
    format!(
        "{all} functions, {} over {LONGEST} lines{}",
        long.len(),
        named.concat()
    )
}

fn count(sources: &Sources) -> (usize, Vec<(String, Function)>) {
    let mut all = 0;
    let mut long = Vec::new();
    for source in sources.rust() {
        for function in functions(source) {
            all += 1;
            if function.lines > LONGEST {
                long.push((source.path.clone(), function));
            }
        }
    }
    (all, long)
}

/// Every function with a body, in blanked code: from `fn` to the brace that closes its body.
fn functions(source: &Source) -> Vec<Function> {
    let code = &source.code;
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let inside_a_word = code[..at]
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || c == '_');
        let name: String = code[at + 3..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '#')
            .collect();
        if inside_a_word || name.is_empty() {
            continue;
        }
        if let Some(end) = body_end(&code[at..]) {
            let line = code[..at].matches('\n').count() + 1;
            found.push(Function {
                name,
                line,
                lines: code[at..at + end].matches('\n').count() + 1,
            });
        }
    }
    found
}

/// The byte after the body's closing brace; none for a declaration that ends in a semicolon.
fn body_end(code: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut brackets = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            ';' if depth == 0 && brackets == 0 => return None,
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn sources(text: &str) -> Sources {
        Sources {
            root: PathBuf::from("."),
            all: vec![Source::new("crates/a/src/lib.rs", text)],
        }
    }

    #[test]
    fn counts_from_fn_to_the_closing_brace() {
        let text = "trait T { fn declared(x: [u8; 2]); }\nfn one() { \"}\" }\n\npub fn two(x: [u8; 2])\n{\n    if x { }\n}\n";
        let found = functions(&Source::new("a.rs", text));
        let seen: Vec<_> = found
            .iter()
            .map(|f| (f.name.as_str(), f.line, f.lines))
            .collect();
        assert_eq!(seen, [("one", 2, 1), ("two", 4, 4)]);
    }

    #[test]
    fn too_many_long_functions_are_listed() {
        let long = format!("fn long() {{\n{}}}\n", "x;\n".repeat(70));
        let found = check(&sources(&long));
        assert_eq!(
            found[0].to_string(),
            "crates/a/src/lib.rs:1: fn long has 72 lines (1 of 1 functions are over 70 lines, 3 in 100 are the most)"
        );
        let few = long + &"fn short() {}\n".repeat(40);
        assert!(check(&sources(&few)).is_empty());
    }
}
