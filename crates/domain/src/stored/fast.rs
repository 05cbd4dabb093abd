//! Days and instants as this program writes them, read without asking which of many forms they have: each
//! message of a long log has one of each. Any other form is read as it always was.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::de::{Deserializer, Error, Visitor};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

pub(super) fn day<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    from.deserialize_str(Written(written_day, PhantomData))
}

pub(super) fn instant<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<Utc>, D::Error> {
    from.deserialize_str(Written(written_instant, PhantomData))
}

/// A text that is read by a quick way or, where that does not know it, by its type's own.
struct Written<T>(fn(&[u8]) -> Option<T>, PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Written<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a day or an instant as text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        match (self.0)(text.as_bytes()) {
            Some(value) => Ok(value),
            None => text.parse().map_err(E::custom),
        }
    }
}

/// `2018-09-12`.
fn written_day(text: &[u8]) -> Option<NaiveDate> {
    let [y @ .., b'-', m1, m2, b'-', d1, d2] = text else {
        return None;
    };
    let y: [u8; 4] = y.try_into().ok()?;
    NaiveDate::from_ymd_opt(
        i32::try_from(number(&y)?).ok()?,
        number(&[*m1, *m2])?,
        number(&[*d1, *d2])?,
    )
}

/// `2018-09-12T10:00:00Z`, or with three, six or nine digits after the seconds.
fn written_instant(text: &[u8]) -> Option<DateTime<Utc>> {
    let (day, time) = text.split_at_checked(10)?;
    let [b'T', h1, h2, b':', m1, m2, b':', s1, s2, rest @ .., b'Z'] = time else {
        return None;
    };
    let nanoseconds = match rest {
        [] => 0,
        [b'.', digits @ ..] => match digits.len() {
            3 => number(digits)? * 1_000_000,
            6 => number(digits)? * 1_000,
            9 => number(digits)?,
            _ => return None,
        },
        _ => return None,
    };
    let time = NaiveTime::from_hms_nano_opt(
        number(&[*h1, *h2])?,
        number(&[*m1, *m2])?,
        number(&[*s1, *s2])?,
        nanoseconds,
    )?;
    Some(NaiveDateTime::new(written_day(day)?, time).and_utc())
}

/// At most nine digits.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u32::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Near what is written and far from it: the quick way knows what chrono knows, or leaves it.
        #[test]
        fn the_quick_way_reads_what_chrono_reads(
            text in "[0-9]{4}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?(Z|\\+01:00)?)?",
            at in 0..40usize,
            other in "[0-9TZ:. +-]",
        ) {
            let mut texts = vec![text.clone()];
            if text.len() > at {
                texts.push(format!("{}{other}{}", &text[..at], &text[at + 1..]));
                texts.push(text[..at].to_owned());
            }
            for text in texts {
                if let Some(day) = written_day(text.as_bytes()) {
                    prop_assert_eq!(Ok(day), text.parse(), "{}", text);
                }
                if let Some(instant) = written_instant(text.as_bytes()) {
                    prop_assert_eq!(Ok(instant), text.parse(), "{}", text);
                }
            }
        }

        #[test]
        fn what_is_written_is_read_the_quick_way(micros in -2_000_000_000_000_000i64..4_000_000_000_000_000) {
            let instant = DateTime::from_timestamp_micros(micros).unwrap();
            let written = serde_json::to_value(instant).unwrap();
            prop_assert_eq!(written_instant(written.as_str().unwrap().as_bytes()), Some(instant));
            let day = instant.date_naive();
            let written = serde_json::to_value(day).unwrap();
            prop_assert_eq!(written_day(written.as_str().unwrap().as_bytes()), Some(day));
        }
    }
}
