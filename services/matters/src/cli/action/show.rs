//! `action show`.

use super::super::arguments::{AsOf, reference};
use super::super::session::Session;
use crate::failure::Failure;
use crate::output::{Format, json, rows};
use crate::reach::within;
use crate::words::said;
use api::v1;
use clap::Args;

/// Show one action with its whole story.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    #[command(flatten)]
    as_of: AsOf,
}

impl Show {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::GetActionRequest {
            reading: Some(session.reading(&self.as_of)),
            reference: self.reference.clone(),
        };
        let mut query = session.query().await?;
        let answer = query.get_action(within(request)).await?.into_inner();
        if session.out.is_json() {
            return session.out.json(&shown(&answer)?);
        }
        let row = answer.action.clone().unwrap_or_default();
        session.out.pairs(&pairs(&row, &answer.due_explained))?;
        if !row.parts.is_empty() {
            let parts: Vec<Vec<String>> = row.parts.iter().map(part).collect();
            blank(session)?;
            session.out.rows(&["part", "coverage", "asked"], &parts)?;
        }
        let story: Vec<Vec<String>> = answer.story.iter().map(told).collect();
        blank(session)?;
        session
            .out
            .rows(&["on", "what happened", "words", "by", "position"], &story)
    }
}

/// A line between the tables of one answer; none between tab-separated values.
fn blank(session: &Session) -> Result<(), Failure> {
    match session.out.format {
        Format::Table => crate::output::data(" "),
        _ => Ok(()),
    }
}

/// The action as in a list, with its story as in the contract.
fn shown(answer: &v1::GetActionResponse) -> Result<serde_json::Value, Failure> {
    let mut shown = rows::action_json(&answer.action.clone().unwrap_or_default());
    let whole = json::of("GetActionResponse", answer)?;
    for key in ["story", "due_explained", "freshness"] {
        shown[key] = whole[key].clone();
    }
    for key in ["responses", "restriction", "links"] {
        shown[key] = whole["action"][key].clone();
    }
    Ok(shown)
}

fn part(part: &v1::Part) -> Vec<String> {
    vec![
        part.part.clone(),
        said::<v1::Coverage>(part.coverage),
        part.text.clone(),
    ]
}

/// The words of a response, a correction or an update, and the papers that it cites: the sentence
/// says that there was one, and who wants to know what it said reads on.
fn words(entry: &v1::StoryEntry) -> String {
    const SAID: [&str; 4] = [
        "action.responded",
        "action.response-corrected",
        "action.updated",
        "return.",
    ];
    if !SAID.iter().any(|kind| entry.r#type.starts_with(kind)) {
        return String::new();
    }
    let event: serde_json::Value = serde_json::from_str(&entry.data_json).unwrap_or_default();
    let data = event.get("data").unwrap_or(&event);
    let text = |key: &str| data[key].as_str().map(str::to_owned);
    let recovery = text("recovery").map(|how| format!("To get back on track: {how}"));
    let cited = ["citations", "evidence"]
        .into_iter()
        .filter_map(|key| data[key].as_array());
    let papers = cited.flatten().filter_map(|paper| {
        let title = paper["title"].as_str()?;
        let paragraph = paper["paragraph"]
            .as_str()
            .map(|p| format!(", paragraph {p}"));
        Some(format!("Cites {title}{}.", paragraph.unwrap_or_default()))
    });
    let said = [text("text"), text("narrative"), recovery];
    said.into_iter()
        .flatten()
        .chain(papers)
        .collect::<Vec<_>>()
        .join(" ")
}

fn told(entry: &v1::StoryEntry) -> Vec<String> {
    vec![
        entry.on.clone(),
        entry.sentence.clone(),
        words(entry),
        format!("{} ({})", entry.by, entry.role),
        entry.position.to_string(),
    ]
}

