//! Any bytes as the text of a Play: parsing ends, with spans that lie in the text.
#![no_main]

use diagnostics::SourceId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (_, diagnostics) = syntax::parse(SourceId(0), &text);
    for diagnostic in &diagnostics {
        let span = diagnostic.span();
        let range = span.start as usize..span.end as usize;
        assert!(text.get(range).is_some(), "{span:?} is no part of the text: {diagnostic:?}");
    }
});
