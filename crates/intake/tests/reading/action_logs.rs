//! Action logs as clerks keep them.

use std::fmt::Write as _;
use std::io::Cursor;

use intake::action_log::{ActionLog, LogError, Mapping};
use rust_xlsxwriter::{Format, Workbook};

/// Every row in one line or more, as a reader would want to check it.
fn outline(log: ActionLog<'_>) -> String {
    let columns = log.columns().clone();
    let mut out = String::new();
    let _ = writeln!(
        out,
        "sheet {:?}, headings on row {}",
        columns.sheet, columns.heading_row
    );
    let _ = writeln!(out, "titles {:?}", columns.titles);
    for (heading, field) in &columns.matched {
        let _ = writeln!(out, "  {heading:?} is {field:?}");
    }
    let _ = writeln!(
        out,
        "not understood {:?}; ignored {:?}",
        columns.unmatched, columns.ignored
    );
    for row in log {
        let _ = match row {
            Ok(row) => writeln!(out, "{}", serde_json::to_string(&row).unwrap()),
            Err(problem) => writeln!(out, "REFUSED {problem}"),
        };
    }
    out
}

fn csv(text: &str) -> String {
    outline(ActionLog::from_csv(text.as_bytes(), &Mapping::default()).unwrap())
}

const PANEL_LOG: &str = "\u{feff}Westholt Police and Crime Panel,,,,,,,,,
Action log at 1 June 2021,,,,,,,,,

Minute No.,Action,Type,Date of Meeting,Lead Officer,Due date (dd/mm/yy),STATUS,Latest  update,RAG,Ward
12/20,Report on firearms licensing,action,3 October 2020,OPCC,01/02/2021,In progress,\"Drafted;
with the force, for checking\",Amber,North
13/20,What do the kits cost?,Question,3 October 2020,OPCC,TBC,Closed,£14 each,,
,An action with no reference,,,,,,,,
14/20,,,,,,,,,

12 / 20,The same reference again,,,,,Open,,,
15/20,Visit the control room,,3 October 2020,,31/02/2021,Open,,,
16/20,Invite the insurers,,3 October 2020,,01/09/2020,Open,,,
17/20,Seminar,,,,,Parked,,,
18/20,Glossary,,,,,,,purple,
19/20,Budget paper,wish,,,,,,,
";

#[test]
fn every_row_is_read_or_refused_with_its_number_and_reason() {
    insta::assert_snapshot!(csv(PANEL_LOG));
}

