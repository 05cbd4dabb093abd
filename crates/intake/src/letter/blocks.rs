//! Groups the lines of a letter into headings, items and paragraphs, without yet saying what
//! belongs to what.

use super::lines::{self, Line, MarkStyle};

/// A run of lines that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    pub(crate) text: String,
    /// Zero-based numbers of the first line and of the line after the last.
    pub(crate) lines: (usize, usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BlockKind {
    Heading,
    Item {
        indent: usize,
        mark: String,
        style: MarkStyle,
    },
    Paragraph,
    PageFurniture,
}

/// Reads the blocks of a cleaned letter.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut gather = Gather::default();
    for (number, raw) in text.split('\n').enumerate() {
        gather.line(number, raw, lines::classify(raw));
    }
    gather.done
}

#[derive(Default)]
struct Gather {
    done: Vec<Block>,
    /// Whether the next plain line goes on with the last block.
    open: bool,
    /// Whether the last line asked for a line break (two spaces at its end, or a bare address line).
    hard_break: bool,
}

impl Gather {
    fn line(&mut self, number: usize, raw: &str, line: Line) {
        let lines = (number, number + 1);
        match line {
            Line::Blank => self.open = false,
            Line::PageFurniture => {
                self.push(BlockKind::PageFurniture, raw.trim().to_owned(), lines);
                self.open = false;
            }
            Line::Heading(text) => {
                self.push(BlockKind::Heading, text, lines);
                self.open = false;
            }
            Line::Underline => self.underline(raw, lines),
            Line::Item(item) => {
                let kind = BlockKind::Item {
                    indent: item.indent,
                    mark: item.mark,
                    style: item.style,
                };
                self.push(kind, item.text, lines);
                self.open = true;
            }
            Line::Plain { indent, text } => self.plain(indent, text, lines),
        }
        self.hard_break = raw.ends_with("  ") || raw.trim_end().ends_with('\\');
    }

    fn push(&mut self, kind: BlockKind, text: String, lines: (usize, usize)) {
        self.done.push(Block { kind, text, lines });
    }

    /// An underline makes a heading of one short line above it; anywhere else it is a rule.
    fn underline(&mut self, raw: &str, lines: (usize, usize)) {
        let open = std::mem::take(&mut self.open);
        if let Some(last) = self.done.last_mut() {
            let one_line = last.lines.1 - last.lines.0 == 1 && last.lines.1 == lines.0;
            if open && one_line && matches!(last.kind, BlockKind::Paragraph) {
                last.kind = BlockKind::Heading;
                last.text = lines::without_emphasis(&last.text);
                last.lines.1 = lines.1;
                return;
            }
        }
        self.push(BlockKind::PageFurniture, raw.trim().to_owned(), lines);
    }

    fn plain(&mut self, indent: usize, text: String, lines: (usize, usize)) {
        let starts_anew = super::asked::answer_label(&text).is_some() || text.starts_with("**");
        let goes_on = self.open && !starts_anew && !self.after_short_entry(indent, &text);
        if let Some(last) = self.done.last_mut().filter(|_| goes_on) {
            let row_of_table = text.starts_with('|');
            last.text.push(if self.hard_break || row_of_table {
                '\n'
            } else {
                ' '
            });
            last.text.push_str(&text);
            last.lines.1 = lines.1;
        } else {
            self.push(BlockKind::Paragraph, text, lines);
        }
        self.open = true;
    }

    /// A line at the margin that begins with a capital does not go on with a list entry that
    /// stopped well before the edge of the page: nobody would have broken the entry there.
    fn after_short_entry(&self, indent: usize, text: &str) -> bool {
        const SHORT: usize = 50;
        self.done.last().is_some_and(|last| {
            matches!(last.kind, BlockKind::Item { .. })
                && indent == 0
                && text.starts_with(char::is_uppercase)
                && last.text.chars().count() < SHORT
        })
    }
}
