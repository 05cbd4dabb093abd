//! What an export says of itself.

use chrono::{DateTime, Utc};
use event_log::{Incarnation, Sequence};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::blocks::{Block, Summing};

/// The version of the form.
pub const FORMAT: &str = "matters-arising-export/1";

/// What an export says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// The area that was exported; `null`: the whole log. Positions of an area's export have gaps
    /// where other areas' messages stand.
    pub area: Option<String>,
    /// The identity of the log's creation.
    pub incarnation: Incarnation,
    /// The position of the first line, 0 when there is none.
    pub first_position: Sequence,
    /// The position of the last line, 0 when there is none.
    pub last_position: Sequence,
    /// How many lines.
    pub count: u64,
    /// SHA-256 of all lines, each with its line end, in hexadecimal.
    pub sha256: String,
    /// The same of every [`BLOCK`](super::BLOCK) lines. None in exports that were made before there
    /// were any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
    /// When the export was made.
    pub exported_at: DateTime<Utc>,
    /// The program and version that made it.
    pub program: String,
}

/// Counts and digests lines as they pass.
#[derive(Debug, Clone, Default)]
pub struct Sealer {
    hash: Sha256,
    first: Sequence,
    last: Sequence,
    count: u64,
    blocks: Summing,
}

impl Sealer {
    /// Before the first line.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a line, without its line end, and the position of its record.
    pub fn line(&mut self, line: &str, position: Sequence) {
        self.hash.update(line.as_bytes());
        self.hash.update(b"\n");
        if self.count == 0 {
            self.first = position;
        }
        self.last = position;
        self.count += 1;
        self.blocks.line(line, position);
    }

    /// The blocks that passed with all their lines.
    pub(crate) fn whole_blocks(&self) -> &[Block] {
        self.blocks.whole()
    }

    /// The manifest of the lines that passed.
    #[must_use]
    pub fn manifest(
        self,
        area: Option<String>,
        incarnation: Incarnation,
        exported_at: DateTime<Utc>,
    ) -> Manifest {
        let hash = self.hash.finalize();
        Manifest {
            format: FORMAT.to_owned(),
            area,
            incarnation,
            first_position: self.first,
            last_position: self.last,
            count: self.count,
            sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
            blocks: self.blocks.blocks(),
            exported_at,
            program: format!("matters {}", env!("CARGO_PKG_VERSION")),
        }
    }
}

impl Manifest {
    /// The manifest of other lines of the same log, as if it had been made with this one.
    pub(crate) fn beside(&self, sealer: Sealer) -> Self {
        sealer.manifest(
            self.area.clone(),
            self.incarnation.clone(),
            self.exported_at,
        )
    }

    /// The first way in which the lines of another manifest are not those of this one, in a
    /// sentence; the blocks aside.
    #[must_use]
    pub fn differs_from(&self, found: &Self) -> Option<String> {
        let said = |what: &str, here: &dyn std::fmt::Display, there: &dyn std::fmt::Display| {
            Some(format!(
                "the manifest says that {what} is {here}; in the lines it is {there}"
            ))
        };
        if self.count != found.count {
            return said("the number of lines", &self.count, &found.count);
        }
        if self.first_position != found.first_position {
            return said(
                "the first position",
                &self.first_position,
                &found.first_position,
            );
        }
        if self.last_position != found.last_position {
            return said(
                "the last position",
                &self.last_position,
                &found.last_position,
            );
        }
        (self.sha256 != found.sha256)
            .then(|| said("the SHA-256", &self.sha256, &found.sha256))
            .flatten()
    }
}
