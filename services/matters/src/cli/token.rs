//! `token issue`.

use super::Global;
use crate::chance;
use crate::failure::Failure;
use crate::output::{self, message};
use crate::reach::Part;
use chrono::TimeDelta;
use clap::{Args, Subcommand};
use domain::policy::Role;
use identity::Issuer;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Make tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token, signed with the key of the data folder
    Issue(Issue),
}

impl Token {
    /// Runs it.
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        let Self::Issue(issue) = self;
        issue.run(global)
    }
}

/// Make a token.
#[derive(Debug, Args)]
pub(crate) struct Issue {
    /// Role: clerk, office, group, auditor, operator
    #[arg(long, value_parser = role, value_name = "ROLE")]
    role: Role,
    /// The delivery group, of the role group
    #[arg(long, required_if_eq("role", "group"), value_name = "IDENTIFIER")]
    group: Option<String>,
    /// Name of the person, as it is recorded with what they do
    #[arg(long)]
    name: String,
    /// For how many days it counts
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
    /// File to write it to, for its owner's eyes only; standard output when left out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn role(text: &str) -> Result<Role, String> {
    Role::ALL
        .into_iter()
        .filter(|role| *role != Role::Public)
        .find(|role| role.as_str() == text)
        .ok_or_else(|| "use clerk, office, group, auditor or operator".to_owned())
}

impl Issue {
    fn run(self, global: &Global) -> Result<(), Failure> {
        let part = match (self.role, &self.group) {
            (Role::Group, Some(group)) => {
                Part::parse(&format!("group:{group}")).map_err(Failure::usage)?
            }
            (Role::Group, None) => {
                return Err(Failure::usage("--group is needed with --role group"));
            }
            (_, Some(_)) => return Err(Failure::usage("--group goes with --role group only")),
            (role, None) => Part::Role(role),
        };
        let issuer = Issuer::open_or_create(&global.needed_data()?.join("identity"))?;
        let mut principal = part.principal(Some(&self.name), &global.area);
        principal.subject = format!("{}:{}", part.file_stem(), slug_of(&self.name));
        let valid = TimeDelta::days(i64::from(self.days));
        let token = issuer.issue(&principal, valid, chance::now(), chance::new_id())?;
        match &self.out {
            None => output::data(&token)?,
            Some(file) => {
                write_private(file, &token)?;
                message(&format!("wrote {}", file.display()));
            }
        }
        message(&format!(
            "it counts for {} days, as {part}, in {}",
            self.days, global.area
        ));
        Ok(())
    }
}

/// A name as an identifier: letters and digits, hyphens between.
fn slug_of(name: &str) -> String {
    let mapped: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    mapped
        .split('-')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// Writes a token that only its owner can read.
pub(crate) fn write_private(file: &Path, token: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", file.display()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(file).map_err(failed)?;
    writeln!(opened, "{token}").map_err(failed)
}
