//! Any text as an expression: parsing ends.
#![no_main]

use diagnostics::{SourceId, Span};
use libfuzzer_sys::fuzz_target;
use syntax::yaml::{Origin, Scalar, Style};

fuzz_target!(|text: &str| {
    let span = Span::new(SourceId(0), 0..text.len());
    let origin = Origin::Exact { start: 0 };
    let scalar = Scalar { text: text.to_owned(), style: Style::Plain, span, origin };
    let mut diagnostics = Vec::new();
    let _ = syntax::expr::parse(&scalar, &mut diagnostics);
    let _ = syntax::expr::parse_path(&scalar);
    for diagnostic in &diagnostics {
        let span = diagnostic.span();
        let range = span.start as usize..span.end as usize;
        assert!(text.get(range).is_some(), "{span:?} is no part of the text: {diagnostic:?}");
    }
});
