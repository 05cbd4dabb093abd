//! Laws that hold for any text at all.

use intake::action_log::{ActionLog, Mapping};
use intake::letter::{Counts, LetterProposal, LineRole, read, read_bytes, summary_rows};
use intake::plan::{LetterPlan, PlanHeader};
use proptest::prelude::*;

fn letters_only(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn place(proposal: &LetterProposal, role: LineRole) -> String {
    match role {
        LineRole::Blank | LineRole::PageFurniture => String::new(),
        LineRole::Heading { topic } => proposal.topics[topic].heading.clone(),
        LineRole::Outside => proposal.outside.join(" "),
        LineRole::Item { topic, item } => {
            let item = &proposal.topics[topic].items[item];
            let asked: Vec<&str> = item.parts.iter().map(|part| part.text.as_str()).collect();
            format!("{} {}", asked.join(" "), item.answer)
        }
    }
}

/// Every word of a line is found where the line is said to have gone. Marks ("Q12.", "(iv)") and the
/// labels of answers are not words of the letter.
fn accounted(text: &str) {
    let proposal = read(text);
    let lines: Vec<&str> = text.split('\n').collect();
    assert_eq!(proposal.line_roles.len(), lines.len());
    for (line, role) in lines.iter().zip(&proposal.line_roles) {
        let there = letters_only(&place(&proposal, *role));
        for word in line.split_whitespace().map(letters_only) {
            let label = ["answer", "response", "reply", "question"]
                .iter()
                .any(|label| word.to_lowercase().starts_with(label));
            let counts = word.chars().count() > 4 && !label;
            // A mark may stand against its word: "2.**Why".
            let found = (0..=4).any(|mark| {
                let rest: String = word.chars().skip(mark).collect();
                rest.chars().count() > 3 && there.contains(&rest)
            });
            assert!(
                !counts || found,
                "{word:?} of {line:?} is lost; role {role:?}\n{text}"
            );
        }
    }
}

/// Lines such as letters have, in any order.
fn letterlike() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "",
        "",
        "### Offenders",
        "**Rural crime**",
        "Short title",
        "=====",
        "---",
        "- **What is being done?** Plenty is done.",
        "- Statement about fences",
        "  - nested entry",
        "* starred entry",
        "1. How many officers?",
        "(a) Please provide figures. Here they are",
        "Q3. Where precisely?",
        "Answer: nowhere special.",
        "**Response:** certainly",
        "Dear Councillor",
        "Yours sincerely,",
        "I have noted the other actions, namely the glossary and the visit",
        "must continue from before",
        "Why though?",
        "**Are bold lines questions?**",
        "the following groups:",
        "• bullet without space",
        "o circle",
        "Page 3 of 4",
        "This is operationally sensitive.",
        "There will be a review of that.",
        "See paragraph 7.2 of the Offender report.",
        "<http://example.org/paper>",
        "unclosed **bold run",
        "**unclosed bold lead",
        "## Is that a heading?",
        "1. Where exactly? 2. When exactly? Somewhere, sometime.",
        "Q7. Which streets? Q8. Which schools?",
        "* A whole statement about lighting.",
        "+ Another whole statement about paving.",
        "i. roman entry",
        "B. Lettered heading",
        "__Underscored heading__",
        "2)  spaced entry",
        "\t- tabbed entry",
    ]);
    prop::collection::vec(line, 0..40).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_line_of_a_letter_is_accounted_for(text in letterlike()) {
        accounted(&text);
    }

    /// What the letter has outside its items is left over by name; all else is in the plan.
    #[test]
    fn a_plan_leaves_nothing_out(text in letterlike()) {
        let proposal = read(&text);
        let header = PlanHeader {
            meeting_on: "2018-09-12".parse().unwrap(),
            answered_on: "2018-11-09".parse().unwrap(),
            asked_of: String::new(),
        };
        let plan = LetterPlan::propose(&proposal, header);
        let mut items = plan.items.iter();
        for topic in &proposal.topics {
            for found in &topic.items {
                let item = items.next().unwrap();
                prop_assert_eq!(&item.topic, &topic.heading);
                prop_assert_eq!(&item.answer, &found.answer);
                prop_assert_eq!(item.raise, !found.statement_only);
                let parts: Vec<&str> = item.parts.iter().map(|part| part.text.as_str()).collect();
                let asked: Vec<&str> = found.parts.iter().map(|part| part.text.as_str()).collect();
                prop_assert_eq!(&parts, &asked);
                // What is raised has the words of every part, each repetition once.
                for (part, wanted) in item.parts.iter().zip(&asked) {
                    prop_assert!(part.repeats.is_some() || item.text().contains(wanted));
                }
                prop_assert!(item.raise || !item.answer.is_empty());
            }
        }
        prop_assert_eq!(items.count(), proposal.noted_actions.len());
    }

    #[test]
    fn every_line_of_any_text_is_accounted_for(text in "[ -%'-;=-~\n•–’“”éß?.*#-]{0,300}") {
        accounted(&text);
    }

    #[test]
    fn no_text_and_no_bytes_make_it_fail(text in any::<String>(), bytes in any::<Vec<u8>>()) {
        let proposal = read(&text);
        prop_assert!(summary_rows(&proposal).len() >= Counts::of(&proposal).items);
        let _ = read_bytes(&bytes);
    }

    #[test]
    fn a_proposed_plan_survives_its_file(text in letterlike(), asked_of in any::<String>()) {
        let header = PlanHeader {
            meeting_on: "2018-09-12".parse().unwrap(),
            answered_on: "2018-11-09".parse().unwrap(),
            asked_of,
        };
        let plan = LetterPlan::propose(&read(&text), header);
        prop_assert_eq!(LetterPlan::from_toml(&plan.to_toml()), Ok(plan));
    }

    #[test]
    fn any_words_survive_the_file(answer in any::<String>(), part in "[^\\s][\\x00-\\x7f]{0,40}") {
        let header = PlanHeader {
            meeting_on: "2018-09-12".parse().unwrap(),
            answered_on: "2018-11-09".parse().unwrap(),
            asked_of: String::new(),
        };
        let mut plan = LetterPlan::propose(&read("- **Why?** Because."), header);
        plan.items[0].answer = answer;
        plan.items[0].parts[0].text = part;
        prop_assert_eq!(LetterPlan::from_toml(&plan.to_toml()), Ok(plan));
    }

    #[test]
    fn every_row_of_a_log_comes_out_once(cells in prop::collection::vec("[a-z0-9 \",;\n/£-]{0,12}", 0..60)) {
        let rows: String = cells.iter().map(|cell| format!("{cell}\n")).collect();
        let text = format!("Ref,Action,Due,Status\n{rows}");
        let log = ActionLog::from_csv(text.as_bytes(), &Mapping::default()).unwrap();
        let numbers: Vec<u32> = log
            .map(|row| row.map_or_else(|problem| problem.number, |row| row.number))
            .collect();
        prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", numbers);
    }

    #[test]
    fn no_bytes_make_a_log_fail(bytes in any::<Vec<u8>>(), after in any::<Vec<u8>>()) {
        let _ = ActionLog::from_csv(&bytes[..], &Mapping::default()).map(Iterator::count);
        let headed = [b"Ref,Action,Due,Status,RAG\n".as_slice(), &after].concat();
        let _ = ActionLog::from_csv(&headed[..], &Mapping::default()).map(Iterator::count);
        let _ = ActionLog::from_xlsx(std::io::Cursor::new(bytes), &Mapping::default()).map(Iterator::count);
    }
}
