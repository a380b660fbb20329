//! Edits put into a text, byte range by byte range: what none of them names stays as it is.

use diagnostics::Edit;

/// The edits are in the order of their places and do not touch each other.
pub fn spliced(text: &str, edits: &[&Edit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for edit in edits {
        let range = edit.span.range();
        out.push_str(&text[from..range.start]);
        out.push_str(&edit.text);
        from = range.end;
    }
    out.push_str(&text[from..]);
    out
}

/// Sorted by their places; `None` when two of them touch the same bytes, or one cuts a character in two.
pub fn in_order(text: &str, mut edits: Vec<Edit>) -> Option<Vec<Edit>> {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let is_apart = edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start);
    let fits = |edit: &Edit| text.get(edit.span.range()).is_some();
    (is_apart && edits.iter().all(fits)).then_some(edits)
}
