//! Whose token goes with a call.

use crate::chance;
use crate::failure::{Exit, Failure};
use chrono::TimeDelta;
use domain::policy::{Principal, Role};
use identity::Issuer;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How long a token counts that is made for a single command.
const ONE_COMMAND: TimeDelta = TimeDelta::hours(1);

/// The part somebody plays in a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// This role; not [`Role::Group`].
    Role(Role),
    /// A delivery group, by its identifier.
    Group(String),
    /// Whoever is there: for reading what is published.
    Anybody,
}

impl Part {
    /// From `clerk`, `office`, `auditor`, `operator`, `public` or `group:<identifier>`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Some(group) = text.strip_prefix("group:") {
            return match domain::text::Slug::new(group) {
                Ok(_) => Ok(Self::Group(group.to_owned())),
                Err(problem) => Err(format!("the group {problem}")),
            };
        }
        Role::ALL
            .into_iter()
            .filter(|role| *role != Role::Group)
            .find(|role| role.as_str() == text)
            .map(|role| match role {
                Role::Public => Self::Anybody,
                role => Self::Role(role),
            })
            .ok_or_else(|| {
                "use clerk, office, auditor, operator, public or group:<identifier>".to_owned()
            })
    }

    /// The name of its token's file, without the ending.
    pub(crate) fn file_stem(&self) -> String {
        match self {
            Self::Role(role) => role.as_str().to_owned(),
            Self::Group(group) => format!("group-{group}"),
            Self::Anybody => "public".to_owned(),
        }
    }

    /// Who it is, for a token of the program's own issuer.
    pub(crate) fn principal(&self, name: Option<&str>, area: &str) -> Principal {
        let (role, group) = match self {
            Self::Role(role) => (*role, None),
            Self::Group(group) => (Role::Group, Some(group.clone())),
            Self::Anybody => (Role::Clerk, None),
        };
        let subject = group.as_ref().map_or_else(
            || role.as_str().to_owned(),
            |group| format!("group-{group}"),
        );
        Principal {
            name: name.map_or_else(|| default_name(role, group.as_deref()), ToOwned::to_owned),
            subject,
            role,
            group,
            area: area.to_owned(),
        }
    }
}

fn default_name(role: Role, group: Option<&str>) -> String {
    match (role, group) {
        (Role::Clerk, _) => "Panel clerk".to_owned(),
        (Role::Office, _) => "Commissioner's office".to_owned(),
        (Role::Auditor, _) => "Auditor".to_owned(),
        (Role::Operator, _) => "Operator".to_owned(),
        (_, Some(group)) => format!("Delivery group {group}"),
        (role, None) => role.as_str().to_owned(),
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => f.write_str(role.as_str()),
            Self::Group(group) => write!(f, "group:{group}"),
            Self::Anybody => f.write_str("public"),
        }
    }
}

/// Where tokens come from.
#[derive(Clone)]
pub(crate) struct TokenSource {
    /// One file, used for everything.
    pub(crate) file: Option<PathBuf>,
    /// A folder with a file per role.
    pub(crate) folder: Option<PathBuf>,
    /// The part to play instead of the natural one.
    pub(crate) part: Option<Part>,
    /// The name that is recorded with tokens made here.
    pub(crate) name: Option<String>,
    /// The area in which tokens made here count.
    pub(crate) area: String,
    issuer: Option<Arc<Issuer>>,
}

impl TokenSource {
    /// From what the command line says.
    pub(crate) fn new(
        file: Option<PathBuf>,
        folder: Option<PathBuf>,
        part: Option<Part>,
        name: Option<String>,
        area: &str,
    ) -> Self {
        Self {
            file,
            folder,
            part,
            name,
            area: area.to_owned(),
            issuer: None,
        }
    }

    /// The same; where neither a file nor a folder was given, this issuer makes the token.
    pub(crate) fn or_issued_by(mut self, issuer: Arc<Issuer>) -> Self {
        self.issuer = Some(issuer);
        self
    }

    /// The token for a command whose natural part is this.
    pub(crate) fn token(&self, natural: &Part) -> Result<Option<String>, Failure> {
        let part = self.part.as_ref().unwrap_or(natural);
        if let Some(file) = &self.file {
            return read(file).map(Some);
        }
        if let Some(folder) = &self.folder {
            return self.in_folder(folder, part);
        }
        match (&self.issuer, part, &self.part) {
            (_, Part::Anybody, Some(_)) | (None, ..) => Ok(None),
            (Some(issuer), part, _) => {
                let principal = part.principal(self.name.as_deref(), &self.area);
                let token =
                    issuer.issue(&principal, ONE_COMMAND, chance::now(), chance::new_id())?;
                Ok(Some(token))
            }
        }
    }

    fn in_folder(&self, folder: &Path, part: &Part) -> Result<Option<String>, Failure> {
        let path = |part: &Part| folder.join(format!("{}.token", part.file_stem()));
        if *part == Part::Anybody {
            if self.part.is_some() {
                return Ok(None);
            }
            // Whoever is there, the most usual reader first.
            let readers = [Role::Clerk, Role::Office, Role::Auditor].map(Part::Role);
            let there = readers.iter().map(path).find(|file| file.exists());
            return there.map(|file| read(&file)).transpose();
        }
        read(&path(part)).map(Some).map_err(|failure| {
            failure.and(format!(
                "this command is for {part}; choose another with --as"
            ))
        })
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    let refused = |why: &dyn fmt::Display| {
        Failure::with(
            Exit::SignIn,
            format!("the token file {} cannot be used: {why}", file.display()),
        )
    };
    let text = std::fs::read_to_string(file).map_err(|error| refused(&error))?;
    let token = text.trim();
    if token.is_empty() || token.len() > identity::TOKEN_LIMIT {
        return Err(refused(&"it holds no token"));
    }
    Ok(token.to_owned())
}
