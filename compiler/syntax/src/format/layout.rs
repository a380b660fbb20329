//! The tree printed line by line, with the comments between.

use crate::format::WIDTH;
use crate::format::comments::{Comments, Note};
use crate::format::scalar;
use crate::yaml::{Comment, Document, Entry, Kind, Node, Scalar, Style};

/// The document in its layout; ends with a line break unless it is empty.
pub fn print(text: &str, document: &Document) -> String {
    let root_start = document.root.as_ref().map_or(text.len(), |root| root.span.start as usize);
    let comments = Comments::new(text, &document.comments, root_start);
    let mut printer = Printer { text, written: &document.comments, comments, out: String::new() };
    match &document.root {
        Some(root @ Node { kind: Kind::Map(entries), .. }) if !entries.is_empty() => {
            printer.entries(entries, margin(root), Context::Top);
            printer.close(root, None);
        }
        Some(root) => printer.lone(root),
        None => {}
    }
    printer.leading(usize::MAX, 0, false);
    printer.out
}

/// What would end the document at the beginning of a line (`---`, `...`) is set in.
fn margin(root: &Node) -> usize {
    let is_marker = |scalar: &Scalar| {
        let rest = scalar.text.strip_prefix("---").or_else(|| scalar.text.strip_prefix("..."));
        scalar.style == Style::Plain
            && rest.is_some_and(|rest| !rest.starts_with(|c: char| !c.is_whitespace()))
    };
    let is_any = match &root.kind {
        Kind::Scalar(scalar) => is_marker(scalar),
        Kind::Map(entries) => entries.iter().any(|entry| is_marker(&entry.key)),
        _ => false,
    };
    if is_any { 2 } else { 0 }
}

/// What the scalars here are: expressions only where conditions are read.
#[derive(Clone, Copy, PartialEq)]
enum Context {
    Top,
    Setups,
    Actions,
    /// Of the list form of `actions:`.
    Block,
    Risk,
    Condition,
    Other,
}

impl Context {
    fn below(self, key: &str) -> Context {
        match (self, key) {
            (Context::Top, "setups") => Context::Setups,
            // of a Play, of a block
            (Context::Top, "filters" | "logic") => Context::Condition,
            (Context::Top, "actions") => Context::Actions,
            (Context::Top, "risk" | "risk_model") => Context::Risk,
            // the words that a block's parameters take
            (Context::Condition | Context::Risk, "with") => Context::Other,
            (Context::Risk, "level" | "level_long" | "level_short") => Context::Condition,
            (Context::Risk, _) => Context::Risk,
            (Context::Setups | Context::Actions, _) | (Context::Block, "when") => Context::Condition,
            (Context::Block, "cases") => Context::Block,
            // its items are words
            (Context::Condition, "in") => Context::Other,
            (Context::Condition, _) => Context::Condition,
            _ => Context::Other,
        }
    }

    fn of_item(self, list: &[Node], at: usize) -> Context {
        match self {
            Context::Actions => Context::Block,
            Context::Condition if at == 2 && is_word(list.get(1), "in") => Context::Other,
            other => other,
        }
    }

    /// Of the values in a map.
    fn of_entry(self, entries: &[Entry], key: &str) -> Context {
        let is_in = || entries.iter().any(|e| e.key.text == "op" && is_word(Some(&e.value), "in"));
        match (self, key) {
            (Context::Condition, "rhs") if is_in() => Context::Other,
            _ => self.below(key),
        }
    }
}

fn is_word(node: Option<&Node>, word: &str) -> bool {
    node.and_then(Node::scalar).is_some_and(|s| s.text.trim() == word)
}

struct Printer<'t> {
    text: &'t str,
    /// All of them.
    written: &'t [Comment],
    /// Those that are still to be printed.
    comments: Comments<'t>,
    out: String,
}

