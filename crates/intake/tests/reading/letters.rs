//! Letters of our own writing, in layouts that offices use.

use intake::letter::{Counts, LetterProposal, read, read_bytes, summary_rows};

/// The proposal as a reader would want to see it.
fn outline(proposal: &LetterProposal) -> String {
    let mut out = format!("{}\n", Counts::of(proposal));
    out += &format!(
        "dated {:?}, to {:?}, from {:?}\n",
        proposal.dated.map(|d| d.to_string()),
        proposal.addressee.as_ref().map(|c| &c.name),
        proposal.sender.as_ref().map(|c| &c.name)
    );
    for row in summary_rows(proposal) {
        out += &format!("{}\n", row.cells().join(" | "));
    }
    for topic in &proposal.topics {
        for item in &topic.items {
            let asked: Vec<&str> = item.parts.iter().map(|part| part.text.as_str()).collect();
            out += &format!("\n=> {}\n{}\n", asked.join(" / "), item.answer);
        }
    }
    out + "\noutside: " + &proposal.outside.join(" / ")
}

#[test]
fn numbered_markdown() {
    insta::assert_snapshot!(outline(&read(include_str!("letters/numbered_markdown.md"))));
}

#[test]
fn underlined_headings_and_numbered_questions() {
    insta::assert_snapshot!(outline(&read(include_str!(
        "letters/underlined_questions.txt"
    ))));
}

#[test]
fn bold_lines_as_headings() {
    insta::assert_snapshot!(outline(&read(include_str!("letters/bold_lines.md"))));
}

#[test]
fn plain_lines_as_headings() {
    insta::assert_snapshot!(outline(&read(include_str!("letters/plain_lines.txt"))));
}

#[test]
fn questions_without_bullets() {
    insta::assert_snapshot!(outline(&read(include_str!("letters/unmarked.md"))));
}

#[test]
fn questions_and_answers_under_headings_of_their_own() {
    insta::assert_snapshot!(outline(&read(include_str!(
        "letters/headed_recommendations.md"
    ))));
}

/// What Windows programs add changes nothing of what is found.
#[test]
fn line_ends_marks_and_spaces_of_word_processors() {
    for letter in [
        include_str!("letters/numbered_markdown.md"),
        include_str!("letters/underlined_questions.txt"),
    ] {
        let dressed = format!(
            "\u{feff}{}",
            letter
                .replace('\n', "\r\n")
                .replace("4 March", "4<sup>th</sup>\u{a0}March")
        );
        let plain = letter.replace("4 March", "4th March");
        assert_eq!(read_bytes(dressed.as_bytes()).unwrap(), read(&plain));
    }
}

/// A list that a page break moved to the margin stays in its answer, and a cut sentence is mended.
#[test]
fn page_breaks_inside_answers() {
    let letter = "## Roads\n\n- **Who sits on the board?** The board has members from:\n  - the Fire Service\n  - the Ambulance Trust\n\n- the County Council\n- Highways\n\nThey meet in turn at offices of the members and\n\nof the Commissioner.\n\n- **When?** Monthly.\n";
    let proposal = read(letter);
    let items = &proposal.topics[0].items;
    assert_eq!(items.len(), 2);
    assert_eq!(
        items[0].answer,
        "The board has members from:\n\n- the Fire Service\n- the Ambulance Trust\n- the County Council\n- Highways\n\nThey meet in turn at offices of the members and of the Commissioner."
    );
}

#[test]
fn odd_inputs_give_a_proposal_or_a_plain_refusal() {
    for odd in [
        "",
        "\n\n\n",
        "**",
        "- ",
        "#",
        "1.",
        "****",
        "- **",
        "Answer:",
        "| a |\n|---|\n",
        "- **?**",
        "Q1.",
        "<<<>>>&&&",
    ] {
        let proposal = read(odd);
        assert_eq!(Counts::of(&proposal).asked, 0, "{odd:?}");
    }
    let refusals = [
        read_bytes(&vec![b'a'; 2 * 1024 * 1024]),
        read_bytes(b"PK\x03\x04\x00\x00"),
        read_bytes(b"\xff\xfeD\x00"),
        read_bytes(b"caf\x81"),
    ];
    let said: Vec<String> = refusals
        .into_iter()
        .map(|r| r.unwrap_err().to_string())
        .collect();
    insta::assert_snapshot!(said.join("\n"));
    assert_eq!(
        read_bytes(b"- Caf\xe9s open?").unwrap().topics[0].items[0].parts[0].text,
        "Cafés open?"
    );
}

fn items(letter: &str) -> Vec<(Vec<String>, String)> {
    let proposal = read(letter);
    let items = proposal.topics.iter().flat_map(|topic| &topic.items);
    items
        .map(|item| {
            let parts = item.parts.iter().map(|part| part.text.clone());
            (parts.collect(), item.answer.clone())
        })
        .collect()
}

fn asked(parts: &[&str], answer: &str) -> (Vec<String>, String) {
    (
        parts.iter().map(|&part| part.to_owned()).collect(),
        answer.to_owned(),
    )
}

#[test]
fn a_statement_with_another_mark_is_one_of_its_own() {
    let letter = "### Roads\n\n- **Why so dark?** The lights are out.\n* The Commissioner has \
                  written to the county about paving.\n- **When lit?** In May.\n";
    assert_eq!(
        items(letter),
        [
            asked(&["Why so dark?"], "The lights are out."),
            asked(
                &[],
                "The Commissioner has written to the county about paving."
            ),
            asked(&["When lit?"], "In May."),
        ]
    );
    // A list in an answer stays in it, also one of whole sentences.
    let letter = "### Roads\n\n- **Who comes?** These do:\n* The Fire Service comes.\n* So does \
                  the county.\n- **When?** In May.\n";
    assert_eq!(
        items(letter),
        [
            asked(
                &["Who comes?"],
                "These do:\n\n* The Fire Service comes.\n* So does the county."
            ),
            asked(&["When?"], "In May."),
        ]
    );
}

#[test]
fn numbered_questions_in_one_paragraph_are_questions_each() {
    let two = ["Where are the lights out?", "When are they mended?"];
    for letter in [
        "### Roads\n\n1. Where are the lights out? 2. When are they mended?\n",
        "### Roads\n\nQ1. Where are the lights out? Q2. When are they mended?\n",
        "### Roads\n\n- 1) Where are the lights out? 2) When are they mended?\n",
        "### Roads\n\n- **1. Where are the lights out? 2. When are they mended?**\n",
        "**Roads**\n\n1. Where are the lights out?\n2. When are they mended?\n",
        "Roads\n\n(a) Where are the lights out?\n(b) When are they mended?\n",
        "ROADS\n=====\n\n• Where are the lights out?\n• When are they mended?\n",
    ] {
        let found: Vec<String> = items(letter)
            .into_iter()
            .flat_map(|(parts, _)| parts)
            .collect();
        assert_eq!(found, two, "{letter}");
    }
    let answered = "### Roads\n\n1. Where are the lights out? 2. When are they mended? In the \
                    High Street, and soon.\n";
    assert_eq!(
        items(answered),
        [asked(&two, "In the High Street, and soon.")]
    );
}
