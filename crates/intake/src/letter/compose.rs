//! Puts blocks together into topics and items: what is an item of its own, what belongs to the
//! answer of the item before, and what stands outside every item.

use super::LineRole;
use super::asked;
use super::blocks::{Block, BlockKind};
use super::lines::{self, MarkStyle};
use super::sentences;

/// A topic before its items are read.
#[derive(Debug, Default)]
pub(crate) struct TopicDraft {
    pub(crate) heading: String,
    pub(crate) items: Vec<ItemDraft>,
    heading_lines: Option<(usize, usize)>,
    introduction: Vec<Outside>,
    first_mark: Option<(usize, MarkStyle)>,
}

/// An item before its question is told from its answer.
#[derive(Debug)]
pub(crate) struct ItemDraft {
    pub(crate) head: String,
    pub(crate) pieces: Vec<Piece>,
    marked: bool,
    /// Whether every list entry so far is a fragment of a sentence.
    fragments_only: bool,
    lines: Vec<(usize, usize)>,
}

/// What follows the head of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    /// The mark, when it is an entry of a list.
    pub(crate) mark: Option<String>,
}

/// A paragraph that belongs to no item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outside {
    pub(crate) text: String,
    pub(crate) lines: (usize, usize),
    pub(crate) is_list_entry: bool,
}

/// The whole letter, put together.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) topics: Vec<TopicDraft>,
    pub(crate) outside: Vec<Outside>,
    pub(crate) roles: Vec<LineRole>,
}

/// Puts the blocks of a letter of `line_count` lines together.
pub(crate) fn compose(blocks: &[Block], line_count: usize) -> Draft {
    let mut composer = Composer {
        blocks,
        draft: Draft::default(),
        topic: TopicDraft::default(),
        furniture: Vec::new(),
        saluted: false,
        closing: false,
        item_open: false,
        greeting: false,
        numbered_heading: Vec::new(),
    };
    for at in 0..blocks.len() {
        composer.block(at);
    }
    composer.finish_topic();
    composer.assign_roles(line_count)
}

struct Composer<'a> {
    blocks: &'a [Block],
    draft: Draft,
    topic: TopicDraft,
    furniture: Vec<(usize, usize)>,
    saluted: bool,
    /// After "Yours sincerely", until the next heading.
    closing: bool,
    item_open: bool,
    /// Between "Dear …" and the next heading or signature.
    greeting: bool,
    /// Headings such as "Question 3" that wait for the question under them.
    numbered_heading: Vec<(usize, usize)>,
}

