//! Which aggregate a subject of the log belongs to, and back.
//!
//! `evt.<area>.register`, `evt.<area>.action.<reference>`, `evt.<area>.return.<group>.<quarter>`.
//! The area comes first, so that a replica can follow some areas only.

use crate::calendar::Quarter;
use crate::reference::Reference;
use crate::text::Slug;
use std::fmt;

/// The first token of every subject.
pub const ROOT: &str = "evt";

/// An aggregate within an area.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aggregate {
    /// The register of the area.
    Register,
    /// An action.
    Action(Reference),
    /// A group's return for a quarter.
    Return(Slug, Quarter),
}

/// An aggregate with its area: what one subject of the log names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// The force area.
    pub area: Slug,
    /// The aggregate.
    pub aggregate: Aggregate,
}

/// Why a subject was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{subject:?} is not a subject of this program")]
pub struct BadSubject {
    /// What was given.
    pub subject: String,
}

impl Address {
    /// The register of an area.
    #[must_use]
    pub fn register(area: &Slug) -> Self {
        Self {
            area: area.clone(),
            aggregate: Aggregate::Register,
        }
    }

    /// An action of an area.
    #[must_use]
    pub fn action(area: &Slug, reference: &Reference) -> Self {
        Self {
            area: area.clone(),
            aggregate: Aggregate::Action(reference.clone()),
        }
    }

    /// A return of an area.
    #[must_use]
    pub fn quarterly_return(area: &Slug, group: &Slug, quarter: Quarter) -> Self {
        Self {
            area: area.clone(),
            aggregate: Aggregate::Return(group.clone(), quarter),
        }
    }

    /// From a subject of the log.
    ///
    /// # Errors
    /// When the subject is not one that this program writes.
    pub fn parse(subject: &str) -> Result<Self, BadSubject> {
        let bad = || BadSubject {
            subject: subject.chars().take(200).collect(),
        };
        let mut tokens = subject.split('.');
        let mut token = || tokens.next();
        let (Some(ROOT), Some(area)) = (token(), token()) else {
            return Err(bad());
        };
        let aggregate = match (token(), token(), token()) {
            (Some("register"), None, _) => Aggregate::Register,
            (Some("action"), Some(token), None) => {
                Aggregate::Action(Reference::from_token(token).ok_or_else(bad)?)
            }
            (Some("return"), Some(group), Some(quarter)) => Aggregate::Return(
                Slug::new(group).map_err(|_| bad())?,
                quarter
                    .parse()
                    .ok()
                    .filter(|q: &Quarter| q.token() == quarter)
                    .ok_or_else(bad)?,
            ),
            _ => return Err(bad()),
        };
        if tokens.next().is_some() {
            return Err(bad());
        }
        Ok(Self {
            area: Slug::new(area).map_err(|_| bad())?,
            aggregate,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ROOT}.{}.", self.area)?;
        match &self.aggregate {
            Aggregate::Register => f.write_str("register"),
            Aggregate::Action(reference) => write!(f, "action.{}", reference.token()),
            Aggregate::Return(group, quarter) => write!(f, "return.{group}.{}", quarter.token()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn subjects_lead_back() {
        for subject in [
            "evt.cambridgeshire-peterborough.register",
            "evt.cambs.action.PCP/2018/014",
            "evt.cambs.action.Min%2E%2041",
            "evt.cambs.return.drugs-and-alcohol-misuse.2018-19-q3",
        ] {
            assert_eq!(Address::parse(subject).unwrap().to_string(), subject);
        }
        for bad in [
            "evt.cambs",
            "evt.Cambs.register",
            "evt.cambs.action.a%2",
            "x.cambs.register",
            "evt.cambs.register.",
            "evt.cambs.action.PCP%2F2018%2F014",
            "evt.cambs.action.Min%2e%2041",
            "evt.cambs.return.prevent.2018/19-Q3",
            "evt.cambs.return.prevent.2018-19-Q3",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }

    fn address() -> impl Strategy<Value = Address> {
        let slug = || "[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,3}".prop_map(|s| Slug::new(&s).unwrap());
        let reference = "[A-Za-z0-9(][A-Za-z0-9 /._()-]{0,30}[A-Za-z0-9)]"
            .prop_map(|s| Reference::new(&s).unwrap());
        let quarter = (2000i32..=2100, 1u8..=4).prop_map(|(y, n)| Quarter::new(y, n).unwrap());
        prop_oneof![
            slug().prop_map(|area| Address::register(&area)),
            (slug(), reference).prop_map(|(area, r)| Address::action(&area, &r)),
            (slug(), slug(), quarter)
                .prop_map(|(area, group, q)| Address::quarterly_return(&area, &group, q)),
        ]
    }

    proptest! {
        #[test]
        fn an_address_leads_to_its_subject_and_back(address in address()) {
            let subject = address.to_string();
            prop_assert!(!subject.contains([' ', '*', '>']) && !subject.contains(".."));
            prop_assert_eq!(Address::parse(&subject), Ok(address));
        }

        #[test]
        fn a_subject_that_is_read_is_the_one_that_is_written(
            rest in "(register|action\\.[A-Za-z0-9%/ ._-]{0,12}|return\\.[a-z-]{0,5}\\.[0-9Qq/ -]{0,11})"
        ) {
            let subject = format!("evt.cambs.{rest}");
            if let Ok(address) = Address::parse(&subject) {
                prop_assert_eq!(address.to_string(), subject);
            }
        }
    }
}
