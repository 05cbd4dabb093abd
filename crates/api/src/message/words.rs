//! Closed sets of words, both ways by name: `Status::PartAnswered` is `STATUS_PART_ANSWERED`.

use domain::action::{
    Coverage, Kind, LinkKind, Outcome, Protocol, Rag, Remit, ResponseKind, Sensitivity, Status,
};
use domain::returns::ReturnStatus;
use projection::DelegationAnswer;

use crate::v1;

/// A word that has a number in the contract.
pub trait Word: Sized {
    /// Its number in the contract.
    fn number(self) -> i32;

    /// The word of a number, when it stands for one.
    fn from_number(number: i32) -> Option<Self>;

    /// Every value by its number, said to people who gave another.
    fn known() -> String;
}

macro_rules! words {
    ($($domain:ty = $proto:ty, $prefix:literal, [$($all:expr)?];)+) => {$(
        impl Word for $domain {
            fn number(self) -> i32 {
                let name = format!("{}{}", $prefix, self.as_str().to_ascii_uppercase());
                <$proto>::from_str_name(&name).unwrap_or_default().into()
            }

            fn from_number(number: i32) -> Option<Self> {
                let name = <$proto>::try_from(number).ok()?.as_str_name();
                let word = name.strip_prefix($prefix)?.to_ascii_lowercase();
                Self::every().iter().copied().find(|value| value.as_str() == word)
            }

            fn known() -> String {
                let name = |value: &Self| format!("{}{}", $prefix, value.as_str().to_ascii_uppercase());
                Self::every().iter().map(name).collect::<Vec<_>>().join(", ")
            }
        }
        words!(@every $domain, [$($all)?]);
    )+};
    (@every $domain:ty, [$all:expr]) => {
        impl Every for $domain {
            fn every() -> &'static [Self] { $all }
        }
    };
}

trait Every: Copy + 'static {
    fn every() -> &'static [Self];
}

const RETURN_STATUSES: &[ReturnStatus] = &[
    ReturnStatus::NotYetDue,
    ReturnStatus::Due,
    ReturnStatus::Received,
    ReturnStatus::ReceivedLate,
    ReturnStatus::Nil,
    ReturnStatus::Missing,
];

const ANSWERS: &[DelegationAnswer] = &[
    DelegationAnswer::Offered,
    DelegationAnswer::Accepted,
    DelegationAnswer::Declined,
];

words! {
    Kind = v1::Kind, "KIND_", [Kind::ALL];
    Status = v1::Status, "STATUS_", [Status::ALL];
    Remit = v1::Remit, "REMIT_", [Remit::ALL];
    Protocol = v1::Protocol, "PROTOCOL_", [Protocol::ALL];
    Sensitivity = v1::Sensitivity, "SENSITIVITY_", [Sensitivity::ALL];
    Rag = v1::Rag, "RAG_", [Rag::ALL];
    Coverage = v1::Coverage, "COVERAGE_", [Coverage::ALL];
    Outcome = v1::Outcome, "OUTCOME_", [Outcome::ALL];
    ResponseKind = v1::ResponseKind, "RESPONSE_KIND_", [ResponseKind::ALL];
    LinkKind = v1::LinkKind, "LINK_KIND_", [LinkKind::ALL];
    ReturnStatus = v1::ReturnStatus, "RETURN_STATUS_", [RETURN_STATUSES];
    DelegationAnswer = v1::DelegationStatus, "DELEGATION_STATUS_", [ANSWERS];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_lead_back<W: Word + Every + PartialEq + std::fmt::Debug>() {
        for word in W::every() {
            assert_ne!(word.number(), 0, "{word:?} has no number in the contract");
            assert_eq!(W::from_number(word.number()), Some(*word));
        }
        assert_eq!(W::from_number(0), None);
        assert_eq!(W::from_number(99), None);
    }

    #[test]
    fn every_word_has_a_number_and_back() {
        all_lead_back::<Kind>();
        all_lead_back::<Status>();
        all_lead_back::<Remit>();
        all_lead_back::<Protocol>();
        all_lead_back::<Sensitivity>();
        all_lead_back::<Rag>();
        all_lead_back::<Coverage>();
        all_lead_back::<Outcome>();
        all_lead_back::<ResponseKind>();
        all_lead_back::<LinkKind>();
        all_lead_back::<ReturnStatus>();
        all_lead_back::<DelegationAnswer>();
    }
}