impl Composer<'_> {
    fn block(&mut self, at: usize) {
        let block = &self.blocks[at];
        match &block.kind {
            BlockKind::PageFurniture => self.furniture.push(block.lines),
            BlockKind::Heading if asks(&block.text) && self.next_is_paragraph(at) => {
                self.open_item(block, false);
            }
            BlockKind::Heading if self.item_open && is_answer_heading(&block.text) => {
                self.add_piece(block, None);
            }
            BlockKind::Heading => self.start_topic(block),
            BlockKind::Item {
                indent,
                mark,
                style,
            } => self.item(block, *indent, mark, *style),
            BlockKind::Paragraph => self.paragraph(at),
        }
    }

    fn start_topic(&mut self, block: &Block) {
        self.closing = false;
        self.greeting = false;
        if is_question_heading(&block.text) {
            self.item_open = false;
            self.numbered_heading.push(block.lines);
            return;
        }
        self.finish_topic();
        self.topic.heading = lines::without_emphasis(&block.text);
        self.topic.heading_lines = Some(block.lines);
    }

    /// A heading with no item under it is no topic: it and what follows it stand outside.
    fn finish_topic(&mut self) {
        self.item_open = false;
        // A numbered heading with nothing under it asked nothing.
        self.furniture.append(&mut self.numbered_heading);
        let topic = std::mem::take(&mut self.topic);
        if topic.items.is_empty() {
            if let Some(lines) = topic.heading_lines {
                self.draft.outside.push(Outside {
                    text: topic.heading,
                    lines,
                    is_list_entry: false,
                });
            }
            self.draft.outside.extend(topic.introduction);
        } else {
            self.draft.topics.push(topic);
        }
    }

    fn item(&mut self, block: &Block, indent: usize, mark: &str, style: MarkStyle) {
        if self.item_open && self.is_nested(block, indent, style) {
            self.add_piece(block, Some(mark.to_owned()));
            return;
        }
        let in_covering_letter =
            self.saluted && self.topic.heading_lines.is_none() && self.topic.items.is_empty();
        if self.closing || (in_covering_letter && !asked::has_lead(&block.text)) {
            self.outside(block, true);
            return;
        }
        self.topic.first_mark.get_or_insert((indent, style));
        self.open_item(block, true);
    }

    /// Whether a marked line is an entry of a list inside the open item, not an item of its own.
    fn is_nested(&self, block: &Block, indent: usize, style: MarkStyle) -> bool {
        let Some(item) = self.topic.items.last() else {
            return false;
        };
        let Some((base, top_style)) = self.topic.first_mark else {
            return false;
        };
        if indent >= base + 2 {
            return true;
        }
        let leads = asked::has_lead(&block.text);
        if style != top_style {
            let under_numbers = !matches!(top_style, MarkStyle::Bullet(_));
            return under_numbers || (!leads && item.may_list(&block.text, style));
        }
        !leads && item.goes_on_as_a_list(&block.text)
    }

    fn paragraph(&mut self, at: usize) {
        let block = &self.blocks[at];
        let text = block.text.as_str();
        if sentences::plain(text).starts_with("dear ") {
            self.saluted = true;
            self.greeting = true;
        }
        if !self.numbered_heading.is_empty() {
            self.open_item(block, false);
        } else if is_sign_off(text) {
            self.item_open = false;
            self.closing = true;
            self.greeting = false;
            self.outside(block, false);
        } else if self.is_title(at) {
            self.start_topic(block);
        } else if self.item_open && !self.starts_unmarked_item(at) {
            self.add_piece(block, None);
        } else if !self.closing && self.starts_unmarked_item(at) {
            self.open_item(block, false);
        } else {
            self.outside(block, false);
        }
    }

    /// A line that is a heading by its look alone: all bold, or short, plain and followed by items.
    fn is_title(&self, at: usize) -> bool {
        let block = &self.blocks[at];
        let text = block.text.trim();
        if block.lines.1 - block.lines.0 != 1 || is_covering_form(text) {
            return false;
        }
        if let Some(inner) = asked::all_bold(text) {
            let words = inner.split_whitespace().count();
            let sentence = inner.ends_with('.') && words > 8;
            let inside_answer = self.item_open && self.next_is_plain_paragraph(at);
            return !asks(inner)
                && !sentence
                && asked::answer_label(inner).is_none()
                && !inside_answer;
        }
        let words = text.split_whitespace().count();
        let short = words <= 10 && text.chars().count() <= 80;
        let colon = text.ends_with(':');
        let bare = !text.ends_with(['.', '?', '!', ';', ','])
            && !text.contains("://")
            && !text.contains('@');
        let capital = text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        short && bare && capital && self.next_starts_an_item(at, colon)
    }

    fn next_starts_an_item(&self, at: usize, must_lead: bool) -> bool {
        let Some(next) = self.next_block(at) else {
            return false;
        };
        match &next.kind {
            BlockKind::Item { indent, .. } => {
                let leads = asked::has_lead(&next.text);
                let deeper = *indent >= 2 && self.item_open;
                leads || (!must_lead && !deeper)
            }
            BlockKind::Paragraph => asks(&next.text) && !self.closing && self.topic_can_open(),
            _ => false,
        }
    }

    /// Plain questions without marks count only once the covering letter is over.
    fn topic_can_open(&self) -> bool {
        !self.topic.items.last().is_some_and(|item| item.marked)
    }

    fn next_block(&self, at: usize) -> Option<&Block> {
        self.blocks[at + 1..]
            .iter()
            .find(|block| block.kind != BlockKind::PageFurniture)
    }

    fn next_is_paragraph(&self, at: usize) -> bool {
        self.next_block(at)
            .is_some_and(|next| matches!(next.kind, BlockKind::Paragraph))
    }

    fn next_is_plain_paragraph(&self, at: usize) -> bool {
        self.next_is_paragraph(at)
            && self
                .next_block(at)
                .is_some_and(|next| !next.text.starts_with("**"))
    }

    /// A question that stands as a paragraph of its own, without a bullet or a number.
    fn starts_unmarked_item(&self, at: usize) -> bool {
        let text = self.blocks[at].text.as_str();
        if self.item_open && !self.topic_can_open() {
            return false;
        }
        if let Some((lead, _)) = asked::bold_lead(text) {
            let request = lead.ends_with('.') && asked::all_bold(text).is_some();
            return asks(lead) || request;
        }
        let labelled = self
            .next_block(at)
            .is_some_and(|next| asked::answer_label(&next.text).is_some());
        let under_heading = self.topic.heading_lines.is_some() && !self.greeting;
        let is_answer = asked::answer_label(text).is_some();
        let answered = self
            .topic
            .items
            .last()
            .is_none_or(ItemDraft::has_labelled_answer);
        let stated = labelled && (!self.item_open || answered) && !self.greeting;
        !is_answer && (stated || asks(text) && (labelled || under_heading))
    }

    fn open_item(&mut self, block: &Block, marked: bool) {
        let mut lines = std::mem::take(&mut self.numbered_heading);
        lines.push(block.lines);
        self.topic.items.push(ItemDraft {
            head: block.text.clone(),
            pieces: Vec::new(),
            marked,
            fragments_only: true,
            lines,
        });
        self.item_open = true;
    }

    fn add_piece(&mut self, block: &Block, mark: Option<String>) {
        let Some(item) = self.topic.items.last_mut() else {
            return;
        };
        item.lines.push(block.lines);
        item.add(&block.text, mark);
    }

    fn outside(&mut self, block: &Block, is_list_entry: bool) {
        let outside = Outside {
            text: block.text.clone(),
            lines: block.lines,
            is_list_entry,
        };
        if self.topic.heading_lines.is_some() || !self.topic.items.is_empty() {
            self.topic.introduction.push(outside);
        } else {
            self.draft.outside.push(outside);
        }
    }

    fn assign_roles(mut self, line_count: usize) -> Draft {
        let mut roles = vec![LineRole::Blank; line_count];
        for lines in &self.furniture {
            mark(&mut roles, *lines, LineRole::PageFurniture);
        }
        for (topic_at, topic) in self.draft.topics.iter_mut().enumerate() {
            if let Some(lines) = topic.heading_lines {
                mark(&mut roles, lines, LineRole::Heading { topic: topic_at });
            }
            self.draft.outside.append(&mut topic.introduction);
            for (item_at, item) in topic.items.iter().enumerate() {
                let role = LineRole::Item {
                    topic: topic_at,
                    item: item_at,
                };
                for lines in &item.lines {
                    mark(&mut roles, *lines, role);
                }
            }
        }
        self.draft.outside.sort_by_key(|outside| outside.lines);
        for outside in &self.draft.outside {
            mark(&mut roles, outside.lines, LineRole::Outside);
        }
        self.draft.roles = roles;
        self.draft
    }
}

