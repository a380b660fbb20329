//! Any text as a Play: every phase ends, what is said can be printed, and a program that is made verifies and
//! comes back from its bytes.
#![no_main]

use bytecode::Program;
use diagnostics::render;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let compilation = driver::compile("fuzz.yml", text, &driver::Options::default());
    for diagnostic in &compilation.diagnostics {
        assert!(!render::human(&compilation.sources, diagnostic, false).is_empty());
        assert!(!render::json(&compilation.sources, diagnostic).is_empty());
    }
    assert!(compilation.has_errors() || compilation.program.is_some(), "no program and no error");
    if let Some(program) = &compilation.program {
        assert_eq!(bytecode::verify(program), Ok(()));
        let bytes = program.encode();
        let decoded = Program::decode(&bytes).expect("its own bytes");
        assert_eq!(decoded.encode(), bytes);
    }
});
