//! What can happen to the register.

use crate::calendar::returns::ReturnDueRule;
use crate::reference::Series;
use crate::text::{Line, Slug, Text};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a body is to the partnership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// A Police and Crime Panel.
    Panel,
    /// A Police and Crime Commissioner's office.
    CommissionerOffice,
    /// A chief constable's force: the Panel may request of it, never require (Police Reform and
    /// Social Responsibility Act 2011, s.29(6)).
    Constabulary,
    /// A board that owns delivery groups or takes papers.
    Board,
    /// Any other partner: a council, a health body, a probation service.
    Partner,
}

/// What is known of a delivery group besides its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupDetails {
    /// Other names in use for it.
    pub aliases: Vec<Line>,
    /// The one or two bodies that lead or co-chair it, in words.
    pub lead_bodies: Vec<Line>,
    /// What it is there to achieve.
    pub objectives: Vec<Text>,
}

/// An entry in the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
#[allow(missing_docs, reason = "fields are named as in the domain page")]
pub enum RegisterEvent {
    /// A body came to be known.
    #[serde(rename = "register.body-registered.v1")]
    BodyRegistered {
        id: Slug,
        name: Line,
        kind: BodyKind,
    },
    /// A body changed its name (HMIC became HMICFRS).
    #[serde(rename = "register.body-renamed.v1")]
    BodyRenamed { id: Slug, name: Line },
    /// A body ceased to be.
    #[serde(rename = "register.body-ended.v1")]
    BodyEnded {
        id: Slug,
        succeeded_by: Option<Slug>,
    },
    /// A delivery group was set up under a board.
    #[serde(rename = "register.group-registered.v1")]
    GroupRegistered {
        id: Slug,
        name: Line,
        board: Slug,
        details: GroupDetails,
    },
    /// A delivery group changed its name.
    #[serde(rename = "register.group-renamed.v1")]
    GroupRenamed { id: Slug, name: Line },
    /// A delivery group's aliases, leads or objectives changed.
    #[serde(rename = "register.group-detailed.v1")]
    GroupDetailed { id: Slug, details: GroupDetails },
    /// A delivery group ended.
    #[serde(rename = "register.group-ended.v1")]
    GroupEnded {
        id: Slug,
        succeeded_by: Option<Slug>,
    },
    /// A series of references was opened.
    #[serde(rename = "register.series-opened.v1")]
    SeriesOpened { series: Series },
    /// A meeting was arranged.
    #[serde(rename = "register.meeting-arranged.v1")]
    MeetingArranged {
        id: Slug,
        body: Slug,
        held_on: NaiveDate,
        title: Option<Line>,
    },
    /// A board said when it wants returns, and from which quarter.
    #[serde(rename = "register.returns-scheduled.v1")]
    ReturnsScheduled { board: Slug, rule: ReturnDueRule },
}
