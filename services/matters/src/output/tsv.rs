//! Tab-separated values, which go into spreadsheets: no cell is a formula there, whatever somebody
//! wrote into the record.

/// Rows under their headings.
pub(super) fn lines(headings: &[&str], rows: &[Vec<String>]) -> String {
    let named = |heading: &&str| heading.to_lowercase().replace(' ', "_");
    let head = headings.iter().map(named).collect::<Vec<_>>().join("\t");
    let head = (!headings.is_empty()).then_some(head);
    head.into_iter()
        .chain(rows.iter().map(|row| line(row)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// One row: tabs and line ends inside a cell become spaces.
pub(crate) fn line(row: &[String]) -> String {
    row.iter()
        .map(|text| cell(text))
        .collect::<Vec<_>>()
        .join("\t")
}

/// A cell that a spreadsheet takes for text when it begins as a formula does (OWASP, CSV injection),
/// full-width signs and spaces before it included. A number stays one.
fn cell(text: &str) -> String {
    const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let flat = text.replace(['\t', '\n', '\r'], " ");
    let begun = flat.trim_start();
    if begun.starts_with(FORMULA) && !is_number(begun.trim_end()) {
        format!("'{flat}")
    } else {
        flat
    }
}

/// Digits with one sign before them and one point among them, at most.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(unsigned),
    }
}

#[cfg(test)]
mod tests {
    use super::{cell, lines};

    #[test]
    fn no_cell_is_a_formula() {
        for formula in [
            "=1+1",
            "+1+1",
            "-2+3",
            "--1",
            "@SUM(A1)",
            "\t=1+1",
            "\r=1+1",
            " =1+1",
            "－1+1",
            "- a point of a list",
            "-",
            "=HYPERLINK(\"http://example.org\")",
        ] {
            assert!(cell(formula).starts_with('\''), "{formula:?}");
        }
        for plain in [
            "-5",
            "+12.5",
            "2018-11-09",
            "PCP/2018/014",
            "3 = 3",
            "",
            "it's",
            "7",
        ] {
            assert_eq!(cell(plain), plain);
        }
    }

    #[test]
    fn a_row_is_a_line() {
        let rows = [vec!["a\tb".to_owned(), "c\nd".to_owned()]];
        assert_eq!(
            lines(&["One thing", "two"], &rows),
            "one_thing\ttwo\na b\tc d"
        );
    }
}
