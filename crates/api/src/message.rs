//! Answers: from domain values and rows to messages; and what a read asks for: reading, filter,
//! order, pages.

mod area_reading;
mod changes;
mod events;
mod fields;
mod filter;
mod freshness;
mod page;
mod register;
mod returns;
mod row;
mod sealed;
mod sentence;
mod story;
mod token;

pub use crate::words::Word;
pub use area_reading::{Reading, as_of, reading};
pub use changes::change_word;
pub use events::{Happened, StoredDecision, decode_record};
pub use fields::{area, day, optional_day, optional_slug, reference, slug};
pub use filter::{action_filter, order};
pub use freshness::{freshness, timestamp};
pub use page::{DEFAULT_PAGE, List, MOST_IN_A_PAGE, page_size};
pub use register::register;
pub use returns::{return_cell, return_content};
pub use row::{Duties, View, action_row, into_action_row, into_viewed, view};
pub use sentence::{of_action, of_register, of_return, reason_of, said_by};
pub use story::{ReadRecord, due_explained, stub_story};
pub use token::{read_token, write_token};
