//! report.html: one file without network, for every browser, light and dark and on paper.
//!
//! Curves and tables are drawn here; the price chart and the table of trades are drawn in the browser from
//! inlined JSON. Everything that a user wrote is escaped: by the template in the page, by `script_json` in the data.

mod chart;
pub(crate) mod compare;
mod curve;
mod histogram;
mod months;
mod scale;
mod svg;
mod view;

use askama::Template;

use crate::Run;

#[must_use]
pub fn page(run: &Run<'_>) -> String {
    let rendered = view::Page::of(run).render();
    // The template reads only from memory and writes to memory.
    rendered.expect("a template over strings renders")
}

/// JSON that may stand within a `<script>` element: nothing in it can end the element or begin another.
fn script_json(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_string(value).expect("numbers, texts and lists are JSON");
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            // These occur in JSON only within strings.
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => safe.push_str(&format!("\\u{:04x}", c as u32)),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::script_json;

    #[test]
    fn no_text_can_end_the_script() {
        let hostile = "</script><!-- <script> ]]> & \u{2028}";
        let json = script_json(&hostile);
        assert!(!json.contains(['<', '>', '&', '\u{2028}']));
        assert_eq!(serde_json::from_str::<String>(&json).expect("still JSON"), hostile);
    }
}
