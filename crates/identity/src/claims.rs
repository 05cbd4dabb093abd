//! What a token says, to and from a principal.

use crate::error::TokenError;
use chrono::{DateTime, Utc};
use domain::policy::{Principal, Role};
use domain::text::{Line, Slug};
use serde::{Deserialize, Serialize};

/// The payload: the registered claims of RFC 7519, then ours. Times are whole seconds since 1970, UTC.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: String,
    pub(crate) exp: i64,
    pub(crate) nbf: i64,
    pub(crate) iat: i64,
    pub(crate) jti: String,
    pub(crate) name: String,
    pub(crate) role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<String>,
    pub(crate) area: String,
}

impl Claims {
    /// The principal, once every claim about it is known to be right.
    pub(crate) fn principal(self) -> Result<Principal, TokenError> {
        let principal = Principal {
            role: role(&self.role)?,
            subject: self.sub,
            name: self.name,
            group: self.group,
            area: self.area,
        };
        check(&principal)?;
        Ok(principal)
    }
}

/// The same checks when a token is made and when it is read.
pub(crate) fn check(principal: &Principal) -> Result<(), TokenError> {
    line("sub", &principal.subject)?;
    line("name", &principal.name)?;
    slug("area", &principal.area)?;
    match (principal.role, &principal.group) {
        (Role::Group, Some(group)) => slug("group", group),
        (Role::Group, None) => Err(claim("group", "is missing; the role 'group' needs one")),
        (_, None) => Ok(()),
        (role, Some(_)) => Err(claim(
            "group",
            format!(
                "is given, but the role is '{}'; only the role 'group' has one",
                role.as_str()
            ),
        )),
    }
}

/// A time claim as an instant.
pub(crate) fn instant(name: &'static str, seconds: i64) -> Result<DateTime<Utc>, TokenError> {
    DateTime::from_timestamp(seconds, 0)
        .ok_or_else(|| claim(name, "is no time; seconds since 1970 are expected"))
}

fn role(text: &str) -> Result<Role, TokenError> {
    Role::ALL
        .into_iter()
        .find(|role| role.as_str() == text)
        .ok_or_else(|| {
            let known = Role::ALL.map(Role::as_str).join(", ");
            claim(
                "role",
                format!(
                    "is '{}'; one of {known} is expected",
                    crate::error::shortened(text)
                ),
            )
        })
}

fn line(name: &'static str, text: &str) -> Result<(), TokenError> {
    Line::new(text)
        .map(drop)
        .map_err(|problem| claim(name, problem.to_string()))
}

fn slug(name: &'static str, text: &str) -> Result<(), TokenError> {
    Slug::new(text)
        .map(drop)
        .map_err(|problem| claim(name, problem.to_string()))
}

fn claim(claim: &'static str, problem: impl Into<String>) -> TokenError {
    TokenError::Claim {
        claim,
        problem: problem.into(),
    }
}
