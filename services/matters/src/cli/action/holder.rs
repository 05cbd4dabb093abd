//! Whose part it is to act on an action: the group that has it.

use super::super::session::Session;
use crate::failure::Failure;
use crate::reach::Part;
use api::v1;
use domain::policy::Role;

/// The group to which the action is delegated; the Commissioner's office when it is no group's.
pub(super) async fn holder(session: &mut Session, reference: &str) -> Result<Part, Failure> {
    if let Some(part) = &session.global.part {
        return Ok(part.clone());
    }
    let row = session.action(reference).await?;
    Ok(of(&row))
}

fn of(row: &v1::ActionRow) -> Part {
    match &row.delegated_to {
        Some(party) if party.is_group => Part::Group(party.id.clone()),
        _ => Part::Role(Role::Office),
    }
}
