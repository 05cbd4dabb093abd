//! Several actions out of one.
//!
//! The pieces are raised first, each under the next number of the series; the message that splits the
//! action names them and comes last. A retry finds the pieces again by their ids.
//!
//! When another replica closes the action between the check and the last message, the pieces stand,
//! each naming the action as where it comes from, and the action is not split. The caller learns which
//! were raised: they can be withdrawn, or the action reopened and the same request sent again under the
//! same id, which takes up the same pieces.

use super::action::{decided, raised};
use super::restricting::Now;
use super::{context, partly};
use crate::asking::Asking;
use crate::journal::{Begins, Entry};
use crate::series::{placeholder, unknown};
use crate::service::Inner;
use crate::states::Freshness;
use crate::step::{Decided, unchanged_since};
use api::failure::Failure;
use api::request::Splitting;
use api::v1;
use domain::action::{
    Action, ActionEvent, Command, DueSet, Lookup, Origin, PartId, PartText, Raise, SplitChild,
    decide,
};
use domain::aggregate::{Address, Aggregate};
use domain::calendar::deadline::DueRule;
use domain::policy::{Operation, Rule};
use domain::reference::Reference;
use domain::register::Party;
use domain::text::{Line, Slug, Text};
use event_log::{Record, Sequence};

impl Inner {
    pub(super) async fn split(
        &self,
        asking: &Asking,
        reference: &Reference,
        splitting: &Splitting,
        entry: &Entry,
    ) -> Result<v1::Written, Failure> {
        let rule = asking.may(Operation::Split, None)?;
        let _family = self.families.write().await;
        let address = Address::action(&asking.area, reference);
        let (action, checked) = self
            .look::<Option<Action>, (Action, Sequence)>(
                asking,
                &address,
                Freshness::Now,
                |seen, held| {
                    unchanged_since(asking, held, &address)?;
                    let state = seen.state.as_ref();
                    let into = trial(splitting)?;
                    decided(
                        asking,
                        reference,
                        state,
                        &split_into(into, splitting),
                        seen.register,
                    )?;
                    let action = state.cloned().ok_or_else(|| unknown_action(reference))?;
                    if !seen.register.series.contains_key(&splitting.series) {
                        return Err(unknown(&splitting.series));
                    }
                    for (text, parts) in &splitting.pieces {
                        let command =
                            Command::Raise(Box::new(piece(&action, text.as_ref(), parts)?));
                        decide(reference, None, &command, context(asking, seen.register))?;
                    }
                    Ok((action, held.last))
                },
            )
            .await?;
        self.journalled(asking, entry, checked, Begins::Now, async {
            let mut born = Vec::with_capacity(splitting.pieces.len());
            let mut into = Vec::with_capacity(splitting.pieces.len());
            for (at, (text, parts)) in splitting.pieces.iter().enumerate() {
                let asking = asking.for_piece(at);
                let raise = piece(&action, text.as_ref(), parts)?;
                let carried = Carried {
                    due: Some(due_of(&action)),
                    restriction: restriction_of(&action)?,
                };
                let reference = self
                    .born(&asking, &splitting.series, &raise, &carried, rule)
                    .await
                    .map_err(|failure| partly(failure, &born))?;
                born.push(reference.clone());
                into.push(SplitChild {
                    reference,
                    parts: parts.clone(),
                });
            }
            let written = self
                .act(asking, reference, &split_into(into, splitting))
                .await
                .map_err(|failure| partly(failure, &born))?;
            let all: Vec<&Reference> = born.iter().chain([reference]).collect();
            self.keep_in_one_view(asking, &all, Now::Written).await?;
            Ok(written)
        })
        .await
    }

    /// Raises a child under the next number of a series, unless an earlier attempt did: its reference.
    pub(super) async fn born(
        &self,
        asking: &Asking,
        series: &Slug,
        raise: &Raise,
        carried: &Carried,
        rule: Rule,
    ) -> Result<Reference, Failure> {
        if let Some(record) = self.log.seen(asking.id).await? {
            return born_before(asking, &record);
        }
        let claimed = self
            .claim(asking, series, |number| {
                raised(asking, number, raise.clone(), rule).map(|decided| carried.over(decided))
            })
            .await;
        match claimed {
            Ok((reference, _)) => Ok(reference),
            // An earlier attempt may have raised it, under another number.
            Err(failure) => {
                let record = self.recorded_before(asking, failure).await?;
                born_before(asking, &record)
            }
        }
    }
}

/// The reference under which an earlier attempt raised a child.
fn born_before(asking: &Asking, record: &Record) -> Result<Reference, Failure> {
    let address = Address::parse(record.subject.as_str());
    match address.map(|address| address.aggregate) {
        Ok(Aggregate::Action(reference)) if record.digest == asking.digest => Ok(reference),
        _ => Err(Failure::RequestIdReused { id: asking.id }),
    }
}

