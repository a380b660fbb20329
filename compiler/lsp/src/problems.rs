//! Diagnostics in the protocol's form.

use std::fmt::Write;

use diagnostics::{Code, Diagnostic, Severity};
use serde_json::{Value, json};

use crate::documents::{Document, Documents};

/// More than anyone reads; editors grow slow with more.
const PROBLEMS_MAX: usize = 1000;

pub fn all(documents: &Documents, document: &Document) -> Vec<Value> {
    let all = document.analysis().diagnostics().iter().take(PROBLEMS_MAX);
    all.map(|d| one(documents, document, d)).collect()
}

pub fn one(documents: &Documents, document: &Document, diagnostic: &Diagnostic) -> Value {
    let (text, lines, analysis) = (&document.text, &document.lines, document.analysis());
    let shown = analysis.shown_at(diagnostic);
    let severity = match diagnostic.severity {
        Severity::Error => 1,
        Severity::Warning => 2,
        Severity::Note => 3,
    };
    let mut it = json!({
        "range": lines.range(text, &shown),
        "severity": severity,
        "code": diagnostic.code.as_str(),
        "source": "playc",
        "message": message(diagnostic),
    });
    // what is wrong in a block is shown where the block is used, and leads there
    let others = diagnostic.labels.iter().filter(|l| analysis.place(l.span).as_ref() != Some(&shown));
    let elsewhere = others.filter_map(|label| {
        let location = match analysis.place(label.span) {
            Some(place) => json!({"uri": document.uri, "range": lines.range(text, &place)}),
            None => documents.location(&analysis.elsewhere(label.span)?)?,
        };
        Some(json!({"location": location, "message": label.message}))
    });
    let related: Vec<Value> = elsewhere.collect();
    if !related.is_empty() {
        it["relatedInformation"] = related.into();
    }
    match diagnostic.code {
        Code::W0802 | Code::W0803 | Code::W0804 | Code::W0707 => it["tags"] = json!([1]),
        Code::W0808 => it["tags"] = json!([2]),
        _ => {}
    }
    it
}

/// The message, what is said at the place, and what teaches.
fn message(diagnostic: &Diagnostic) -> String {
    let mut text = diagnostic.message.clone();
    if let Some(label) = diagnostic.labels.first().filter(|l| !l.message.is_empty()) {
        let _ = write!(text, ": {}", label.message);
    }
    for note in &diagnostic.notes {
        let _ = write!(text, "\n{note}");
    }
    text
}
