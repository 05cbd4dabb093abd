//! Closed sets of words: the domain's values and the numbers that stand for them in messages.
//!
//! A value's number is its place in the domain's list, counted from 1, since 0 is "unspecified" in
//! protobuf. That the names agree, `PREFIX_` and the stored word in upper case, is tested.

use crate::v1;
use domain::action::{
    Coverage, Kind, LinkKind, Outcome, Protocol, Rag, Remit, ResponseKind, Sensitivity, Status,
};
use domain::calendar::working_days::WorkingCalendar;
use domain::register::BodyKind;
use domain::returns::ReturnStatus;
use projection::DelegationAnswer;

/// A closed set of words.
pub trait Word: Copy + PartialEq + 'static {
    /// Every value, in the order of the numbers.
    const WORDS: &'static [Self];

    /// The value as it is stored and typed.
    fn word(self) -> &'static str;

    /// The name of a number in the contract; `None` when it has none.
    fn name_of(number: i32) -> Option<&'static str>;

    /// The number that stands for it in a message.
    fn number(self) -> i32 {
        let at = Self::WORDS.iter().position(|word| *word == self);
        at.and_then(|at| i32::try_from(at + 1).ok()).unwrap_or(0)
    }

    /// The value that a number stands for; `None` when it is unspecified or stands for nothing.
    fn from_number(number: i32) -> Option<Self> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        Self::WORDS.get(at).copied()
    }

    /// Every value by its name in the contract, for programs that gave another.
    fn known() -> String {
        let names = Self::WORDS.iter().map(|word| Self::name_of(word.number()));
        names.flatten().collect::<Vec<_>>().join(", ")
    }
}

/// The value that a request gives by its number; `None` when it is unspecified.
///
/// # Errors
/// When it stands for nothing: what would be right, to follow the name of the field.
pub fn given<W: Word>(number: i32) -> Result<Option<W>, String> {
    match (number, W::from_number(number)) {
        (0, _) => Ok(None),
        (_, Some(word)) => Ok(Some(word)),
        (_, None) => Err(format!(
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
    ($($domain:ident = $number:ty: $all:expr, $word:expr;)+) => {
        $(impl Word for $domain {
            const WORDS: &'static [Self] = $all;

            fn word(self) -> &'static str {
                $word(self)
            }

            fn name_of(number: i32) -> Option<&'static str> {
                <$number>::try_from(number).ok().map(|value| value.as_str_name())
            }
        })+

        #[cfg(test)]
        mod tests {
            use super::*;

            fn agrees<W: Word + std::fmt::Debug>(prefix: &str) {
                for value in W::WORDS {
                    let number = value.number();
                    let name = format!("{prefix}_{}", value.word().to_uppercase());
                    assert_eq!(W::name_of(number), Some(name.as_str()));
                    assert_eq!(W::from_number(number), Some(*value));
                }
                let past = i32::try_from(W::WORDS.len()).unwrap() + 1;
                assert_eq!(W::name_of(past), None, "a number of {prefix} is not mapped");
                assert!(given::<W>(past).is_err());
                assert!(given::<W>(-1).is_err());
                assert_eq!(given::<W>(0), Ok(None));
                assert_eq!(W::from_number(0), None);
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
    Kind = v1::Kind: Kind::ALL, Kind::as_str;
    Status = v1::Status: Status::ALL, Status::as_str;
    Remit = v1::Remit: Remit::ALL, Remit::as_str;
    Protocol = v1::Protocol: Protocol::ALL, Protocol::as_str;
    Sensitivity = v1::Sensitivity: Sensitivity::ALL, Sensitivity::as_str;
    Rag = v1::Rag: Rag::ALL, Rag::as_str;
    Coverage = v1::Coverage: Coverage::ALL, Coverage::as_str;
    Outcome = v1::Outcome: Outcome::ALL, Outcome::as_str;
    ResponseKind = v1::ResponseKind: ResponseKind::ALL, ResponseKind::as_str;
    LinkKind = v1::LinkKind: LinkKind::ALL, LinkKind::as_str;
    DelegationAnswer = v1::DelegationStatus: &[
        DelegationAnswer::Offered,
        DelegationAnswer::Accepted,
        DelegationAnswer::Declined,
    ], DelegationAnswer::as_str;
    BodyKind = v1::BodyKind: &[
        BodyKind::Panel,
        BodyKind::CommissionerOffice,
        BodyKind::Constabulary,
        BodyKind::Board,
        BodyKind::Partner,
    ], body_kind;
    WorkingCalendar = v1::WorkingCalendar: &[
        WorkingCalendar::EnglandAndWales,
        WorkingCalendar::UkWide,
    ], working_calendar;
    ReturnStatus = v1::ReturnStatus: &[
        ReturnStatus::NotYetDue,
        ReturnStatus::Due,
        ReturnStatus::Received,
        ReturnStatus::ReceivedLate,
        ReturnStatus::Nil,
        ReturnStatus::Missing,
    ], ReturnStatus::as_str;
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