/// Names and values, in the order in which they are asked for.
fn pairs(row: &v1::ActionRow, explained: &[String]) -> Vec<(&'static str, String)> {
    let named = |party: &Option<v1::Party>| rows::party(party.as_ref());
    let delegation = said::<v1::DelegationStatus>(row.delegation_status);
    let delegated = match (named(&row.delegated_to), delegation.as_str()) {
        (name, _) if name.is_empty() => String::new(),
        (name, "") => name,
        (name, answer) => format!("{name} ({answer})"),
    };
    let meeting = [row.meeting_on.as_str(), row.minute.as_str()];
    let restriction = row.restriction.as_ref().map_or_else(String::new, |why| {
        let ground = match why.ground.as_str() {
            "" => String::new(),
            ground => format!("{ground}, "),
        };
        let (review_on, told) = (&why.review_on, &why.explanation);
        format!("{ground}to be reviewed on {review_on}: {told}")
    });
    let links: Vec<String> = row
        .links
        .iter()
        .map(|link| format!("{} {}", said::<v1::LinkKind>(link.kind), link.reference))
        .collect();
    let mut pairs = vec![
        ("reference", row.reference.clone()),
        ("kind", said::<v1::Kind>(row.kind)),
        ("text", rows::text(row)),
        ("state", rows::state(row)),
        ("topic", row.topic.clone()),
        ("theme", row.theme.clone()),
        (
            "meeting",
            meeting
                .iter()
                .filter(|text| !text.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join(", "),
        ),
        ("raised", row.raised_on.clone()),
        ("raised by", named(&row.raised_by)),
        ("asked of", named(&row.asked_of)),
        ("delegated to", delegated),
        ("due", rows::due(row)),
        ("no date agreed", row.none_agreed.clone()),
        ("clock stands since", row.clock_paused_since.clone()),
        ("rag", said::<v1::Rag>(row.rag)),
        ("expected", row.expected_on.clone()),
        ("coverage", said::<v1::Coverage>(row.coverage)),
        ("answered", row.answered_on.clone()),
        ("closed", row.closed_on.clone()),
        ("remit", said::<v1::Remit>(row.remit)),
        ("restricted", restriction),
        ("links", links.join("; ")),
        ("children", row.children.join(", ")),
        ("cannot be read further", row.parked.clone()),
        ("last change", row.last_change_on.clone()),
        ("etag", row.etag.clone()),
    ];
    if row.first_due_on != row.due_on && !row.first_due_on.is_empty() {
        pairs.insert(12, ("first due", row.first_due_on.clone()));
    }
    if row.sensitivity() == v1::Sensitivity::Part || row.sensitivity() == v1::Sensitivity::Whole {
        let how_much = format!("in {}", said::<v1::Sensitivity>(row.sensitivity));
        pairs.push(("operationally sensitive", how_much));
    }
    pairs.extend(
        explained
            .iter()
            .map(|sentence| ("due, explained", sentence.clone())),
    );
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: &str, data: &str) -> v1::StoryEntry {
        v1::StoryEntry {
            r#type: kind.to_owned(),
            data_json: format!(r#"{{"type":"{kind}","data":{data}}}"#),
            ..v1::StoryEntry::default()
        }
    }

    #[test]
    fn what_was_said_can_be_read() {
        let answer =
            r#"{"text":"Six of them.","citations":[{"title":"Lamp report","paragraph":"7.2"}]}"#;
        assert_eq!(
            words(&entry("action.responded.v1", answer)),
            "Six of them. Cites Lamp report, paragraph 7.2."
        );
        let update = r#"{"narrative":"Two are late.","recovery":"More hands","evidence":[]}"#;
        assert_eq!(
            words(&entry("action.updated.v1", update)),
            "Two are late. To get back on track: More hands"
        );
        // What was asked stands above the story, and a stub tells nothing.
        assert_eq!(words(&entry("action.raised.v1", r#"{"text":"Why?"}"#)), "");
        assert_eq!(words(&v1::StoryEntry::default()), "");
    }
}
