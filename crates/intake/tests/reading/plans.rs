//! The file a person edits.

use intake::letter::read;
use intake::plan::{LetterPlan, PlanHeader};

fn plan() -> LetterPlan {
    let header = PlanHeader {
        meeting_on: "2019-10-03".parse().unwrap(),
        answered_on: "2019-11-15".parse().unwrap(),
        asked_of: "Commissioner for Westholt".to_owned(),
    };
    let letter = "Dear Chair\n\nI have noted the other actions, namely the glossary.\n\n## Fraud\n\n\
                  - **Why are so few cases solved? Why are so few cases solved?** Most begin abroad: see paragraph 3 of the Fraud Report of 4 June 2019.\n\n\
                  There will be a review. <https://westholt.example/fraud>\n- The team moved to the coast.\n";
    LetterPlan::propose(&read(letter), header)
}

#[test]
fn the_file_explains_itself() {
    insta::assert_snapshot!(plan().to_toml());
}

#[test]
fn statements_are_left_out_and_noted_actions_go_in() {
    let plan = plan();
    let raised: Vec<(bool, String)> = plan
        .items
        .iter()
        .map(|item| (item.raise, item.text()))
        .collect();
    assert_eq!(
        raised,
        [
            (true, "Why are so few cases solved?".to_owned()),
            (false, String::new()),
            (true, "the glossary".to_owned())
        ]
    );
}

/// Each mistake is refused with its line, its field and what would be right.
#[test]
fn mistakes_name_their_line_and_field() {
    let good = plan().to_toml();
    let mistakes = [
        (
            "answered_on = \"2019-11-15\"",
            "answered_on = \"2019-02-31\"",
        ),
        (
            "answered_on = \"2019-11-15\"",
            "answered_on = \"2019-09-01\"",
        ),
        (
            "answered_on = \"2019-11-15\"",
            "answered_on = \"-118-09-12\"",
        ),
        ("kind = \"question\"", "kind = \"query\""),
        ("id = \"3\"", "id = \"2\""),
        ("id = \"3\"", "id = \"2 b\""),
        ("raise = true", "raise = \"yes\""),
        ("topic = \"Fraud\"", "topc = \"Fraud\""),
        ("topic = \"Fraud\"\n", ""),
        ("repeats = 1", "repeats = 2"),
        ("raise = false", "raise = true"),
        ("no_due_reason = \"none agreed: noted only\"\n", ""),
        ("coverage = \"pending\"", "coverage = \"done\""),
        ("remit = \"undecided\"", "remit = undecided"),
        ("text = \"the glossary\"", "text = \" \""),
        ("text = \"the glossary\"", "text = \"the glossary"),
    ];
    let said: Vec<String> = mistakes
        .iter()
        .map(|(right, wrong)| {
            assert!(good.contains(right), "{right}");
            let refused = LetterPlan::from_toml(&good.replacen(right, wrong, 1)).unwrap_err();
            format!("{wrong:?}\n    {refused}")
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}
