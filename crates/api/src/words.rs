//! Closed sets of words: the domain's values and the numbers that stand for them in messages.
//!
//! A value's number is its place in the domain's list, counted from 1, since 0 is "unspecified" in
//! protobuf. That the names agree, `PREFIX_` and the stored word in upper case, is tested.

use crate::v1;
use domain::action::{
    Coverage, DelegationStatus, Kind, LinkKind, Outcome, Protocol, Rag, Remit, ResponseKind,
    Sensitivity, Status,
};
use domain::calendar::working_days::WorkingCalendar;
use domain::register::BodyKind;
use domain::returns::ReturnStatus;

/// A closed set of words.
pub trait Word: Copy + PartialEq + 'static {
    /// Every value, in the order of the numbers.
    const WORDS: &'static [Self];

    /// The value as it is stored and typed.
    fn word(self) -> &'static str;

    /// The name of a number in the contract; `None` when it has none.
    fn name_of(number: i32) -> Option<&'static str>;
}

/// The number that stands for a value in a message.
#[must_use]
pub fn to_number<W: Word>(value: W) -> i32 {
    let at = W::WORDS.iter().position(|word| *word == value);
    at.and_then(|at| i32::try_from(at + 1).ok()).unwrap_or(0)
}

/// The number that stands for a value, or 0 without one.
#[must_use]
pub fn to_number_or_unspecified<W: Word>(value: Option<W>) -> i32 {
    value.map_or(0, to_number)
}

/// The value that a number stands for; `None` when it is unspecified.
///
/// # Errors
/// When it stands for nothing: what would be right, to follow the name of the field.
pub fn from_number<W: Word>(number: i32) -> Result<Option<W>, String> {
    match usize::try_from(number) {
        Ok(0) => Ok(None),
        Ok(at) if at <= W::WORDS.len() => Ok(Some(W::WORDS[at - 1])),
        _ => Err(format!(
            "is {number}, which stands for nothing; give {}",
            choices::<W>()
        )),
    }
}

/// Every value in words: `question, action or undertaking`.
#[must_use]
pub fn choices<W: Word>() -> String {
    let words: Vec<&str> = W::WORDS.iter().map(|word| word.word()).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

macro_rules! words {
    ($($domain:ident: $all:expr, $word:expr;)+) => {
        $(impl Word for $domain {
            const WORDS: &'static [Self] = $all;

            fn word(self) -> &'static str {
                $word(self)
            }

            fn name_of(number: i32) -> Option<&'static str> {
                v1::$domain::try_from(number).ok().map(|value| value.as_str_name())
            }
        })+

        #[cfg(test)]
        mod tests {
            use super::*;

            fn agrees<W: Word + std::fmt::Debug>(prefix: &str) {
                for value in W::WORDS {
                    let number = to_number(*value);
                    let name = format!("{prefix}_{}", value.word().to_uppercase());
                    assert_eq!(W::name_of(number), Some(name.as_str()));
                    assert_eq!(from_number::<W>(number), Ok(Some(*value)));
                }
                let past = i32::try_from(W::WORDS.len()).unwrap() + 1;
                assert_eq!(W::name_of(past), None, "a number of {prefix} is not mapped");
                assert!(from_number::<W>(past).is_err());
                assert!(from_number::<W>(-1).is_err());
                assert_eq!(from_number::<W>(0), Ok(None));
            }

            #[test]
            fn every_word_has_its_number_and_leads_back() {
                $(
                    let unspecified = $domain::name_of(0).unwrap();
                    agrees::<$domain>(unspecified.strip_suffix("_UNSPECIFIED").unwrap());
                )+
            }
        }
    };
}

words! {
    Kind: Kind::ALL, Kind::as_str;
    Status: Status::ALL, Status::as_str;
    Remit: Remit::ALL, Remit::as_str;
    Protocol: Protocol::ALL, Protocol::as_str;
    Sensitivity: Sensitivity::ALL, Sensitivity::as_str;
    Rag: Rag::ALL, Rag::as_str;
    Coverage: Coverage::ALL, Coverage::as_str;
    Outcome: Outcome::ALL, Outcome::as_str;
    ResponseKind: ResponseKind::ALL, ResponseKind::as_str;
    LinkKind: LinkKind::ALL, LinkKind::as_str;
    DelegationStatus: &[
        DelegationStatus::Offered,
        DelegationStatus::Accepted,
        DelegationStatus::Declined,
    ], delegation_status;
    BodyKind: &[
        BodyKind::Panel,
        BodyKind::CommissionerOffice,
        BodyKind::Constabulary,
        BodyKind::Board,
        BodyKind::Partner,
    ], body_kind;
    WorkingCalendar: &[
        WorkingCalendar::EnglandAndWales,
        WorkingCalendar::UkWide,
    ], working_calendar;
    ReturnStatus: &[
        ReturnStatus::NotYetDue,
        ReturnStatus::Due,
        ReturnStatus::Received,
        ReturnStatus::ReceivedLate,
        ReturnStatus::Nil,
        ReturnStatus::Missing,
    ], ReturnStatus::as_str;
}

fn delegation_status(status: DelegationStatus) -> &'static str {
    match status {
        DelegationStatus::Offered => "offered",
        DelegationStatus::Accepted => "accepted",
        DelegationStatus::Declined => "declined",
    }
}

fn body_kind(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Panel => "panel",
        BodyKind::CommissionerOffice => "commissioner_office",
        BodyKind::Constabulary => "constabulary",
        BodyKind::Board => "board",
        BodyKind::Partner => "partner",
    }
}

fn working_calendar(calendar: WorkingCalendar) -> &'static str {
    match calendar {
        WorkingCalendar::EnglandAndWales => "england_and_wales",
        WorkingCalendar::UkWide => "uk_wide",
    }
}
