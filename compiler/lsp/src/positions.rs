//! Byte offsets and the protocol's positions: line and character, counted in UTF-16 units unless agreed otherwise.

use std::ops::Range;

use serde_json::{Value, json};

/// What a position's `character` counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    #[default]
    Utf16,
    Utf32,
}

impl Encoding {
    /// The first that both sides know; UTF-16 when the client says nothing.
    pub fn agreed(offered: Option<&Value>) -> Encoding {
        let known = |name: &Value| match name.as_str()? {
            "utf-8" => Some(Encoding::Utf8),
            "utf-16" => Some(Encoding::Utf16),
            "utf-32" => Some(Encoding::Utf32),
            _ => None,
        };
        offered.and_then(Value::as_array).and_then(|names| names.iter().find_map(known)).unwrap_or_default()
    }

    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16 => "utf-16",
            Encoding::Utf32 => "utf-32",
        }
    }

    fn width(self, c: char) -> usize {
        match self {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 => c.len_utf16(),
            Encoding::Utf32 => 1,
        }
    }

    /// How long the text is.
    pub fn len(self, text: &str) -> usize {
        text.chars().map(|c| self.width(c)).sum()
    }
}

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct Lines {
    starts: Vec<usize>,
    pub encoding: Encoding,
}

impl Lines {
    /// Lines end with `\n`, `\r\n` or `\r`.
    pub fn new(text: &str, encoding: Encoding) -> Lines {
        let bytes = text.as_bytes();
        let ends = (0..bytes.len())
            .filter(|&at| bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n')));
        Lines { starts: std::iter::once(0).chain(ends.map(|at| at + 1)).collect(), encoding }
    }

    /// Line and character; offsets beyond the end are the end.
    pub fn position(&self, text: &str, offset: usize) -> (usize, usize) {
        let mut at = offset.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let line = self.starts.partition_point(|&start| start <= at).saturating_sub(1);
        (line, self.encoding.len(&text[self.starts[line]..at]))
    }

    /// The offset; characters beyond the line are its end, lines beyond the text are the end of it.
    pub fn offset(&self, text: &str, line: usize, character: usize) -> usize {
        let Some(&start) = self.starts.get(line) else { return text.len() };
        let end = self.starts.get(line + 1).copied().unwrap_or(text.len());
        let mut left = character;
        for (at, c) in text[start..end].char_indices() {
            let width = self.encoding.width(c);
            // half of a character is none of it
            if left < width || c == '\n' || c == '\r' {
                return start + at;
            }
            left -= width;
        }
        end
    }

    pub fn range(&self, text: &str, range: &Range<usize>) -> Value {
        json!({"start": self.place(text, range.start), "end": self.place(text, range.end)})
    }

    pub fn place(&self, text: &str, offset: usize) -> Value {
        let (line, character) = self.position(text, offset);
        json!({"line": line, "character": character})
    }

    /// A position of the protocol; nothing when it is none.
    pub fn read(&self, text: &str, position: Option<&Value>) -> Option<usize> {
        let number = |key: &str| Some(usize::try_from(position?.get(key)?.as_u64()?).unwrap_or(usize::MAX));
        Some(self.offset(text, number("line")?, number("character")?))
    }

    pub fn read_range(&self, text: &str, range: Option<&Value>) -> Option<Range<usize>> {
        let range = range?;
        let start = self.read(text, range.get("start"))?;
        let end = self.read(text, range.get("end"))?;
        Some(start.min(end)..start.max(end))
    }

    /// The lines that a range touches, each with its part of the range, without line ends.
    pub fn split(&self, text: &str, range: &Range<usize>) -> Vec<Range<usize>> {
        let first = self.position(text, range.start).0;
        let last = self.position(text, range.end).0;
        let part = |line: usize| {
            let start = self.starts[line].max(range.start);
            let end = self.starts.get(line + 1).copied().unwrap_or(text.len()).min(range.end);
            let len = text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r']).len();
            start..start + len
        };
        (first..=last).map(part).filter(|r| !r.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_outside_of_the_basic_plane_are_two_units() {
        let text = "a\u{1f600}b\r\né\n";
        let lines = Lines::new(text, Encoding::Utf16);
        assert_eq!(lines.position(text, text.find('b').expect("b")), (0, 3));
        assert_eq!(lines.offset(text, 0, 3), 5);
        // inside of the pair
        assert_eq!(lines.offset(text, 0, 2), 1);
        assert_eq!(lines.offset(text, 0, 99), 6);
        assert_eq!(lines.offset(text, 1, 1), 10);
        assert_eq!(lines.offset(text, 2, 0), text.len());
        assert_eq!(lines.offset(text, 9, 9), text.len());
    }

    #[test]
    fn positions_and_offsets_are_inverse_in_every_encoding() {
        let text = "x: \u{1f600}\u{301}é\rnext\r\n\u{2028}end";
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let lines = Lines::new(text, encoding);
            for (at, c) in text.char_indices() {
                // between `\r` and `\n` is no place of its own
                if c == '\n' {
                    continue;
                }
                let (line, character) = lines.position(text, at);
                assert_eq!(lines.offset(text, line, character), at, "{encoding:?} {at}");
            }
        }
    }
}
