//! What a message does to the action, the return or the register that it is about.

/// What a message does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Effect {
    /// To its life.
    pub life: Life,
    /// Besides.
    pub mark: Option<Mark>,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Life {
    /// An action is there from now on.
    Raise,
    /// It stays open.
    Keep,
    /// It stays as it is, open or not.
    Note,
    /// It is closed, withdrawn or split; a return is sent.
    Close,
    /// It is open again.
    Reopen,
    /// A return is drafted: it may or may not have been there.
    Draft,
    /// A return is sent: it may or may not have been there.
    Send,
    /// A return that was sent is corrected.
    Amend,
    /// An entry of the register, at any time.
    Enter,
}

/// What else changes, of that on which refusals depend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Taken out of public view.
    Restricted,
    /// Put back.
    Lifted,
    /// The clock stands.
    Paused,
    /// The clock runs again.
    Resumed,
    /// Given to somebody, or to the same by another day.
    Delegated,
    /// Taken on.
    Accepted,
    /// Not taken on.
    Declined,
    /// Given from one to another.
    Transferred,
}

/// Whether somebody was asked to take it on, and what they said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Held {
    /// Nobody was asked.
    #[default]
    Nobody,
    /// Somebody was.
    Offered,
    /// They took it on.
    Accepted,
    /// They did not.
    Declined,
}

impl Effect {
    /// Raises it.
    pub const RAISE: Self = Self::only(Life::Raise);
    /// Keeps it open.
    pub const KEEP: Self = Self::only(Life::Keep);
    /// Closes it.
    pub const CLOSE: Self = Self::only(Life::Close);
    /// Opens it again.
    pub const REOPEN: Self = Self::only(Life::Reopen);

    const fn only(life: Life) -> Self {
        Self { life, mark: None }
    }

    /// Of the events of one message, by their stored types.
    #[must_use]
    pub fn of(events: &[String]) -> Self {
        Self {
            life: life(events),
            mark: events.iter().find_map(|event| mark(event)),
        }
    }
}

fn life(events: &[String]) -> Life {
    let has = |name: &str| events.iter().any(|event| event == name);
    let all = |names: &[&str]| events.iter().all(|event| names.contains(&event.as_str()));
    if has("action.raised.v1") {
        Life::Raise
    } else if has("action.closed.v1") || has("action.withdrawn.v1") {
        Life::Close
    } else if has("action.reopened.v1") {
        Life::Reopen
    } else if has("return.drafted.v1") {
        Life::Draft
    } else if has("return.submitted.v1") {
        Life::Send
    } else if has("return.corrected.v1") {
        Life::Amend
    } else if events.iter().all(|event| event.starts_with("register.")) {
        Life::Enter
    } else if all(&[
        "action.response-corrected.v1",
        "action.restricted.v1",
        "action.restriction-lifted.v1",
        "action.linked.v1",
        "action.undertaking-given.v1",
    ]) {
        Life::Note
    } else {
        Life::Keep
    }
}

fn mark(event: &str) -> Option<Mark> {
    Some(match event {
        "action.restricted.v1" => Mark::Restricted,
        "action.restriction-lifted.v1" => Mark::Lifted,
        "action.clock-paused.v1" => Mark::Paused,
        "action.clock-resumed.v1" => Mark::Resumed,
        "action.delegated.v1" => Mark::Delegated,
        "action.delegation-accepted.v1" => Mark::Accepted,
        "action.delegation-declined.v1" => Mark::Declined,
        "action.transferred.v1" => Mark::Transferred,
        _ => return None,
    })
}
