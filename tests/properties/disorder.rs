//! Writes a Play anew as carelessly as YAML allows: any indentation, blocks or brackets, quotes, spaces, comments.
//!
//! It shares nothing with the formatter but the tree.

use diagnostics::SourceId;
use syntax::yaml::{self, Entry, Kind, Node, Plain, Scalar, Style};

use crate::plays::Dice;

/// The same tree in another text; comments of the text are replaced by others.
pub fn disordered(text: &str, dice: &mut Dice) -> String {
    let (document, _) = yaml::load(SourceId(0), text);
    let mut mess = Mess { out: String::new(), dice, notes: 0 };
    match document.root.as_ref().map(|root| &root.kind) {
        Some(Kind::Map(entries)) if !entries.is_empty() => mess.entries(entries, 0, false),
        _ => return text.to_owned(),
    }
    mess.out
}

struct Mess<'d> {
    out: String,
    dice: &'d mut Dice,
    notes: usize,
}

impl Mess<'_> {
    fn entries(&mut self, entries: &[Entry], indent: usize, is_expression: bool) {
        for (at, entry) in entries.iter().enumerate() {
            // the first one stands behind a dash, or on a line that has been begun
            if at > 0 || self.out.is_empty() || self.out.ends_with('\n') {
                self.between(indent);
                self.out.push_str(&" ".repeat(indent));
            }
            let is_expression =
                is_expression || matches!(entry.key.text.as_str(), "setups" | "filters" | "actions");
            let is_expression =
                is_expression && !matches!(entry.key.text.as_str(), "emit" | "metadata" | "id" | "with");
            self.key(&entry.key);
            self.spaces(0);
            self.out.push(':');
            self.value(entry, indent, is_expression);
        }
    }

    fn value(&mut self, entry: &Entry, indent: usize, is_expression: bool) {
        let node = &entry.value;
        if node.kind == Kind::Null && node.span == entry.key.span {
            return self.end_line();
        }
        let children = match &node.kind {
            Kind::Map(entries) => entries.len(),
            Kind::List(items) => items.len(),
            _ => 0,
        };
        if children == 0 || self.dice.chance(40) && fits_brackets(node) {
            self.spaces(1);
            return self.leaf(node, indent, is_expression);
        }
        self.end_line();
        match &node.kind {
            Kind::Map(entries) => {
                let deeper = indent + 1 + self.dice.below(5);
                self.entries(entries, deeper, is_expression);
            }
            Kind::List(items) => {
                let deeper = indent + self.dice.below(4);
                self.items(items, deeper, is_expression);
            }
            _ => {}
        }
    }

    fn items(&mut self, items: &[Node], indent: usize, is_expression: bool) {
        for (at, item) in items.iter().enumerate() {
            if at > 0 || self.out.ends_with('\n') {
                self.between(indent);
                self.out.push_str(&" ".repeat(indent));
            }
            self.out.push('-');
            match &item.kind {
                Kind::Map(entries)
                    if !(entries.is_empty() || self.dice.chance(40) && fits_brackets(item)) =>
                {
                    let inner = self.after_dash(indent);
                    self.entries(entries, inner, is_expression);
                }
                Kind::List(inner) if !(inner.is_empty() || self.dice.chance(60) && fits_brackets(item)) => {
                    let deeper = self.after_dash(indent);
                    self.items(inner, deeper, is_expression);
                }
                _ => {
                    self.spaces(1);
                    self.leaf(item, indent, is_expression);
                }
            }
        }
    }

    /// On the line of the dash, or below it; gives the indentation of what follows.
    fn after_dash(&mut self, indent: usize) -> usize {
        let gap = 1 + self.dice.below(3);
        if self.dice.chance(20) {
            self.end_line();
        } else {
            self.out.push_str(&" ".repeat(gap));
        }
        indent + 1 + gap
    }

    /// A scalar or a collection in brackets, to the end of the line.
    fn leaf(&mut self, node: &Node, indent: usize, is_expression: bool) {
        match &node.kind {
            Kind::Scalar(scalar) if scalar.text.contains('\n') => return self.paragraphs(scalar, indent),
            Kind::Scalar(scalar) => self.scalar(scalar, false, is_expression),
            _ => self.brackets(node, indent, is_expression),
        }
        self.end_line();
    }

    fn brackets(&mut self, node: &Node, indent: usize, is_expression: bool) {
        match &node.kind {
            Kind::Null | Kind::Error => self.out.push_str("null"),
            Kind::Scalar(scalar) => self.scalar(scalar, true, is_expression),
            Kind::List(items) => {
                self.out.push('[');
                for (at, item) in items.iter().enumerate() {
                    self.in_brackets(at, indent);
                    self.brackets(item, indent, is_expression);
                }
                self.closing(items.len(), indent);
                self.out.push(']');
            }
            Kind::Map(entries) => {
                self.out.push('{');
                for (at, entry) in entries.iter().enumerate() {
                    self.in_brackets(at, indent);
                    self.key(&entry.key);
                    self.out.push(':');
                    self.spaces(1);
                    self.brackets(&entry.value, indent, is_expression);
                }
                self.closing(entries.len(), indent);
                self.out.push('}');
            }
        }
    }

    fn in_brackets(&mut self, at: usize, indent: usize) {
        if at > 0 {
            self.spaces(0);
            self.out.push(',');
        }
        self.gap(indent);
    }

    fn closing(&mut self, count: usize, indent: usize) {
        if count > 0 && self.dice.chance(10) {
            self.out.push(',');
        }
        self.gap(indent);
    }

    /// Between brackets a line may end anywhere.
    fn gap(&mut self, indent: usize) {
        if self.dice.chance(12) {
            self.end_line();
            let deeper = indent + 1 + self.dice.below(6);
            self.out.push_str(&" ".repeat(deeper));
        } else {
            self.spaces(0);
        }
    }

    fn key(&mut self, key: &Scalar) {
        let is_name = key.text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if is_name && key.style == Style::Plain {
            self.out.push_str(&key.text)
        } else {
            self.quoted(&key.text)
        }
    }

    fn scalar(&mut self, scalar: &Scalar, in_brackets: bool, is_expression: bool) {
        let is_text = scalar.plain() == Plain::Text;
        let text = if is_expression && is_text { self.respaced(&scalar.text) } else { scalar.text.clone() };
        let holds_brackets = text.contains(['[', ']', '{', '}', ',']);
        let is_plain = scalar.style == Style::Plain && !(in_brackets && holds_brackets);
        // traps such as `yes` are found in plain text only
        if is_plain && (!is_text || scalar.trap().is_some() || self.dice.chance(70)) {
            self.out.push_str(&text);
        } else {
            self.quoted(&text);
        }
    }

    fn quoted(&mut self, text: &str) {
        if text.contains('\\') || text.chars().any(char::is_control) || self.dice.chance(50) {
            self.out.push_str(&format!("{text:?}"));
        } else {
            self.out.push_str(&format!("'{}'", text.replace('\'', "''")));
        }
    }

    /// A text with line breaks, as a block where that can be.
    fn paragraphs(&mut self, scalar: &Scalar, indent: usize) {
        let is_literal = !scalar.text.starts_with([' ', '\n']) && scalar.text.ends_with('\n');
        if !is_literal {
            self.quoted(&scalar.text);
            return self.end_line();
        }
        let deeper = indent + 1 + self.dice.below(4);
        self.out.push_str("|+");
        self.end_line();
        for line in scalar.text.split_inclusive('\n') {
            if line != "\n" {
                self.out.push_str(&" ".repeat(deeper));
            }
            self.out.push_str(line);
        }
    }

    /// The spaces around some operators, more or fewer.
    fn respaced(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for operator in [">", "<", ">=", "<=", "==", "+", "*"] {
            let spaced = format!(" {operator} ");
            if text.contains(&spaced) && !text.contains(['\'', '"', '#']) {
                let (left, right) = (" ".repeat(self.dice.below(3)), " ".repeat(self.dice.below(3)));
                text = text.replace(&spaced, &format!("{left}{operator}{right}"));
            }
        }
        text
    }

    fn spaces(&mut self, least: usize) {
        let more = if self.dice.chance(80) { 0 } else { self.dice.below(4) };
        self.out.push_str(&" ".repeat(least + more));
    }

    /// The end of a line, now and then with a comment.
    fn end_line(&mut self) {
        if self.dice.chance(10) {
            self.spaces(1);
            self.note();
        } else {
            self.spaces(0);
            self.out.push('\n');
        }
    }

    fn note(&mut self) {
        self.notes += 1;
        let mark = self.dice.pick(&["# note ", "#note ", "## [note]: ", "#, {note} '"]);
        self.out.push_str(&format!("{mark}{}\n", self.notes));
    }

    /// Blank lines and comments between two members of a block, the comments at any column.
    fn between(&mut self, indent: usize) {
        for _ in 0..self.dice.below(8).saturating_sub(5) {
            self.out.push('\n');
        }
        while self.dice.chance(10) {
            let column = if self.dice.chance(60) { indent } else { self.dice.below(12) };
            self.out.push_str(&" ".repeat(column));
            self.note();
            if self.dice.chance(20) {
                self.out.push('\n');
            }
        }
    }
}

/// Texts with line breaks stay out of brackets.
fn fits_brackets(node: &Node) -> bool {
    match &node.kind {
        Kind::Null | Kind::Error => true,
        Kind::Scalar(scalar) => !scalar.text.contains('\n'),
        Kind::List(items) => items.iter().all(fits_brackets),
        Kind::Map(entries) => entries.iter().all(|e| fits_brackets(&e.value)),
    }
}
