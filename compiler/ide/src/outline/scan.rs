//! Text to outline: a stack of open maps and lists, and lines that open and close them by their columns.

mod flow;

use std::ops::Range;

use super::{End, Outline, Slot, SlotId, Style, Token, Value};

/// Maps and lists within each other, at most; what is deeper hangs at the last level.
const DEPTH_MAX: usize = 200;

/// Reads any text.
#[must_use]
pub fn scan(text: &str) -> Outline {
    let root = Slot {
        parent: 0,
        key: None,
        has_colon: false,
        value: Value::Empty,
        children: Vec::new(),
        range: 0..text.len(),
    };
    let mut scan = Scan {
        text: text.as_bytes(),
        at: 0,
        slots: vec![root],
        open: Vec::new(),
        waiting: Some((0, false)),
        comments: Vec::new(),
        end: End::Value { slot: 0, inline: false },
    };
    scan.lines();
    Outline { slots: scan.slots, comments: scan.comments, end: scan.end }
}

/// An open map or list.
struct Frame {
    slot: SlotId,
    /// Column of its keys or dashes; in flow style none.
    column: Option<usize>,
}

struct Scan<'t> {
    text: &'t [u8],
    at: usize,
    slots: Vec<Slot>,
    open: Vec<Frame>,
    /// The slot that has no value yet, and whether we are on the line of its key.
    waiting: Option<(SlotId, bool)>,
    comments: Vec<Range<usize>>,
    end: End,
}