#[test]
fn separators_line_ends_and_encodings_change_nothing() {
    let plain = "Ref,Question,Theme,Due,Response\nA1,Café “hours”?,Victims,12/09/2018,\"£5; yes, no\"\nA2,Why?,,,\n";
    let expected = csv(plain);
    let cells = |separator: &str| {
        let quoted = "\"£5; yes, no\"";
        let text = plain
            .replace(quoted, "QUOTED")
            .replace(',', separator)
            .replace("QUOTED", quoted);
        csv(&text)
    };
    assert_eq!(csv(&plain.replace('\n', "\r\n")), expected);
    assert_eq!(csv(&plain.replace('\n', "\r")), expected);
    assert_eq!(csv(plain.trim_end()), expected);
    assert_eq!(cells(";"), expected);
    assert_eq!(cells("\t"), expected);
    let western: Vec<u8> = plain
        .chars()
        .map(|c| match c {
            '“' => 0x93,
            '”' => 0x94,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    let read = ActionLog::from_csv(&western[..], &Mapping::default()).unwrap();
    assert_eq!(outline(read), expected);
}

#[test]
fn a_mapping_file_names_the_rest() {
    let mapping = Mapping::from_toml(
        "[columns]\n\"Point made\" = \"text\"\n\"Our no\" = \"reference\"\n\"Colour\" = \"ignore\"\n\n[states]\n\"Parked\" = \"open\"\n\"Gone\" = \"withdrawn\"\n",
    )
    .unwrap();
    let log = "Our No.,Point made,Action,State,Colour\n7,What is the target?,Ask,parked,blue\n8,Who pays?,,Gone,\n";
    insta::assert_snapshot!(outline(
        ActionLog::from_csv(log.as_bytes(), &mapping).unwrap()
    ));
}

#[test]
fn mistakes_in_a_mapping_file_name_their_line() {
    let mistakes = [
        "[columns]\n\"Point\" = \"txt\"\n",
        "[colums]\n",
        "[states]\n\"Parked\" = \"paused\"\n",
        "[columns]\n\"A\" = \"text\"\n\"B\" = \"text\"\n",
        "[columns\n",
    ];
    let said: Vec<String> = mistakes
        .iter()
        .map(|text| Mapping::from_toml(text).unwrap_err().to_string())
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn files_that_are_no_log_are_refused_whole() {
    let mapping = Mapping::from_toml("[columns]\n\"Point\" = \"text\"\n").unwrap();
    let refused = |bytes: &[u8], mapping: &Mapping| match ActionLog::from_csv(bytes, mapping) {
        Err(error) => error.to_string(),
        Ok(log) => panic!("{log:?}"),
    };
    let none = Mapping::default();
    let said = [
        refused(b"", &none),
        refused(b"Name,Age,Status\nA,1,Open\n", &none),
        refused(b"\xff\xfeR\x00", &none),
        refused(b"PK\x03\x04rest", &none),
        refused(b"Ref,Action\n1,x\n", &mapping),
        ActionLog::from_xlsx(Cursor::new(b"not a workbook"), &none)
            .unwrap_err()
            .to_string(),
    ];
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn limits_are_kept_while_reading() {
    let long = format!("Ref,Action\n1,\"{}\"\n2,short\n", "x".repeat(200_000));
    let read = csv(&long);
    assert!(
        read.contains("REFUSED row 2, “Action”: the cell has more than 20000 characters"),
        "{read}"
    );
    assert!(read.contains("\"number\":3"));
    let unclosed = csv("Ref,Action\n1,fine\n2,\"never closed\n3,lost\n");
    assert!(
        unclosed.contains("REFUSED row 3: a quotation mark"),
        "{unclosed}"
    );

    let mut many = String::from("Ref,Action\n");
    for n in 2..=50_010 {
        let _ = writeln!(many, "{n},x");
    }
    let log = ActionLog::from_csv(many.as_bytes(), &Mapping::default()).unwrap();
    let rows: Vec<_> = log.collect();
    assert_eq!(
        rows.len(),
        50_000,
        "49,999 rows under the headings, and one refusal"
    );
    let last = rows.last().unwrap().as_ref().unwrap_err();
    assert_eq!(last.number, 50_001);
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let cover = book.add_worksheet();
    cover.write(0, 0, "Contents").unwrap();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let sheet = book.add_worksheet().set_name("Open actions").unwrap();
    sheet
        .merge_range(0, 0, 0, 6, "Panel action log", &Format::new())
        .unwrap();
    for (column, heading) in [
        "Date of meeting",
        "Ref",
        "Recommendation",
        "Target date",
        "Closed on",
        "Status",
        "Cost",
    ]
    .iter()
    .enumerate()
    {
        sheet
            .write(2, u16::try_from(column).unwrap(), *heading)
            .unwrap();
    }
    sheet.merge_range(3, 0, 5, 0, "", &date).unwrap();
    let day = |text: &str| rust_xlsxwriter::ExcelDateTime::parse_from_str(text).unwrap();
    sheet
        .write_with_format(3, 0, day("2018-09-12"), &date)
        .unwrap();
    sheet.write(3, 1, 1).unwrap();
    sheet.write(3, 2, "Publish the plan").unwrap();
    sheet
        .write_with_format(3, 3, day("2018-10-10"), &date)
        .unwrap();
    sheet.write(4, 1, "2/18").unwrap();
    sheet.write(4, 2, "Review the grants").unwrap();
    // A serial number without the format of a date, and a date written as text.
    sheet.write(4, 3, 43_383).unwrap();
    sheet.write(4, 4, "1 November 2018").unwrap();
    sheet.write(4, 6, 38_000).unwrap();
    sheet.write(5, 1, "3/18").unwrap();
    sheet.write(5, 2, "Train the members").unwrap();
    sheet
        .write_formula(
            5,
            5,
            rust_xlsxwriter::Formula::new("=NA()").set_result("#N/A"),
        )
        .unwrap();
    sheet.write(7, 1, "4/18").unwrap();
    sheet.write(7, 2, "After a blank row").unwrap();
    // Far out: a rectangle down to it would not fit in memory.
    sheet.write(1_000_000, 16_000, "stray").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn workbooks_with_titles_merged_cells_and_serial_dates() {
    let log = ActionLog::from_xlsx(Cursor::new(workbook()), &Mapping::default()).unwrap();
    insta::assert_snapshot!(outline(log));
}

#[test]
fn a_workbook_without_a_log_says_which_row_came_nearest() {
    let mut book = Workbook::new();
    book.add_worksheet().write(4, 0, "Status").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let refused = ActionLog::from_xlsx(Cursor::new(bytes), &Mapping::default()).unwrap_err();
    assert!(
        matches!(refused, LogError::NoHeadings { best: Some((5, _)) }),
        "{refused}"
    );
}