fn mark(roles: &mut [LineRole], lines: (usize, usize), role: LineRole) {
    for slot in roles.iter_mut().take(lines.1).skip(lines.0) {
        *slot = role;
    }
}

impl ItemDraft {
    fn has_labelled_answer(&self) -> bool {
        let mut pieces = self.pieces.iter();
        pieces.any(|piece| piece.mark.is_none() && asked::answer_label(&piece.text).is_some())
    }

    fn add(&mut self, text: &str, mark: Option<String>) {
        let last = match self.pieces.last_mut() {
            Some(piece) => &mut piece.text,
            None => &mut self.head,
        };
        if mark.is_none() && was_split_by_a_page(last, text) {
            last.push(' ');
            last.push_str(text);
            return;
        }
        self.fragments_only &= mark.is_none() || is_fragment(text);
        self.pieces.push(Piece {
            text: text.to_owned(),
            mark,
        });
    }

    /// Whether an entry with a mark of another style than the items' may be one of a list in the
    /// answer: the list has begun, or what stands before it is no whole sentence. After a whole
    /// sentence it is a statement of its own.
    fn may_list(&self, text: &str, style: MarkStyle) -> bool {
        let before = self.pieces.last();
        let begun = before
            .and_then(|piece| piece.mark.as_deref())
            .is_some_and(|mark| lines::style_of(mark) == Some(style));
        let before = before.map_or(&self.head, |piece| &piece.text);
        begun || !ends_a_sentence(before) || self.goes_on_as_a_list(text)
    }

