//! Dates as they are written in the United Kingdom.

use chrono::NaiveDate;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads one date: `2018-09-12`, `12/09/2018` (day first), `12.09.2018`, `12-09-2018`,
/// `12 September 2018`, `12th Sept 2018`, `Wednesday 12 September 2018`, `12 Sep 18`.
///
/// A year of two figures is read as 20yy from 10 to 49 (police and crime panels were made in 2012),
/// and refused otherwise. A date with the month first is refused, never turned round.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse(written: &str) -> Result<NaiveDate, String> {
    let words = words(written);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let words = match words.split_first() {
        Some((first, rest)) if is_weekday(first) => rest,
        _ => &words[..],
    };
    // A spreadsheet often adds midnight to a date.
    let words = match words {
        [head @ .., clock] if clock.contains(':') && !head.is_empty() => head,
        other => other,
    };
    let parts: Vec<&str> = match words {
        [one] => one
            .trim_end_matches("t00:00:00")
            .split(['-', '/', '.'])
            .collect(),
        many => many.to_vec(),
    };
    match parts.as_slice() {
        [a, b, c] => from_three(a, b, c, written),
        _ => Err(not_a_date(written)),
    }
}

/// Finds the first full date inside a sentence, such as "reported on 1st November 2018 to the Board".
pub(crate) fn find(text: &str) -> Option<NaiveDate> {
    let words = words(text);
    (0..words.len()).find_map(|at| {
        let three = words.get(at..at + 3).and_then(|w| {
            let looks = starts_with_digit(&w[0]) && month(&w[1]).is_some() && year(&w[2]).is_some();
            looks
                .then(|| parse(&format!("{} {} {}", w[0], w[1], w[2])).ok())
                .flatten()
        });
        three.or_else(|| {
            let one = words[at].as_str();
            starts_with_digit(one).then(|| parse(one).ok()).flatten()
        })
    })
}

fn words(written: &str) -> Vec<String> {
    written
        .to_lowercase()
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | ';'))
        .map(|word| word.trim_end_matches('.').to_owned())
        .filter(|word| !word.is_empty() && word != "of")
        .collect()
}

fn starts_with_digit(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

fn from_three(a: &str, b: &str, c: &str, written: &str) -> Result<NaiveDate, String> {
    let (day_word, month_word, year_word) = if a.len() == 4 && number(a).is_some() {
        (c, b, a)
    } else if month(a).is_some() {
        (b, a, c)
    } else {
        (a, b, c)
    };
    let day = day_of_month(day_word).ok_or_else(|| not_a_date(written))?;
    let month_number = month(month_word)
        .or_else(|| number(month_word))
        .ok_or_else(|| not_a_date(written))?;
    let year = year(year_word).ok_or_else(|| {
        format!("“{written}” has no year that can be read (of two figures, 10 to 49)")
    })?;
    if month_number > 12 {
        return Err(format!(
            "“{written}” is read day first, and there is no month {month_number}"
        ));
    }
    NaiveDate::from_ymd_opt(year, month_number, day)
        .ok_or_else(|| format!("“{written}” is not a day of the calendar"))
}

fn not_a_date(written: &str) -> String {
    format!("“{written}” is not a date")
}

fn number(word: &str) -> Option<u32> {
    let digits = !word.is_empty() && word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| word.parse().ok()).flatten()
}

fn day_of_month(word: &str) -> Option<u32> {
    let bare = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|suffix| word.strip_suffix(suffix))
        .unwrap_or(word);
    number(bare).filter(|_| bare.len() <= 2)
}

fn month(word: &str) -> Option<u32> {
    let long_enough = word.len() >= 3 && word.is_ascii();
    let at = MONTHS
        .iter()
        .position(|name| long_enough && name.starts_with(word))
        .or_else(|| (word == "sept").then_some(8))?;
    u32::try_from(at + 1).ok()
}

fn year(word: &str) -> Option<i32> {
    let value = i32::try_from(number(word)?).ok()?;
    match word.len() {
        4 => Some(value),
        2 if (10..50).contains(&value) => Some(2000 + value),
        _ => None,
    }
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    word.len() >= 3 && DAYS.iter().any(|day| day.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::{find, parse};

    #[test]
    fn dates_as_clerks_write_them() {
        for written in [
            "2018-09-12",
            "2018-09-12 00:00:00",
            "2018-09-12T00:00:00",
            "12/09/2018",
            "12.09.2018",
            "12-09-2018",
            "12/9/18",
            "12 September 2018",
            "12th September, 2018",
            "12th of Sept 2018",
            "Wednesday 12 September 2018",
            "Wed 12 Sep 18",
            "12-Sep-18",
            "September 12, 2018",
        ] {
            assert_eq!(
                parse(written).map(|d| d.to_string()).as_deref(),
                Ok("2018-09-12"),
                "{written}"
            );
        }
    }

    #[test]
    fn what_is_not_a_date_is_refused_with_the_reason() {
        let refused: Vec<String> = [
            "31/02/2018",
            "09/25/2018",
            "12 Sep 75",
            "soon",
            "12/09",
            "",
            "٣/٩/٢٠١٨",
        ]
        .iter()
        .map(|written| parse(written).unwrap_err())
        .collect();
        insta::assert_snapshot!(refused.join("\n"), @r"
        “31/02/2018” is not a day of the calendar
        “09/25/2018” is read day first, and there is no month 25
        “12 Sep 75” has no year that can be read (of two figures, 10 to 49)
        “soon” is not a date
        “12/09” is not a date
        “” is not a date
        “٣/٩/٢٠١٨” is not a date
        ");
    }

    #[test]
    fn finds_a_date_inside_a_sentence() {
        let found = find("An update went to the Board (BCB) on 1st November 2018.");
        assert_eq!(found.map(|d| d.to_string()).as_deref(), Some("2018-11-01"));
        assert_eq!(find("the July 2018 meeting, paragraph 7.2"), None);
    }
}