impl Printer<'_> {
    fn entries(&mut self, entries: &[Entry], indent: usize, context: Context) {
        let mut was_long = false;
        for (at, entry) in entries.iter().enumerate() {
            let gap = self.out.len();
            self.leading(entry.key.span.start as usize, indent, at == 0);
            let start = self.out.len();
            self.begin(indent);
            let key = scalar::inline(self.text, &entry.key, false);
            self.out.push_str(&key.unwrap_or_else(|| entry.key.text.clone()));
            self.out.push(':');
            let context_below = context.of_entry(entries, &entry.key.text);
            self.value(entry, indent, context_below);
            if context == Context::Top {
                let is_long = self.out[start..].trim_end().contains('\n');
                if at > 0 && (is_long || was_long) && !is_apart(&self.out, gap) {
                    self.out.insert(gap, '\n');
                }
                was_long = is_long;
            }
        }
    }

    fn items(&mut self, items: &[Node], indent: usize, context: Context) {
        for (at, item) in items.iter().enumerate() {
            self.leading(first_leaf(item), indent, at == 0);
            self.begin(indent);
            let context = context.of_item(items, at);
            self.out.push('-');
            if item.kind == Kind::Null && item.span.start == item.span.end {
                self.end_line(item.span.end as usize);
                continue;
            }
            self.out.push(' ');
            if self.is_opened(item, context) {
                self.opened(item, indent + 2, context, None);
            } else {
                self.short(item, indent, context);
            }
        }
    }

    /// What follows `key:`, to the end of its last line.
    fn value(&mut self, entry: &Entry, indent: usize, context: Context) {
        let node = &entry.value;
        if node.kind == Kind::Null && node.span == entry.key.span {
            self.end_line(entry.key.span.end as usize);
            return;
        }
        let start = node.span.start as usize;
        let is_block_text = node.scalar().is_some_and(|s| s.style == Style::Block);
        let beside = if is_block_text { None } else { self.comments.beside(entry.key.span.end as usize) };
        if let Some(note) = beside {
            self.beside(note);
        }
        // the bracket's own space would be left behind
        let is_opened = {
            self.out.push(' ');
            let is_opened = self.is_opened(node, context);
            self.out.pop();
            is_opened
        };
        if is_opened {
            self.out.push('\n');
            let column = column(self.text, entry.key.span.start as usize);
            self.opened(node, indent + 2, context, Some(column));
            return;
        }
        let is_below = beside.is_some() || self.comments.peek().is_some_and(|c| c.start < start);
        if is_below && !is_block_text {
            self.out.push('\n');
            self.leading(start, indent + 2, true);
            self.begin(indent + 2);
        } else {
            self.out.push(' ');
        }
        self.short(node, indent, context);
    }

    /// A collection as a block, and the comments at its end.
    fn opened(&mut self, node: &Node, indent: usize, context: Context, parent_column: Option<usize>) {
        match &node.kind {
            Kind::Map(entries) => self.entries(entries, indent, context),
            Kind::List(items) => self.items(items, indent, context),
            Kind::Null | Kind::Scalar(_) | Kind::Error => {}
        }
        let column = parent_column.unwrap_or_else(|| first_column(self.text, node).saturating_sub(1));
        self.close_at(node, Some(column), indent);
    }

    /// A scalar, or a collection on one line.
    fn short(&mut self, node: &Node, indent: usize, context: Context) {
        let end = node.span.end as usize;
        match &node.kind {
            Kind::Scalar(scalar) if scalar.style == Style::Block => return self.block_text(scalar, indent),
            Kind::Scalar(scalar) => match scalar::inline(self.text, scalar, context == Context::Condition) {
                Some(written) => self.out.push_str(&written),
                None => {
                    for (at, line) in scalar::folded_lines(self.text, scalar).iter().enumerate() {
                        if at > 0 {
                            self.out.push('\n');
                            self.out.push_str(&" ".repeat(if line.is_empty() { 0 } else { indent + 2 }));
                        }
                        self.out.push_str(line);
                    }
                }
            },
            _ => self.out.push_str(&self.flat(node, context).unwrap_or_default()),
        }
        self.end_line(end);
    }

    fn block_text(&mut self, scalar: &Scalar, indent: usize) {
        let Some(sign) = scalar::sign(self.text, scalar, self.written) else { return };
        let head = scalar::head(self.text, sign);
        let ours = scalar::chomped(head, scalar);
        self.out.push_str(&ours);
        self.end_line(sign + head.len());
        for line in scalar::block_lines(self.text, scalar, &ours) {
            if !line.trim().is_empty() || !line.is_empty() && head.starts_with('|') {
                self.out.push_str(&" ".repeat(indent + 2));
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
    }

    /// A document that is no map.
    fn lone(&mut self, root: &Node) {
        self.leading(root.span.start as usize, 0, true);
        let indent = margin(root);
        if self.is_opened(root, Context::Other) {
            self.opened(root, indent, Context::Other, None);
        } else {
            self.begin(indent);
            self.short(root, indent, Context::Other);
        }
    }

    /// Whether a collection is written as a block: it is one, holds comments, or is too long for one line.
    fn is_opened(&self, node: &Node, context: Context) -> bool {
        let is_empty = match &node.kind {
            Kind::Map(entries) => entries.is_empty(),
            Kind::List(items) => items.is_empty(),
            Kind::Null | Kind::Scalar(_) | Kind::Error => return false,
        };
        if is_block(node) {
            return true;
        }
        let (start, end) = (node.span.start as usize, node.span.end as usize);
        let has_comment = self.comments.peek().is_some_and(|c| start < c.start && c.start < end);
        let used = self.out.rsplit('\n').next().map_or(0, |line| line.chars().count());
        let is_long = || self.flat(node, context).is_none_or(|flat| used + flat.chars().count() > WIDTH);
        !is_empty && (has_comment || is_long())
    }

    /// On one line, where that can be.
    fn flat(&self, node: &Node, context: Context) -> Option<String> {
        match &node.kind {
            Kind::Null if node.span.start == node.span.end => Some("null".into()),
            Kind::Null | Kind::Error => self.text.get(node.span.range()).map(str::to_owned),
            Kind::Scalar(scalar) => scalar::inline(self.text, scalar, context == Context::Condition),
            Kind::List(items) => {
                let flat = |(at, item)| self.flat(item, context.of_item(items, at));
                let parts: Option<Vec<String>> = items.iter().enumerate().map(flat).collect();
                Some(format!("[{}]", parts?.join(", ")))
            }
            Kind::Map(entries) => {
                let flat = |entry: &Entry| {
                    let key = scalar::inline(self.text, &entry.key, false)?;
                    if entry.value.kind == Kind::Null && entry.value.span == entry.key.span {
                        return Some(format!("{key}: null"));
                    }
                    let context = context.of_entry(entries, &entry.key.text);
                    Some(format!("{key}: {}", self.flat(&entry.value, context)?))
                };
                let parts: Option<Vec<String>> = entries.iter().map(flat).collect();
                Some(format!("{{{}}}", parts?.join(", ")))
            }
        }
    }

    /// The comments before what begins at `at`, each on its own line, and one blank line where there was one.
    fn leading(&mut self, at: usize, indent: usize, mut is_first: bool) {
        while let Some(note) = self.comments.before(at) {
            self.own_line(note, indent, is_first);
            is_first = false;
        }
        if !is_first && at < self.text.len() && is_after_blank(self.text, at) {
            self.blank();
        }
    }

    fn own_line(&mut self, note: Note, indent: usize, is_first: bool) {
        if !is_first && is_after_blank(self.text, note.start) {
            self.blank();
        }
        self.begin(indent);
        self.out.push_str(note.text);
        self.out.push('\n');
    }

    /// The comments at the end of a block: deeper than what it stands in.
    fn close(&mut self, node: &Node, parent_column: Option<usize>) {
        self.close_at(node, parent_column, 0);
    }

    fn close_at(&mut self, node: &Node, parent_column: Option<usize>, indent: usize) {
        let end = node.span.end as usize;
        let mut read_to = end.max(self.comments.printed_to());
        let text = self.text;
        let is_flow = !is_block(node);
        while let Some(note) = self.comments.next_if(|note| {
            let between = text.get(read_to..note.start);
            let is_next =
                between.is_some_and(|b| b.chars().all(|c| c.is_whitespace() || matches!(c, ':' | '-')));
            let is_deeper = parent_column.is_none_or(|parent| column(text, note.start) > parent);
            if is_flow { note.start < end } else { is_next && is_deeper }
        }) {
            self.own_line(note, indent, false);
            read_to = note.end;
        }
    }

    /// The comment at the end of the line, and the end of the line.
    fn end_line(&mut self, at: usize) {
        if let Some(note) = self.comments.beside(at) {
            self.beside(note);
        }
        self.out.push('\n');
    }

    fn beside(&mut self, note: Note) {
        self.out.push_str("  ");
        self.out.push_str(note.text);
    }

    /// The indentation, at the beginning of a line.
    fn begin(&mut self, indent: usize) {
        if self.out.is_empty() || self.out.ends_with('\n') {
            self.out.push_str(&" ".repeat(indent));
        }
    }

    fn blank(&mut self) {
        if !self.out.is_empty() && self.out.ends_with('\n') && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }
}

/// Whether a blank line is there already; one more would be part of a text that keeps its line ends.
fn is_apart(out: &str, gap: usize) -> bool {
    let (before, after) = out.split_at(gap);
    after.starts_with('\n') || before.ends_with("\n\n")
}

/// Blocks begin with their first member, the others with a bracket.
fn is_block(node: &Node) -> bool {
    match &node.kind {
        Kind::Map(entries) => entries.first().is_some_and(|e| e.key.span.start == node.span.start),
        Kind::List(items) => items.first().is_some_and(|i| i.span.start == node.span.start),
        Kind::Null | Kind::Scalar(_) | Kind::Error => false,
    }
}

/// Where the first scalar begins: a comment before it stands above the dashes.
fn first_leaf(node: &Node) -> usize {
    let first = match &node.kind {
        Kind::Map(entries) => entries.first().map(|e| e.key.span.start as usize),
        Kind::List(items) => items.first().map(first_leaf),
        Kind::Null | Kind::Scalar(_) | Kind::Error => None,
    };
    first.unwrap_or(node.span.start as usize)
}

/// Where the line of `at` begins.
fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

fn column(text: &str, at: usize) -> usize {
    at - line_start(text, at)
}

/// The column of the first key, or of the first dash.
fn first_column(text: &str, node: &Node) -> usize {
    let start = node.span.start as usize;
    let line = line_start(text, start);
    let before = text.get(line..start).unwrap_or_default();
    match &node.kind {
        Kind::List(_) => before.rfind('-').unwrap_or(before.len()),
        _ => before.len(),
    }
}

fn is_after_blank(text: &str, at: usize) -> bool {
    let line = line_start(text, at);
    let above = text.get(..line).and_then(|before| before.strip_suffix('\n'));
    above.is_some_and(|above| above.rsplit('\n').next().is_some_and(|line| line.trim().is_empty()))
}