    /// A list that a page break cut in two goes on at the margin: its entries look like those
    /// before (fragments), or begin with a small letter.
    fn goes_on_as_a_list(&self, text: &str) -> bool {
        let small = text.starts_with(char::is_lowercase);
        let entry = small || is_fragment(text);
        match self.pieces.last() {
            Some(last) if last.mark.is_some() => {
                small || (is_fragment(text) && self.fragments_only)
            }
            Some(last) => entry && last.text.ends_with(':'),
            None => entry && self.head.ends_with(':'),
        }
    }
}

fn is_fragment(text: &str) -> bool {
    !text.ends_with(['.', '?', '!']) && text.split_whitespace().count() <= 14
}

fn ends_a_sentence(text: &str) -> bool {
    text.trim_end_matches(['*', '_', '"', '”', '’', ')', ' '])
        .ends_with(['.', '?', '!'])
}

fn was_split_by_a_page(before: &str, after: &str) -> bool {
    let last_word = before.rsplit(char::is_whitespace).next().unwrap_or("");
    after.starts_with(char::is_lowercase)
        && !after.starts_with("http")
        && !after.starts_with("www.")
        && !before.ends_with(['.', '?', '!', ':', ';', '*'])
        && !last_word.contains("://")
}

fn asks(text: &str) -> bool {
    sentences::is_question(text)
}

/// "Answer" or "Response" as a heading.
fn is_answer_heading(text: &str) -> bool {
    let words = sentences::key(text);
    matches!(words.as_str(), "answer" | "response" | "reply")
}

/// "Question 3" as a heading, which names no topic.
fn is_question_heading(text: &str) -> bool {
    let words = sentences::key(text);
    let rest = words
        .strip_prefix("question")
        .or_else(|| words.strip_prefix('q'));
    rest.is_some_and(|rest| {
        rest.len() <= 4 && rest.bytes().all(|b| b.is_ascii_digit() || b == b' ')
    })
}

fn is_sign_off(text: &str) -> bool {
    let plain = sentences::plain(text);
    let short = plain.split_whitespace().count() <= 12;
    short
        && [
            "yours sincerely",
            "yours faithfully",
            "yours truly",
            "kind regards",
            "best wishes",
        ]
        .iter()
        .any(|words| plain.starts_with(words))
}

fn is_covering_form(text: &str) -> bool {
    let plain = sentences::plain(text);
    ["dear ", "to:", "from:", "date:", "re:", "ref:", "cc:"]
        .iter()
        .any(|start| plain.starts_with(start))
        || crate::civil_date::parse(text).is_ok()
}
