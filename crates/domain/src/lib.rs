//! The rules: actions, the register, quarterly returns, calendars, references, policy. Pure.
