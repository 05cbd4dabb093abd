//! How a command ends: exit codes, and failures as lines for a person.

use std::process::ExitCode;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// The exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: failed; of `diff`: there are differences.
    Failed,
    /// 2: the command cannot be meant so: a flag, a date, a field.
    Usage,
    /// 4: no token, or one that does not count.
    SignIn,
    /// 5: the token's role does not include it.
    NotPermitted,
    /// 6: somebody else changed it meanwhile, or the request id stands for something else.
    Conflict,
    /// 7: the record is not what it should be.
    Integrity,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::SignIn => 4,
            Exit::NotPermitted => 5,
            Exit::Conflict => 6,
            Exit::Integrity => 7,
        })
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What is said, in a sentence.
    pub message: String,
    /// Further lines: each field that is wrong, what to do.
    pub details: Vec<String>,
}

impl Failure {
    /// A failure with exit code 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self::with(Exit::Failed, message)
    }

    /// A command that cannot be meant so.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::with(Exit::Usage, message)
    }

    /// A failure with this exit code.
    pub fn with(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            details: Vec::new(),
        }
    }

    /// The same, with a further line.
    #[must_use]
    pub fn and(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    /// What a person reads, line by line.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let first = format!("error: {}", self.message);
        std::iter::once(first)
            .chain(self.details.iter().map(|line| format!("  {line}")))
            .collect()
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let exit = match status.code() {
            Code::InvalidArgument | Code::OutOfRange => Exit::Usage,
            Code::Unauthenticated => Exit::SignIn,
            Code::PermissionDenied => Exit::NotPermitted,
            Code::Aborted | Code::AlreadyExists => Exit::Conflict,
            Code::DataLoss => Exit::Integrity,
            _ => Exit::Failed,
        };
        let mut failure = Self::with(exit, status.message());
        let details = status.get_error_details();
        if let Some(bad) = details.bad_request() {
            match bad.field_violations.len() {
                0 => {}
                1 => "a field is not right".clone_into(&mut failure.message),
                count => failure.message = format!("{count} fields are not right"),
            }
            for violation in &bad.field_violations {
                let flag = flag_of(&violation.field);
                failure = failure.and(format!("{flag}: {}", violation.description));
            }
        }
        match status.code() {
            Code::Unauthenticated => failure
                .and("say who you are: --token-file FILE, or --tokens DIR with one file per role"),
            Code::Unavailable => failure
                .and("nothing may have been recorded; the same --request-id can be sent again"),
            _ => failure,
        }
    }
}

macro_rules! failed {
    ($($error:ty),+ $(,)?) => { $(impl From<$error> for Failure {
        fn from(error: $error) -> Self {
            Self::new(error.to_string())
        }
    })+ };
}
impl From<event_log::LogError> for Failure {
    fn from(error: event_log::LogError) -> Self {
        use event_log::LogError::{BeyondHead, Corrupt, Gap};
        let exit = match error {
            Corrupt { .. } | Gap { .. } | BeyondHead { .. } => Exit::Integrity,
            _ => Exit::Failed,
        };
        Self::with(exit, error.to_string())
    }
}
failed!(
    std::io::Error,
    identity::KeyError,
    projection::StoreError,
    tonic::transport::Error,
    serde_json::Error,
);

/// The flag with which a field of a request is given on the command line.
fn flag_of(field: &str) -> String {
    let field = ["write.", "reading.", "filter.", "rule."]
        .iter()
        .find_map(|outer| field.strip_prefix(outer))
        .unwrap_or(field);
    let (head, rest) = field.split_once('.').unwrap_or((field, ""));
    let head = head.split('[').next().unwrap_or(head);
    let flag = match (head, rest) {
        ("reference", _) => "REFERENCE",
        ("due", "working_days" | "working_days.days") => "--due-in",
        ("due", "working_days.calendar") => "--calendar",
        ("due", "before_agenda_of") => "--due-before-agenda-of",
        ("due", "none_agreed") => "--no-due-date",
        ("due", _) => "--due",
        ("due_on", _) => "--due",
        ("coverage", _) => "--coverage",
        ("citations", _) => "--cite",
        ("also_answers", _) => "--also",
        ("pieces", _) => "--piece",
        ("parts", _) => "--part",
        ("kept_reference", _) => "--reference",
        ("response_id", _) => "--response",
        ("ground", "") => "--paragraph, --operational, --personal or --legal",
        ("ground", "schedule_12a_paragraph") => "--paragraph",
        ("progress", "narrative") => "--text",
        ("as_of", "true_on") => "--as-of",
        ("as_of", _) => "--known-at",
        ("kinds", _) => "--kind",
        ("statuses", _) => "--state",
        ("rags", _) => "--rag",
        ("coverages", _) => "--coverage",
        ("from_quarter", _) => "--from",
        ("to_quarter", _) => "--to",
        ("progress" | "details" | "content", rest) if !rest.is_empty() => {
            return format!("--{}", rest.replace('_', "-"));
        }
        (head, _) => return format!("--{}", head.replace('_', "-")),
    };
    flag.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_by_their_flags() {
        for (field, flag) in [
            ("write.on", "--on"),
            ("write.request_id", "--request-id"),
            ("asked_of", "--asked-of"),
            ("due.on_date", "--due"),
            ("parts[1]", "--part"),
            ("progress.expected_on", "--expected-on"),
            ("reading.area", "--area"),
            ("reading.as_of.true_on", "--as-of"),
            ("filter.due_to", "--due-to"),
            ("filter.kinds[2]", "--kind"),
            ("rule.days_after", "--days-after"),
            ("to_quarter", "--to"),
        ] {
            assert_eq!(flag_of(field), flag);
        }
    }
}
