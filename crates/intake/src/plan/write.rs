//! Writes a plan as TOML that a person can read and edit.

use std::fmt::Write as _;

use serde::Serialize;

use super::{LetterPlan, PlanItem};

const HOW_TO_EDIT: &str = "\
# What was found in the letter, to check and correct before anything is raised.
#
#   raise        true: becomes an action; false: left out. Statements start as false.
#   kind         question, action, recommendation, information-request or undertaking.
#   due_on       a day such as \"2018-10-10\"; or else no_due_reason says why there is none.
#   remit        undecided, commissioner, operational, partner-body or out-of-remit.
#   sensitivity  none, partial or full (operationally sensitive: another mark than the remit).
#   answer       the answer as written; \"\" leaves the action open.
#   coverage     of each part: answered, answered-in-part, signposted, withheld, not-addressed or pending.
#   repeats      the number, from 1, of an earlier part of the same item that asks the same.
#
# Each [[item]] is one action. To split one, copy it, give the copy an id of its own (\"3b\"), and share out its
# [[item.part]] blocks. The ids name what was applied: leave them, and the file can be edited and applied again.
# To drop a part, a citation or an undertaking, delete its block. Lines that begin with # are comments.
";

impl LetterPlan {
    /// The plan as a file to edit. Reading it back gives the same plan exactly.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = String::from(HOW_TO_EDIT);
        out.push('\n');
        field(&mut out, "id", &quoted(&self.id));
        field(
            &mut out,
            "meeting_on",
            &quoted(&self.meeting_on.to_string()),
        );
        field(
            &mut out,
            "answered_on",
            &quoted(&self.answered_on.to_string()),
        );
        field(&mut out, "asked_of", &quoted(&self.asked_of));
        for (at, item) in self.items.iter().enumerate() {
            let _ = writeln!(out, "\n# ---- {} ----", at + 1);
            write_item(&mut out, item);
        }
        out
    }
}

fn write_item(out: &mut String, item: &PlanItem) {
    out.push_str("[[item]]\n");
    field(out, "id", &quoted(&item.id));
    field(out, "raise", if item.raise { "true" } else { "false" });
    field(out, "kind", &word(&item.kind));
    field(out, "topic", &quoted(&item.topic));
    if let Some(due) = item.due_on {
        field(out, "due_on", &quoted(&due.to_string()));
    }
    if let Some(reason) = &item.no_due_reason {
        field(out, "no_due_reason", &quoted(reason));
    }
    field(out, "remit", &word(&item.remit));
    field(out, "sensitivity", &word(&item.sensitivity));
    field(out, "answer", &long(&item.answer));
    let links: Vec<String> = item
        .links
        .iter()
        .map(|link| format!("  {},\n", quoted(link)))
        .collect();
    let links = if links.is_empty() {
        "[]".to_owned()
    } else {
        format!("[\n{}]", links.concat())
    };
    field(out, "links", &links);
    for part in &item.parts {
        out.push_str("\n[[item.part]]\n");
        field(out, "text", &long(&part.text));
        field(out, "kind", &word(&part.kind));
        if let Some(earlier) = part.repeats {
            field(out, "repeats", &earlier.to_string());
        }
        field(out, "coverage", &word(&part.coverage));
    }
    for citation in &item.citations {
        out.push_str("\n[[item.citation]]\n");
        field(out, "document", &quoted(&citation.document));
        if let Some(paragraph) = &citation.paragraph {
            field(out, "paragraph", &quoted(paragraph));
        }
        if let Some(date) = citation.date {
            field(out, "date", &quoted(&date.to_string()));
        }
    }
    for undertaking in &item.undertakings {
        out.push_str("\n[[item.undertaking]]\n");
        field(out, "id", &quoted(&undertaking.id));
        field(
            out,
            "raise",
            if undertaking.raise { "true" } else { "false" },
        );
        field(out, "text", &long(&undertaking.text));
    }
}

fn field(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "{name} = {value}");
}

/// The stored word of an enumerated value, in quotation marks.
fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A one-line string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    escape(text, false, &mut out);
    out.push('"');
    out
}

/// A string over several lines when it has any, so that it can be edited as text.
fn long(text: &str) -> String {
    if !text.contains('\n') {
        return quoted(text);
    }
    let plain = !text.contains("'''")
        && !text.ends_with('\'')
        && !text.chars().any(|c| c.is_control() && c != '\n');
    if plain {
        return format!("'''\n{text}'''");
    }
    let mut out = String::from("\"\"\"\n");
    escape(text, true, &mut out);
    out.push_str("\"\"\"");
    out
}

fn escape(text: &str, keep_lines: bool, out: &mut String) {
    for c in text.chars() {
        match c {
            '\n' if keep_lines => out.push('\n'),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}