impl Scan<'_> {
    fn lines(&mut self) {
        if self.text.starts_with("\u{feff}".as_bytes()) {
            self.at = 3;
        }
        while self.at < self.text.len() {
            let start = self.at;
            let content = self.skip_blanks();
            let column = content - start;
            match self.peek() {
                None => {
                    self.blank_end(column);
                    return;
                }
                Some(b'\n' | b'\r') => self.next_line(),
                Some(b'#') => self.comment(),
                Some(_) if column == 0 && (self.starts_with(b"---") || self.starts_with(b"...")) => {
                    self.next_line()
                }
                Some(_) => {
                    if let Some((_, inline)) = &mut self.waiting {
                        *inline = false;
                    }
                    self.block_line(column);
                }
            }
        }
        if self.text.is_empty() || self.text.ends_with(b"\n") {
            self.blank_end(0);
        }
    }

    /// The text ends on a line that holds nothing but `column` blanks.
    fn blank_end(&mut self, column: usize) {
        while self.open.last().is_some_and(|f| f.column.is_some_and(|c| c > column)) {
            self.close();
        }
        let top = self.open.last().map(|f| (f.slot, f.column));
        self.end = match top {
            None => End::Value { slot: 0, inline: false },
            Some((slot, Some(c))) => {
                let is_map = matches!(self.slots[slot].value, Value::Map { .. });
                let last = self.slots[slot].children.last().copied();
                let empty = last.filter(|&l| self.slots[l].value == Value::Empty && self.slots[l].has_colon);
                match empty {
                    Some(last) if c < column && is_map => End::Value { slot: last, inline: false },
                    _ if c == column && is_map => End::Key { map: slot, typed: self.at..self.at },
                    _ if c == column => End::Item { list: slot },
                    _ => End::Nothing,
                }
            }
            Some((slot, None)) => self.flow_end(slot),
        };
    }

    /// One line outside of brackets, from its first character on.
    fn block_line(&mut self, first_column: usize) {
        let mut column = first_column;
        self.settle(column);
        let line_start = self.at - column;
        loop {
            if self.peek() == Some(b'-')
                && matches!(self.text.get(self.at + 1), None | Some(b' ' | b'\n' | b'\r'))
            {
                self.dash(column);
                self.at += 1;
                self.skip_blanks();
                column = self.at - line_start;
                if matches!(self.peek(), None | Some(b'\n' | b'\r' | b'#')) {
                    return self.rest_of_line(true);
                }
                continue;
            }
            if let Some(key) = self.key_here() {
                self.open_entry(column, key, true);
                let has_blank = self.peek() == Some(b' ');
                self.skip_blanks();
                if matches!(self.peek(), None | Some(b'\n' | b'\r' | b'#')) {
                    return self.rest_of_line(has_blank);
                }
            } else if self.is_key_typed(column) {
                return self.half_key(column);
            }
            return self.inline_value();
        }
    }

    /// Closes what this column is outside of.
    fn settle(&mut self, column: usize) {
        let is_dash =
            self.peek() == Some(b'-') && matches!(self.text.get(self.at + 1), None | Some(b' ' | b'\n'));
        while let Some(Frame { slot, column: Some(c) }) = self.open.last() {
            let is_list = matches!(self.slots[*slot].value, Value::List { .. });
            if *c > column || (*c == column && is_list && !is_dash) {
                self.close();
            } else {
                break;
            }
        }
    }

    fn dash(&mut self, column: usize) {
        let in_list = self.open.last().is_some_and(|f| {
            f.column == Some(column) && matches!(self.slots[f.slot].value, Value::List { .. })
        });
        if !in_list {
            self.open_container(Value::List { is_flow: false }, Some(column));
        }
        self.add(None, self.at);
    }

    /// A key of the block map in this column, which begins with it or goes on.
    fn open_entry(&mut self, column: usize, key: Token, has_colon: bool) {
        let in_map = self.open.last().is_some_and(|f| {
            f.column == Some(column) && matches!(self.slots[f.slot].value, Value::Map { .. })
        });
        if !in_map {
            self.open_container(Value::Map { is_flow: false }, Some(column));
        }
        let start = key.range.start;
        let slot = self.add(Some(key), start);
        self.slots[slot].has_colon = has_colon;
    }

    /// Whether a line without `:` stands where the next key of a map belongs.
    fn is_key_typed(&self, column: usize) -> bool {
        let top = self.open.last();
        top.is_none_or(|f| f.column == Some(column) && matches!(self.slots[f.slot].value, Value::Map { .. }))
            && self.peek().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
            && (column == 0 || top.is_some())
    }

    fn half_key(&mut self, column: usize) {
        let start = self.at;
        while self.peek().is_some_and(|b| !matches!(b, b'\n' | b'\r' | b' ')) {
            self.at += 1;
        }
        let range = start..self.at;
        self.open_entry(column, Token { range: range.clone(), style: Style::Plain, is_closed: true }, false);
        if self.at == self.text.len() {
            let map = self.open.last().map_or(0, |f| f.slot);
            self.end = End::Key { map, typed: range };
        }
        self.waiting = None;
        self.skip_blanks();
        self.rest_of_line(false);
    }

    /// A value on the line of its key or dash, or alone on its line.
    fn inline_value(&mut self) {
        match self.peek() {
            Some(b'[' | b'{') => {
                self.flow();
                self.skip_blanks();
            }
            Some(quote @ (b'"' | b'\'')) => {
                let token = self.quoted(quote);
                let open_end = !token.is_closed && self.at == self.text.len();
                self.set_scalar(token, open_end);
                self.skip_blanks();
            }
            Some(b'|' | b'>') => return self.block_scalar(),
            _ => {
                let token = self.plain_line();
                let open_end = self.at == self.text.len();
                self.set_scalar(token, open_end);
                self.skip_blanks();
            }
        }
        self.rest_of_line(false);
    }

    /// What is left of the line is a comment, or cannot be read.
    fn rest_of_line(&mut self, is_value_wanted: bool) {
        if self.peek() == Some(b'#') {
            return self.comment();
        }
        if self.at == self.text.len() {
            if let (true, Some((slot, _))) = (is_value_wanted, self.waiting) {
                self.end = End::Value { slot, inline: true };
            }
            return;
        }
        self.next_line();
        self.end = End::Nothing;
    }

    fn comment(&mut self) {
        let start = self.at;
        self.next_line();
        let end = if self.text[..self.at].ends_with(b"\n") { self.at - 1 } else { self.at };
        self.comments.push(start..end);
        self.end = End::Nothing;
    }

    fn next_line(&mut self) {
        self.at = self.line_end(self.at);
        if self.at < self.text.len() {
            self.at += 1;
        }
    }

    fn line_end(&self, from: usize) -> usize {
        self.text[from..].iter().position(|&b| b == b'\n').map_or(self.text.len(), |n| from + n)
    }

    fn skip_blanks(&mut self) -> usize {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        self.at
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn starts_with(&self, prefix: &[u8]) -> bool {
        self.text[self.at..].starts_with(prefix)
    }

    // ------------------------------------------------------------ slots

    fn add(&mut self, key: Option<Token>, start: usize) -> SlotId {
        let parent = self.open.last().map_or(0, |f| f.slot);
        let end = key.as_ref().map_or(start, |k| k.outer().end);
        let id = self.slots.len();
        let slot = Slot {
            parent,
            key,
            has_colon: false,
            value: Value::Empty,
            children: Vec::new(),
            range: start..end,
        };
        self.slots.push(slot);
        self.slots[parent].children.push(id);
        self.waiting = Some((id, true));
        self.widen(id, end);
        id
    }

    /// The value of the waiting slot is a map or list that begins here.
    fn open_container(&mut self, value: Value, column: Option<usize>) {
        let slot = match self.waiting.take() {
            Some((slot, _)) => slot,
            // text where nothing is wanted: it hangs at what is open
            None => self.open.last().and_then(|f| self.slots[f.slot].children.last().copied()).unwrap_or(0),
        };
        if self.open.len() < DEPTH_MAX {
            self.slots[slot].value = value;
            self.open.push(Frame { slot, column });
        }
    }

    fn close(&mut self) {
        self.open.pop();
        self.waiting = None;
    }

    fn set_scalar(&mut self, token: Token, is_end: bool) {
        let end = token.outer().end;
        let Some((slot, _)) = self.waiting else {
            self.continue_scalar(&token, is_end);
            return;
        };
        self.slots[slot].value = Value::Scalar(token);
        self.waiting = None;
        self.widen(slot, end);
        if is_end {
            self.end = End::Scalar { slot };
        }
    }

    /// A plain scalar over several lines.
    fn continue_scalar(&mut self, token: &Token, is_end: bool) {
        let Some(last) = self.slots.len().checked_sub(1) else { return };
        if let Value::Scalar(before) = &mut self.slots[last].value
            && before.style == Style::Plain
            && token.style == Style::Plain
        {
            before.range.end = token.range.end;
            self.widen(last, token.range.end);
            if is_end {
                self.end = End::Scalar { slot: last };
            }
        }
    }

    /// The slot and all around it reach to `end`.
    fn widen(&mut self, slot: SlotId, end: usize) {
        let mut at = slot;
        while at != 0 && self.slots[at].range.end < end {
            self.slots[at].range.end = end;
            at = self.slots[at].parent;
        }
    }

    // ------------------------------------------------------------ scalars

    /// A key with its `:`; the position moves only when there is one.
    fn key_here(&mut self) -> Option<Token> {
        let from = self.at;
        let token = match self.peek()? {
            quote @ (b'"' | b'\'') => {
                let line_end = self.line_end(from);
                let close = self.text[from + 1..line_end].iter().position(|&b| b == quote)? + from + 1;
                Token { range: from + 1..close, style: Style::Quoted(quote), is_closed: true }
            }
            b'[' | b'{' | b'|' | b'>' | b'#' => return None,
            _ => {
                let line = &self.text[from..self.line_end(from)];
                let is_colon = |n: usize| {
                    line[n] == b':' && matches!(line.get(n + 1), None | Some(b' ' | b'\r' | b'\t'))
                };
                let is_comment = |n: usize| line[n] == b'#' && n > 0 && line[n - 1] == b' ';
                let stop =
                    (0..line.len()).find(|&n| is_colon(n) || is_comment(n)).filter(|&n| is_colon(n))?;
                let len = line[..stop].trim_ascii_end().len();
                Token { range: from..from + len, style: Style::Plain, is_closed: true }
            }
        };
        let mut after = token.outer().end;
        while self.text.get(after) == Some(&b' ') {
            after += 1;
        }
        let is_colon = self.text.get(after) == Some(&b':')
            && matches!(self.text.get(after + 1), None | Some(b' ' | b'\n' | b'\r' | b'\t'));
        if !is_colon {
            return None;
        }
        self.at = after + 1;
        Some(token)
    }

    /// To the end of the line or to a comment.
    fn plain_line(&mut self) -> Token {
        let start = self.at;
        let line_end = self.line_end(start);
        let line = &self.text[start..line_end];
        let comment = (1..line.len()).find(|&n| line[n] == b'#' && line[n - 1] == b' ');
        let stop = comment.unwrap_or(line.len());
        let at_end = start + stop == self.text.len();
        let trimmed = line[..stop].trim_ascii_end().len();
        // at the end of the text the blanks count: something may follow
        let len = if at_end { stop } else { trimmed };
        self.at = start + stop;
        Token { range: start..start + len, style: Style::Plain, is_closed: true }
    }

    /// A quoted scalar ends at its quote, or where a line begins something else.
    fn quoted(&mut self, quote: u8) -> Token {
        let start = self.at + 1;
        let mut at = start;
        while let Some(&b) = self.text.get(at) {
            match b {
                b'\\' if quote == b'"' => at += 1,
                b'\'' if quote == b'\'' && self.text.get(at + 1) == Some(&b'\'') => at += 1,
                _ if b == quote => {
                    self.at = at + 1;
                    return Token { range: start..at, style: Style::Quoted(quote), is_closed: true };
                }
                b'\n' if self.is_outside(at + 1) => break,
                _ => {}
            }
            at += 1;
        }
        self.at = at.min(self.text.len());
        Token { range: start..self.at, style: Style::Quoted(quote), is_closed: false }
    }

    /// The lines that are indented more than what is open.
    fn block_scalar(&mut self) {
        let outer = self.open.iter().rev().find_map(|f| f.column);
        self.next_line();
        let start = self.at;
        let mut end = start;
        while self.at < self.text.len() {
            let line_end = self.line_end(self.at);
            let line = &self.text[self.at..line_end];
            let indent = line.iter().take_while(|b| **b == b' ').count();
            let is_blank = line.trim_ascii().is_empty();
            if !is_blank && outer.is_some_and(|c| indent <= c) {
                break;
            }
            self.at = line_end;
            if !is_blank || line_end == self.text.len() {
                end = line_end;
            }
            self.next_line();
        }
        let is_end = self.at == self.text.len();
        self.set_scalar(Token { range: start.min(end)..end, style: Style::Block, is_closed: true }, is_end);
    }

    /// Whether the line that begins here is not part of what is open in brackets or quotes: it stands no deeper than
    /// the keys around, and begins a key or an item.
    fn is_outside(&self, start: usize) -> bool {
        let Some(outer) = self.open.iter().rev().find_map(|f| f.column) else { return false };
        let line = &self.text[start..self.line_end(start)];
        let indent = line.iter().take_while(|b| **b == b' ').count();
        let rest = &line[indent..];
        let is_item = rest.starts_with(b"- ");
        let word = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let is_key = word > 0 && rest.get(word) == Some(&b':');
        indent <= outer && (is_item || is_key)
    }
}
