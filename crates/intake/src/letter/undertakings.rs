//! Sentences of an answer that promise something: each may become an action of its own.

use super::sentences::{plain, sentences};

/// What is under way and not finished.
const UNDER_CONSIDERATION: [&str; 8] = [
    "is now considering",
    "are now considering",
    "is currently considering",
    "are currently considering",
    "am now considering",
    "am considering",
    "is considering whether",
    "are considering whether",
];

/// What somebody has bound himself to.
const BOUND: [&str; 12] = [
    "has agreed to",
    "have agreed to",
    "undertake to",
    "undertakes to",
    "undertaken to",
    "has asked for",
    "have asked for",
    "has requested a",
    "have requested a",
    "will be asked to",
    "intend to",
    "intends to",
];

/// Things that "there will be".
const THINGS: [&str; 9] = [
    "review",
    "evaluation",
    "report",
    "update",
    "inspection",
    "consultation",
    "audit",
    "survey",
    "assessment",
];

/// Acts that close a gap the Panel asked about. Standing policy ("will enforce the law", "will
/// maintain") is no undertaking: nothing could ever complete it.
const ACTS: [&str; 28] = [
    "provide",
    "report",
    "write",
    "bring",
    "share",
    "circulate",
    "publish",
    "ask",
    "raise",
    "commission",
    "review",
    "update",
    "consult",
    "arrange",
    "request",
    "produce",
    "submit",
    "investigate",
    "evaluate",
    "confirm",
    "follow",
    "look",
    "present",
    "send",
    "issue",
    "supply",
    "undertake",
    "meet",
];

const DONE_ACTS: [&str; 13] = [
    "provided",
    "reported",
    "shared",
    "circulated",
    "brought",
    "published",
    "reviewed",
    "presented",
    "submitted",
    "sent",
    "produced",
    "issued",
    "evaluated",
];

/// The sentences that undertake something, verbatim.
pub(crate) fn undertakings(answer: &str) -> Vec<String> {
    sentences(answer)
        .into_iter()
        .filter(|sentence| is_undertaking(sentence))
        .map(str::to_owned)
        .collect()
}

fn is_undertaking(sentence: &str) -> bool {
    let plain = plain(sentence);
    let phrase = UNDER_CONSIDERATION
        .iter()
        .chain(&BOUND)
        .any(|phrase| plain.contains(phrase));
    let asked_somebody =
        (plain.contains("have asked ") || plain.contains("has asked ")) && plain.contains(" to ");
    phrase || asked_somebody || promises(&plain)
}

/// "there will be (a) review", "I will (now) write", "will be circulated"; never "will not".
fn promises(plain: &str) -> bool {
    let words: Vec<&str> = plain
        .split(' ')
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '\''))
        .collect();
    (0..words.len()).any(|at| {
        let shall = matches!(words[at], "will" | "shall") || words[at].ends_with("'ll");
        if !shall {
            return false;
        }
        let after: Vec<&str> = words[at + 1..]
            .iter()
            .copied()
            .take(6)
            .filter(|word| {
                !matches!(
                    *word,
                    "now" | "also" | "then" | "therefore" | "a" | "an" | "further" | "shortly"
                )
            })
            .take(2)
            .collect();
        let there = at > 0 && words[at - 1] == "there";
        match after.as_slice() {
            ["be", next, ..] => (there && THINGS.contains(next)) || DONE_ACTS.contains(next),
            [act, ..] => ACTS.contains(act),
            [] => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::undertakings;

    #[test]
    fn promises_are_told_from_policy() {
        let answer = "There will be review of the pilot. The force will maintain its approach. I will now write to the \
                      Minister. Figures will be circulated in March. The Chief Constable is now considering the needs. \
                      The police will enforce the law. We will not publish names. The board has agreed to meet. \
                      I have asked the force to look again. It was reviewed.";
        assert_eq!(
            undertakings(answer),
            [
                "There will be review of the pilot.",
                "I will now write to the Minister.",
                "Figures will be circulated in March.",
                "The Chief Constable is now considering the needs.",
                "The board has agreed to meet.",
                "I have asked the force to look again."
            ]
        );
    }
}
