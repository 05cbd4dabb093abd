//! What a reader may see of an action.
//!
//! Whether an action is restricted is judged by how it stands *now*, in past views too: today's
//! access rights apply to yesterday's rows. The standing of now is the [`Gate`].

use domain::action::{Coverage, Kind};
use domain::policy::{self, Facts, Operation, Principal};
use domain::register::Party;
use domain::text::Slug;
use serde::{Deserialize, Serialize};

use crate::row::{RestrictionCell, Row};

/// How a restricted action stands now: why, and which delivery group has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// The restriction.
    pub restriction: RestrictionCell,
    /// The delivery group that may read it as its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Slug>,
}

impl Gate {
    /// The gate of an action by its current row; `None` when it is not restricted.
    #[must_use]
    pub fn of(row: &Row) -> Option<Self> {
        row.restriction.as_ref().map(|restriction| Self {
            restriction: restriction.clone(),
            group: row.holding_group().cloned(),
        })
    }

    /// Whether the policy lets somebody read past it.
    #[must_use]
    pub fn opens_to(&self, reader: &Principal, area: &str) -> bool {
        let facts = Facts {
            area,
            group: self.group.as_ref().map(Slug::as_str),
        };
        policy::decide(reader, Operation::ReadRestricted, facts).allowed()
    }
}

impl Row {
    /// The row as a reader may see it, judged by its own restriction. For a row of the present;
    /// rows of the past go through [`Row::seen_through`].
    #[must_use]
    pub fn seen_by(self, reader: &Principal, area: &str) -> Row {
        match Gate::of(&self) {
            Some(gate) if !gate.opens_to(reader, area) => self.stub(&gate),
            _ => self,
        }
    }

    /// The row as a reader may see it, judged by how the action stands now.
    #[must_use]
    pub fn seen_through(self, gate: Option<&Gate>, reader: &Principal, area: &str) -> Row {
        match gate {
            Some(gate) if !gate.opens_to(reader, area) => self.stub(gate),
            _ => self,
        }
    }

    /// What is left of a restricted action: that it exists, its state and dates, and what the
    /// public is told. Its kind and its parties stay in the row, for the indexes, but they are
    /// withheld wherever it is told or filtered, see [`Row::told`].
    #[must_use]
    pub fn stub(mut self, gate: &Gate) -> Row {
        for response in &mut self.responses {
            response.corrections = 0;
        }
        self.restriction = Some(RestrictionCell {
            ground: None,
            ..gate.restriction.clone()
        });
        Row {
            text: String::new(),
            parts: Vec::new(),
            coverage: Coverage::Pending,
            due_moves: 0,
            topic: None,
            theme: None,
            minute: None,
            none_agreed: None,
            delegated_to: None,
            delegation: None,
            remit: None,
            protocol: None,
            sensitivity: None,
            rag: None,
            progress_on: None,
            progress_period: None,
            expected_on: None,
            links: Vec::new(),
            children: Vec::new(),
            parked: self.parked.map(|parked| crate::row::ParkedCell {
                reason: "a message about it cannot be read".to_owned(),
                ..parked
            }),
            stub: true,
            ..self
        }
    }

    /// What is asked by whom of whom, and how far it was answered; `None` in a stub.
    #[must_use]
    pub fn told(&self) -> Option<Told<'_>> {
        (!self.stub).then_some(Told {
            kind: self.kind,
            asked_of: &self.asked_of,
            raised_by: &self.raised_by,
            coverage: self.coverage,
        })
    }
}

/// What every row has and a stub withholds.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// What kind of thing it is.
    pub kind: Kind,
    /// Of whom it is asked.
    pub asked_of: &'a Party,
    /// Who raised it.
    pub raised_by: &'a Party,
    /// How far the whole was answered.
    pub coverage: Coverage,
}
