//! Which actions, and in which order.

use domain::text::Line;
use projection::{Filter, Sort, SortBy};

use super::fields::{optional_day, optional_slug};
use crate::failure::Violations;
use crate::v1;
use crate::words::Word;

/// Reads a filter; what is wrong is added to the violations. Nothing given selects everything.
pub fn action_filter(given: Option<&v1::ActionFilter>, violations: &mut Violations) -> Filter {
    let Some(given) = given else {
        return Filter::default();
    };
    let filter = Filter {
        kinds: all_of("filter.kinds", &given.kinds, violations),
        asked_of: optional_slug("filter.asked_of", &given.asked_of, violations),
        raised_by: optional_slug("filter.raised_by", &given.raised_by, violations),
        delegated_to: optional_slug("filter.delegated_to", &given.delegated_to, violations),
        topic: line("filter.topic", &given.topic, violations),
        theme: line("filter.theme", &given.theme, violations),
        meeting: optional_slug("filter.meeting", &given.meeting, violations),
        statuses: all_of("filter.statuses", &given.statuses, violations),
        open: given.open,
        rags: all_of("filter.rags", &given.rags, violations),
        overdue: given.overdue,
        due_from: optional_day("filter.due_from", &given.due_from, violations),
        due_to: optional_day("filter.due_to", &given.due_to, violations),
        restricted: given.restricted,
        coverages: all_of("filter.coverages", &given.coverages, violations),
        text: line("filter.text", &given.text, violations),
    };
    if let (Some(from), Some(to)) = (filter.due_from, filter.due_to)
        && to < from
    {
        violations.add(
            "filter.due_to",
            format!("is {to}, before filter.due_from, {from}; swap them"),
        );
    }
    filter
}

/// Reads the order of a list: by due date unless another is asked for.
pub fn order(given: i32, violations: &mut Violations) -> Sort {
    let (by, descending) = match v1::Order::try_from(given) {
        Ok(v1::Order::Unspecified | v1::Order::Due) => (SortBy::Due, false),
        Ok(v1::Order::DueDesc) => (SortBy::Due, true),
        Ok(v1::Order::Reference) => (SortBy::Reference, false),
        Ok(v1::Order::ReferenceDesc) => (SortBy::Reference, true),
        Ok(v1::Order::LastChange) => (SortBy::LastChange, false),
        Ok(v1::Order::LastChangeDesc) => (SortBy::LastChange, true),
        Err(_) => {
            violations.add(
                "order",
                format!(
                    "is {given}; 1 to 6 are ORDER_DUE, ORDER_DUE_DESC, ORDER_REFERENCE, \
                     ORDER_REFERENCE_DESC, ORDER_LAST_CHANGE and ORDER_LAST_CHANGE_DESC"
                ),
            );
            (SortBy::Due, false)
        }
    };
    Sort { by, descending }
}

fn line(field: &str, text: &str, violations: &mut Violations) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    Line::new(text)
        .map(|line| line.to_string())
        .map_err(|problem| violations.add(field, problem))
        .ok()
}

/// Each word once, in the order they were given.
fn all_of<W: Word + PartialEq>(
    field: &str,
    numbers: &[i32],
    violations: &mut Violations,
) -> Vec<W> {
    let mut words = Vec::new();
    for (index, number) in numbers.iter().enumerate() {
        match W::from_number(*number) {
            Some(word) if words.contains(&word) => {}
            Some(word) => words.push(word),
            None => violations.add(
                format!("{field}[{index}]"),
                format!("is {number}; known are {}", W::known()),
            ),
        }
    }
    words
}
