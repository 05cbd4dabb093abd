//! Quarterly returns: sent, late, nil, missing, corrected.

use chrono::{Days, NaiveDate};
use domain::action::Rag;
use domain::aggregate::Address;
use domain::calendar::Quarter;
use domain::policy::Role;
use domain::returns::{self, ActionUpdate, Command, Content, Context, Named, Return, Said};
use domain::text::Slug;

use super::Draft;
use super::chance::Chance;
use super::panel::Panel;
use super::words::sentence;

/// A return that is to be sent from a day on.
pub(crate) struct Pending {
    group: Slug,
    quarter: Quarter,
    from: NaiveDate,
}

/// A return that may yet be corrected.
pub(crate) struct Sent {
    group: Slug,
    quarter: Quarter,
    state: Return,
}

/// Actions that one return speaks of at most.
const NAMED: usize = 40;

impl Panel {
    /// On the first day of a quarter, the returns of the one before come up.
    pub(super) fn expect_returns(&mut self) {
        let Ok(quarter) = Quarter::containing(self.today) else {
            return;
        };
        let (Some(before), true) = (quarter.previous(), quarter.first_day() == self.today) else {
            return;
        };
        for (at, group) in self.register.groups.keys().enumerate() {
            let wait = Days::new(40 + 6 * u64::try_from(at).unwrap_or(0));
            self.due_returns.push_back(Pending {
                group: group.clone(),
                quarter: before,
                from: self.today.checked_add_days(wait).unwrap_or(self.today),
            });
        }
    }

    pub(super) fn step_returns(&mut self, chance: &mut Chance) -> Option<Draft> {
        let due = self.due_returns.front().map(|pending| pending.from);
        if due.is_some_and(|from| from <= self.today) {
            let pending = self.due_returns.pop_front()?;
            // One in twenty is never sent.
            return if chance.percent(5) {
                None
            } else {
                self.send(&pending, chance)
            };
        }
        if !self.sent_returns.is_empty() && chance.below(400) == 0 {
            return self.correct(chance);
        }
        None
    }

    fn send(&mut self, pending: &Pending, chance: &mut Chance) -> Option<Draft> {
        let content = if chance.percent(10) {
            Content::nil()
        } else {
            self.content(&pending.group, chance)?
        };
        let command = Command::Submit { content };
        self.decide(&pending.group, pending.quarter, None, &command)
    }

    fn correct(&mut self, chance: &mut Chance) -> Option<Draft> {
        let at = chance.below(self.sent_returns.len());
        let sent = self.sent_returns.swap_remove(at);
        let content = self.content(&sent.group, chance)?;
        let command = Command::Correct {
            content,
            reason: sentence(chance)?,
        };
        self.decide(&sent.group, sent.quarter, Some(sent.state), &command)
    }

    fn content(&self, group: &Slug, chance: &mut Chance) -> Option<Content> {
        let ours = self.open.iter().filter(|open| {
            open.action.status().is_open() && open.action.holder().is_some_and(|p| p.id == *group)
        });
        let mut updates = Vec::new();
        for open in ours.take(NAMED) {
            let rag = *chance.pick(Rag::ALL)?;
            let said = Said {
                rag,
                narrative: sentence(chance)?,
                recovery: if rag == Rag::Green {
                    None
                } else {
                    sentence(chance)
                },
                milestone: None,
                expected_on: None,
                evidence: Vec::new(),
            };
            updates.push(ActionUpdate {
                reference: open.reference.clone(),
                said: (!chance.percent(10)).then_some(said),
            });
        }
        Some(Content {
            overall: Some(*chance.pick(Rag::ALL)?),
            position: sentence(chance),
            updates,
            risks: sentence(chance),
            help_needed: None,
        })
    }

    fn decide(
        &mut self,
        group: &Slug,
        quarter: Quarter,
        state: Option<Return>,
        command: &Command,
    ) -> Option<Draft> {
        let on = self.today;
        let named: Vec<Named> = self
            .open
            .iter()
            .map(|open| Named {
                reference: open.reference.clone(),
                held_by: open.action.holder().map(|party| party.id.clone()),
            })
            .collect();
        let there = self.register.groups.get(group)?;
        let context = Context {
            group,
            quarter,
            due_on: self.register.return_due_on(there, quarter),
            on,
            today: on,
            named: &named,
        };
        let events = returns::decide(state.as_ref(), command, context).ok()?;
        let mut after = state;
        for event in &events {
            after = returns::evolve(after, on, event);
        }
        self.tell_actions(quarter, &events);
        if let Some(state) = after {
            // The last year or so may still be corrected.
            if self.sent_returns.len() >= 24 {
                self.sent_returns.remove(0);
            }
            let (group, quarter) = (group.clone(), quarter);
            self.sent_returns.push(Sent {
                group,
                quarter,
                state,
            });
        }
        let address = Address::quarterly_return(&self.area, group, quarter);
        Draft::of(address, on, Role::Group, &events)
    }

    fn tell_actions(&mut self, quarter: Quarter, events: &[returns::ReturnEvent]) {
        for (reference, update) in events
            .iter()
            .flat_map(|event| event.action_updates(quarter))
        {
            if let Some(open) = self
                .open
                .iter_mut()
                .find(|open| open.reference == reference)
            {
                let next = domain::action::evolve(Some(open.action.clone()), self.today, &update);
                open.action = next.unwrap_or_else(|| open.action.clone());
            }
        }
    }
}