fn split_into(into: Vec<SplitChild>, splitting: &Splitting) -> Command {
    Command::Split {
        into,
        reason: splitting.reason.clone(),
    }
}

/// The pieces under references that nobody has, for a check before numbers are claimed.
fn trial(splitting: &Splitting) -> Result<Vec<SplitChild>, Failure> {
    let pieces = splitting.pieces.iter().enumerate();
    pieces
        .map(|(at, (_, parts))| {
            let reference = placeholder(at)?;
            let parts = parts.clone();
            Ok(SplitChild { reference, parts })
        })
        .collect()
}

/// A piece as an action of its own: what it does not say itself is as it was of the whole.
fn piece(action: &Action, text: Option<&Text>, parts: &[PartId]) -> Result<Raise, Failure> {
    let carried: Vec<&Text> = action
        .parts
        .iter()
        .filter(|part| parts.contains(&part.id))
        .map(|part| &part.text)
        .collect();
    let text = match (text, carried.as_slice()) {
        (Some(text), _) => text.clone(),
        (None, [only]) => (*only).clone(),
        (None, several) => {
            let lines: Vec<&str> = several.iter().map(|text| text.as_str()).collect();
            Text::new(&lines.join("\n")).map_err(|problem| {
                api::failure::Violations::one("pieces", format!("carry parts whose text {problem}"))
            })?
        }
    };
    let numbered = (0..PartId::LIMIT).filter_map(PartId::at);
    let parts: Vec<PartText> = if carried.len() > 1 {
        let texts = carried.into_iter().cloned();
        numbered
            .zip(texts)
            .map(|(id, text)| PartText { id, text })
            .collect()
    } else {
        vec![]
    };
    let raised = &action.raised;
    Ok(Raise {
        reference: placeholder(0)?,
        numbered: None,
        kind: raised.kind,
        text,
        topic: raised.topic.clone(),
        theme: raised.theme.clone(),
        meeting: raised.meeting.as_ref().map(|meeting| meeting.id.clone()),
        minute: raised.minute.clone(),
        asked_of: by_id(&raised.asked_of)?,
        raised_by: by_id(&raised.raised_by)?,
        parts,
        due: DueRule::NoneAgreed {
            reason: no_date(action),
        },
        origin: Some(Origin::Split {
            parent: action.reference().clone(),
        }),
    })
}

/// A party by its identifier, which finds it whatever it is called by now.
pub(super) fn by_id(party: &Party) -> Result<Lookup, Failure> {
    Line::new(party.id.as_str())
        .map(Lookup)
        .map_err(|problem| Failure::Fault {
            cause: format!("an identifier {problem}"),
        })
}

fn no_date(action: &Action) -> String {
    match &action.due.none_agreed {
        Some(reason) => reason.to_string(),
        None => format!("none was agreed for {}", action.reference()),
    }
}

/// A piece is due when the whole was, be that day past: splitting wins nobody time.
fn due_of(action: &Action) -> DueSet {
    let deadline = action.due.current.and_then(|date| {
        let from = action.raised_on.min(date);
        DueRule::OnDate { date }.deadline(from).ok().flatten()
    });
    match (deadline, Line::new(&no_date(action))) {
        (Some(deadline), _) => DueSet::By(deadline),
        (None, Ok(reason)) => DueSet::NoneAgreed { reason },
        (None, Err(_)) => action.raised.due.clone(),
    }
}

/// What a child has from its parent, whatever the rules would give it on its own day.
#[derive(Default)]
pub(super) struct Carried {
    pub(super) due: Option<DueSet>,
    pub(super) restriction: Option<ActionEvent>,
}

impl Carried {
    fn over(&self, mut decided: Decided<ActionEvent>) -> Decided<ActionEvent> {
        if let (Some(due), Some(ActionEvent::Raised(raised))) =
            (&self.due, decided.events.first_mut())
        {
            raised.due = due.clone();
        }
        decided.events.extend(self.restriction.clone());
        decided
    }
}

/// A child says what its parent said: of a restricted parent, it is restricted from the first.
pub(super) fn restriction_of(parent: &Action) -> Result<Option<ActionEvent>, Failure> {
    let Some(restriction) = &parent.restriction else {
        return Ok(None);
    };
    let reason = format!(
        "Carried over from {}, from which it comes.",
        parent.reference()
    );
    let reason = Text::new(&reason).map_err(|problem| Failure::Fault {
        cause: format!("a reason {problem}"),
    })?;
    Ok(Some(ActionEvent::Restricted {
        ground: restriction.ground,
        reason,
        review_on: restriction.review_on,
        explanation: restriction.explanation.clone(),
        public_title: restriction.public_title.clone(),
        also: vec![],
    }))
}

fn unknown_action(reference: &Reference) -> Failure {
    domain::action::Rejection::Unknown {
        reference: reference.clone(),
    }
    .into()
}
