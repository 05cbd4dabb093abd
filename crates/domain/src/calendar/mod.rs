//! Dates as the people of a panel reckon them: quarters of the financial year, working days,
//! deadlines that explain themselves, when returns are due, and the clock of Europe/London.
//!
//! Nothing here reads a clock. A deadline is a civil date: due until the end of that day in
//! London, overdue from the day after.

pub mod agenda;
pub mod bank_holidays;
pub mod dates;
pub mod deadline;
pub mod explanation;
pub mod london;
pub mod quarter;
pub mod returns;
pub mod working_days;

pub use quarter::{Quarter, QuarterError};
