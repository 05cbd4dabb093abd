//! The words of the contract's enumerations, as they are typed, printed and written to JSON.

use api::v1;

/// An enumeration of the contract.
pub(crate) trait Word: Copy + TryFrom<i32> {
    /// What every name begins with: `KIND_`.
    const PREFIX: &'static str;
    /// The whole name.
    fn name(self) -> &'static str;
}

macro_rules! words {
    ($($name:ident $prefix:literal;)+) => { $(impl Word for v1::$name {
        const PREFIX: &'static str = $prefix;
        fn name(self) -> &'static str {
            self.as_str_name()
        }
    })+ };
}
words! {
    BodyKind "BODY_KIND_";
    Coverage "COVERAGE_";
    DelegationStatus "DELEGATION_STATUS_";
    Kind "KIND_";
    LinkKind "LINK_KIND_";
    Order "ORDER_";
    Outcome "OUTCOME_";
    Rag "RAG_";
    Remit "REMIT_";
    ResponseKind "RESPONSE_KIND_";
    ReturnStatus "RETURN_STATUS_";
    Sensitivity "SENSITIVITY_";
    Status "STATUS_";
    WorkingCalendar "WORKING_CALENDAR_";
}

/// The name of a value without its prefix, in lower case: `part_answered`; empty when unspecified.
pub(crate) fn plain(name: &str, prefix: &str) -> String {
    let word = name.strip_prefix(prefix).unwrap_or(name);
    if word == "UNSPECIFIED" {
        String::new()
    } else {
        word.to_ascii_lowercase()
    }
}

/// A value as it is stored in JSON: `part_answered`; empty when unspecified or unknown.
pub(crate) fn stored<W: Word>(value: i32) -> String {
    W::try_from(value)
        .ok()
        .map_or_else(String::new, |word| plain(word.name(), W::PREFIX))
}

/// A value as people read it: `part answered`.
pub(crate) fn said<W: Word>(value: i32) -> String {
    stored::<W>(value).replace('_', " ")
}

/// A typed word, with hyphens, underscores or spaces.
pub(crate) fn parse<W: Word>(text: &str) -> Result<W, String> {
    let wanted = text.trim().to_ascii_lowercase().replace(['-', ' '], "_");
    let all = || (1..64).filter_map(|value| W::try_from(value).ok());
    all()
        .find(|word| plain(word.name(), W::PREFIX) == wanted)
        .ok_or_else(|| {
            let words: Vec<String> = all()
                .map(|word| plain(word.name(), W::PREFIX).replace('_', "-"))
                .collect();
            format!("use one of {}", words.join(", "))
        })
}
