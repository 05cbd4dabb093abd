//! Fields that reads share, read into checked values; what is wrong is added to the violations.

use chrono::NaiveDate;
use domain::calendar::dates;
use domain::reference::Reference;
use domain::text::Slug;

use crate::failure::Violations;

/// The force area.
pub fn area(field: &str, text: &str, violations: &mut Violations) -> Option<Slug> {
    if text.is_empty() {
        violations.add(
            field,
            "is missing; name the force area, such as cambridgeshire-peterborough",
        );
        return None;
    }
    slug(field, text, violations)
}

/// An identifier.
pub fn slug(field: &str, text: &str, violations: &mut Violations) -> Option<Slug> {
    Slug::new(text)
        .map_err(|problem| violations.add(field, problem))
        .ok()
}

/// An identifier, when one is given.
pub fn optional_slug(field: &str, text: &str, violations: &mut Violations) -> Option<Slug> {
    (!text.is_empty())
        .then(|| slug(field, text, violations))
        .flatten()
}

/// A day.
pub fn day(field: &str, text: &str, violations: &mut Violations) -> Option<NaiveDate> {
    dates::parse(text)
        .map_err(|problem| violations.add(field, format!("is wrong: {problem}")))
        .ok()
}

/// A day, when one is given.
pub fn optional_day(field: &str, text: &str, violations: &mut Violations) -> Option<NaiveDate> {
    (!text.is_empty())
        .then(|| day(field, text, violations))
        .flatten()
}

/// The reference of an action.
pub fn reference(field: &str, text: &str, violations: &mut Violations) -> Option<Reference> {
    Reference::new(text)
        .map_err(|problem| violations.add(field, problem))
        .ok()
}
