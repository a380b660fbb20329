//! Bytes to text.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, SourceId, Span};

/// Reads UTF-8. Where the bytes are none, the first place is reported and the text holds `U+FFFD` instead.
#[must_use]
pub fn decode(source: SourceId, bytes: &[u8]) -> (String, Vec<Diagnostic>) {
    let valid_to = match std::str::from_utf8(bytes) {
        Ok(text) => return (text.to_owned(), Vec::new()),
        Err(error) => error.valid_up_to(),
    };
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let text = String::from_utf8_lossy(bytes).into_owned();
    let end = valid_to + char::REPLACEMENT_CHARACTER.len_utf8();
    let span = Span::new(source, valid_to..end);
    let note = if utf16 {
        "the file is UTF-16; save it as UTF-8"
    } else {
        "save the file as UTF-8; letters of older encodings such as Latin-1 look like this"
    };
    let report =
        Diagnostic::new(Code::E0109, "the file is not UTF-8 text", span, "the first byte that is not UTF-8");
    (text, vec![report.note(note)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_bytes_are_shown_where_they_stand() {
        let (text, reports) = decode(SourceId(0), b"name: caf\xe9\n");
        assert_eq!(text, "name: caf\u{fffd}\n");
        assert_eq!(reports[0].span().range(), 9..12);
        assert_eq!(decode(SourceId(0), "é".as_bytes()), ("é".to_owned(), Vec::new()));
    }
}
