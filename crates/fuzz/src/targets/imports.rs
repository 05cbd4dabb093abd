//! What is imported: letters, action logs as text and as workbooks, and the files that people edit.

use super::{Target, said, text};
use crate::corpus;
use intake::action_log::{ActionLog, LogError, Mapping};
use intake::letter::{self, Counts, summary_rows};
use intake::plan::{LetterPlan, PlanHeader};
use rust_xlsxwriter::Workbook;
use std::io::Cursor;

pub(super) fn targets() -> Vec<Target> {
    let target = |name, most, corpus, give| Target {
        name,
        most,
        corpus,
        give,
    };
    vec![
        target("letter", 600, corpus::letters, letter),
        target("letter-plan", 1_500, plans, plan),
        target("log-csv", 800, || corpus::own("log"), csv),
        target("log-mapping", 600, || corpus::own("mapping"), mapping),
        target("log-xlsx", 16_384, workbooks, xlsx),
    ]
}

fn header() -> PlanHeader {
    PlanHeader {
        meeting_on: "2018-09-12".parse().unwrap(),
        answered_on: "2018-11-09".parse().unwrap(),
        asked_of: "opcc".to_owned(),
    }
}

/// Every line has its place, and the plan made of it survives its file.
fn letter(bytes: &[u8]) -> bool {
    let Ok(proposal) = letter::read_bytes(bytes) else {
        return false;
    };
    assert!(summary_rows(&proposal).len() >= Counts::of(&proposal).items);
    if let Some(text) = text(bytes) {
        let whole = letter::read(text);
        let breaks = ['\r', '\u{b}', '\u{c}', '\u{2028}', '\u{2029}'];
        let lines = text.replace("\r\n", "\n").replace(breaks, "\n");
        assert_eq!(whole.line_roles.len(), lines.split('\n').count());
    }
    let plan = LetterPlan::propose(&proposal, header());
    assert_eq!(LetterPlan::from_toml(&plan.to_toml()), Ok(plan));
    true
}

fn plans() -> Vec<Vec<u8>> {
    let letters = corpus::letters();
    let plan = |letter: &Vec<u8>| {
        let proposal = letter::read_bytes(letter).unwrap();
        LetterPlan::propose(&proposal, header())
            .to_toml()
            .into_bytes()
    };
    letters
        .iter()
        .take(12)
        .map(plan)
        .chain(corpus::own("plan"))
        .collect()
}

/// A plan that is read is written and read as the same; a refusal says where.
fn plan(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    match LetterPlan::from_toml(text) {
        Ok(plan) => {
            assert_eq!(LetterPlan::from_toml(&plan.to_toml()), Ok(plan));
            true
        }
        Err(error) => {
            said(error);
            false
        }
    }
}

/// Every row comes out once, in its order, read or refused with a reason.
fn rows(log: Result<ActionLog<'_>, LogError>) -> bool {
    match log {
        Ok(log) => {
            let mut last = 0;
            for row in log {
                let number = match row {
                    Ok(row) => row.number,
                    Err(problem) => {
                        said(&problem);
                        problem.number
                    }
                };
                assert!(number > last, "row {number} after row {last}");
                last = number;
            }
            true
        }
        Err(error) => {
            said(error);
            false
        }
    }
}

fn csv(bytes: &[u8]) -> bool {
    rows(ActionLog::from_csv(bytes, &Mapping::default()))
}

fn mapping(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    match Mapping::from_toml(text) {
        Ok(_) => true,
        Err(error) => {
            said(error);
            false
        }
    }
}

/// A workbook, each of whose files stands in it uncompressed where the writer of it allows.
fn workbooks() -> Vec<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let cells = [
        ["Ref", "Action", "Raised", "Due", "Status", "RAG", "Owner"],
        [
            "1/18",
            "Count the lanterns",
            "2018-09-12",
            "10/10/2018",
            "Open",
            "Green",
            "OPCC",
        ],
        [
            "2/18",
            "Pay for the oil",
            "43355",
            "next meeting",
            "Closed",
            "",
            "The Panel",
        ],
    ];
    for (row, line) in cells.iter().enumerate() {
        for (column, cell) in line.iter().enumerate() {
            let (row, column) = (u32::try_from(row).unwrap(), u16::try_from(column).unwrap());
            sheet.write(row, column, *cell).unwrap();
        }
    }
    sheet.write(3, 2, 43_355.5).unwrap();
    vec![book.save_to_buffer().unwrap()]
}

fn xlsx(bytes: &[u8]) -> bool {
    rows(ActionLog::from_xlsx(
        Cursor::new(bytes),
        &Mapping::default(),
    ))
}
