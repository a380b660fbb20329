//! Maps and lists in brackets.

use super::Scan;
use crate::outline::{End, SlotId, Style, Token, Value};

impl Scan<'_> {
    /// From an opening bracket to its end.
    pub(super) fn flow(&mut self) {
        let depth = self.open.len();
        self.open_flow();
        while self.open.len() > depth {
            match self.peek() {
                None => {
                    let slot = self.open.last().map_or(0, |f| f.slot);
                    self.end = self.flow_end(slot);
                    self.open.truncate(depth);
                    self.waiting = None;
                    return;
                }
                Some(b'\n') if self.is_outside(self.at + 1) => {
                    self.open.truncate(depth);
                    self.waiting = None;
                    return;
                }
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'#')
                    if self.text[..self.at].ends_with(b" ") || self.text[..self.at].ends_with(b"\n") =>
                {
                    self.comment();
                    self.at -= usize::from(self.text[..self.at].ends_with(b"\n"));
                }
                Some(b',') => {
                    self.at += 1;
                    self.waiting = None;
                }
                Some(b']' | b'}') => {
                    self.at += 1;
                    let slot = self.open.last().map_or(0, |f| f.slot);
                    self.close();
                    self.widen(slot, self.at);
                }
                Some(b'[' | b'{') => self.open_flow(),
                Some(_) => self.flow_scalar(),
            }
        }
        self.end = End::Nothing;
    }

    fn open_flow(&mut self) {
        let is_list = self.peek() == Some(b'[');
        self.item_if_list();
        let before = self.open.len();
        let value = if is_list { Value::List { is_flow: true } } else { Value::Map { is_flow: true } };
        self.open_container(value, None);
        self.at += 1;
        if self.open.len() == before {
            // too deep: what is left cannot be told apart any more
            self.at = self.text.len();
        }
    }

    /// In a list, what comes next is an item of its own.
    fn item_if_list(&mut self) {
        let in_list = self.waiting.is_none()
            && self.open.last().is_some_and(|f| self.slots[f.slot].value == Value::List { is_flow: true });
        if in_list {
            self.add(None, self.at);
        }
    }

    fn flow_scalar(&mut self) {
        let in_map = self.waiting.is_none()
            && self.open.last().is_some_and(|f| self.slots[f.slot].value == Value::Map { is_flow: true });
        let token = match self.peek() {
            Some(quote @ (b'"' | b'\'')) => self.quoted(quote),
            _ => self.flow_plain(),
        };
        let is_end = self.at == self.text.len() && (!token.is_closed || token.style == Style::Plain);
        if !in_map {
            self.item_if_list();
            return self.set_scalar(token, is_end);
        }
        let start = token.outer().start;
        let typed = token.range.clone();
        let map = self.open.last().map_or(0, |f| f.slot);
        let slot = self.add(Some(token), start);
        self.waiting = None;
        if is_end {
            self.end = End::Key { map, typed };
        }
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        if self.peek() == Some(b':') {
            self.at += 1;
            self.slots[slot].has_colon = true;
            self.waiting = Some((slot, true));
        }
    }

    fn flow_plain(&mut self) -> Token {
        let start = self.at;
        let mut at = start;
        while let Some(&b) = self.text.get(at) {
            let next = self.text.get(at + 1);
            let stops = match b {
                b',' | b'[' | b']' | b'{' | b'}' | b'\n' => true,
                b':' => matches!(next, None | Some(b' ' | b'\n' | b'\r' | b',' | b'}' | b']')),
                b'#' => at > start && self.text[at - 1] == b' ',
                _ => false,
            };
            // `x[0]` and `level[0.618]` are one word
            let is_index = b == b'[' && at > start && self.text[at - 1].is_ascii_alphanumeric();
            if stops && !is_index {
                break;
            }
            at += 1;
            if is_index {
                while self.text.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'.') {
                    at += 1;
                }
                at += usize::from(self.text.get(at) == Some(&b']'));
            }
        }
        let at_end = at == self.text.len();
        let len = if at_end { at - start } else { self.text[start..at].trim_ascii_end().len() };
        self.at = at.max(start + 1).min(self.text.len());
        Token { range: start..start + len, style: Style::Plain, is_closed: true }
    }

    /// The text ends inside of brackets.
    pub(super) fn flow_end(&self, slot: SlotId) -> End {
        if let End::Key { .. } | End::Scalar { .. } = self.end
            && self.end_is_here()
        {
            return self.end.clone();
        }
        match (self.waiting, &self.slots[slot].value) {
            (Some((slot, _)), _) => End::Value { slot, inline: true },
            (None, _) if !self.is_after_separator() => End::Nothing,
            (None, Value::Map { .. }) => End::Key { map: slot, typed: self.at..self.at },
            (None, _) => End::Item { list: slot },
        }
    }

    fn end_is_here(&self) -> bool {
        match &self.end {
            End::Key { typed, .. } => typed.end == self.text.len(),
            End::Scalar { slot } => self.slots[*slot].range.end == self.text.len(),
            _ => false,
        }
    }

    fn is_after_separator(&self) -> bool {
        let before = self.text[..self.at].trim_ascii_end();
        matches!(before.last(), Some(b',' | b'[' | b'{'))
    }
}
