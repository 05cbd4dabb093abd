//! A token file per role and delivery group.

use super::meeting::Meeting;
use crate::chance;
use crate::cli::token::write_private;
use crate::failure::Failure;
use crate::reach::Part;
use chrono::TimeDelta;
use domain::policy::Role;
use identity::Issuer;
use std::path::{Path, PathBuf};

/// How long the demo's tokens count; each start makes new ones.
const VALID: TimeDelta = TimeDelta::days(30);

/// Writes a token for each role and each group; answers who and where.
pub(super) fn write(
    folder: &Path,
    issuer: &Issuer,
    meeting: &Meeting,
) -> Result<Vec<(String, PathBuf)>, Failure> {
    std::fs::create_dir_all(folder)?;
    let roles = [Role::Clerk, Role::Office, Role::Auditor, Role::Operator].map(Part::Role);
    let groups = meeting
        .groups
        .iter()
        .map(|group| Part::Group(group.id.clone()));
    let mut written = Vec::new();
    for part in roles.into_iter().chain(groups) {
        let name = match &part {
            Part::Group(id) => meeting
                .groups
                .iter()
                .find(|group| group.id == *id)
                .map(|group| format!("{} (demo)", group.name)),
            _ => None,
        };
        let principal = part.principal(name.as_deref(), &meeting.area);
        let token = issuer.issue(&principal, VALID, chance::now(), chance::new_id())?;
        let file = folder.join(format!("{}.token", part.file_stem()));
        write_private(&file, &token)?;
        written.push((part.to_string(), file));
    }
    Ok(written)
}
