//! From bytes of a scalar's value back to bytes of the file.

use diagnostics::Span;

/// Where the bytes of a scalar's text were written.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// Byte `i` of the text is byte `start + i` of the file.
    Exact { start: u32 },
    /// The source bytes of each byte of the text: folded lines, indentation, substituted variables.
    Pieces(Vec<(u32, u32)>),
    /// Escapes make text and source differ: any part of the text is the whole scalar.
    Whole,
}

impl Origin {
    /// Compares the text with the source it was read from. They are the same, or differ in white space, or by more.
    pub fn find(text: &str, raw: &str, raw_start: usize) -> Origin {
        let start = u32::try_from(raw_start).unwrap_or(u32::MAX);
        if text == raw {
            return Origin::Exact { start };
        }
        aligned(text, raw, start).map_or(Origin::Whole, Origin::Pieces)
    }

    pub fn place(&self, whole: Span, start: usize, end: usize) -> Span {
        match self {
            Origin::Exact { start: base } => {
                let at = *base as usize;
                Span::new(whole.source, at + start..at + end.max(start))
            }
            Origin::Pieces(pieces) => {
                let first = pieces.get(start).map(|p| p.0).or(pieces.last().map(|p| p.1));
                let last = if end > start { pieces.get(end - 1).map(|p| p.1) } else { first };
                match (first, last) {
                    (Some(first), Some(last)) => {
                        Span { source: whole.source, start: first, end: last.max(first) }
                    }
                    _ => whole,
                }
            }
            Origin::Whole => whole,
        }
    }

    /// The source bytes of byte `at`.
    pub fn piece(&self, whole: Span, at: usize) -> (u32, u32) {
        let span = self.place(whole, at, at + 1);
        (span.start, span.end)
    }
}

/// Pairs the characters of `text` with those of `raw`, where both are the same but for white space.
fn aligned(text: &str, raw: &str, base: u32) -> Option<Vec<(u32, u32)>> {
    let mut pieces = Vec::with_capacity(text.len());
    let mut source = raw.char_indices().peekable();
    for c in text.chars() {
        if c.is_whitespace() {
            let at = source.peek().map_or(raw.len(), |(at, _)| *at);
            while source.next_if(|(_, r)| r.is_whitespace()).is_some() {}
            let end = source.peek().map_or(raw.len(), |(at, _)| *at);
            pieces.extend(std::iter::repeat_n((base + at as u32, base + end as u32), c.len_utf8()));
            continue;
        }
        while source.next_if(|(_, r)| r.is_whitespace()).is_some() {}
        let (at, r) = source.next()?;
        if r != c {
            return None;
        }
        pieces
            .extend(std::iter::repeat_n((base + at as u32, base + (at + c.len_utf8()) as u32), c.len_utf8()));
    }
    source.all(|(_, r)| r.is_whitespace()).then_some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use diagnostics::SourceId;

    fn sliced(text: &str, raw: &str, part: &str) -> String {
        let at = text.find(part).expect("the part is in the text");
        let whole = Span::new(SourceId(0), 0..raw.len());
        let span = Origin::find(text, raw, 0).place(whole, at, at + part.len());
        raw[span.range()].to_owned()
    }

    #[test]
    fn folded_lines_map_to_their_own_bytes() {
        assert_eq!(sliced("a > b and c", "a > b\n   and c", "and c"), "and c");
        assert_eq!(sliced("a > b and c", "a > b\n   and c", "b"), "b");
    }

    #[test]
    fn escapes_fall_back_to_the_whole() {
        assert_eq!(sliced("a\"b", "a\\\"b", "b"), "a\\\"b");
    }
}
