//! The pages of the codes that this phase gives; the examples of later phases must at least be readable.

use diagnostics::{Code, SourceId, explain};

/// What the parser says itself.
const OURS: &[Code] = &[
    Code::E0101,
    Code::E0102,
    Code::E0103,
    Code::E0104,
    Code::E0105,
    Code::E0106,
    Code::E0107,
    Code::E0108,
    Code::E0110,
    Code::E0201,
    Code::E0202,
    Code::E0203,
    Code::E0204,
    Code::E0205,
    Code::E0206,
    Code::E0309,
    Code::E0507,
    Code::E0601,
    Code::E0606,
    Code::W0801,
    Code::W0805,
    Code::W0806,
    Code::W0808,
];

#[test]
fn wrong_examples_are_met_with_their_code_and_right_ones_are_read() {
    for code in Code::ALL {
        for example in explain::examples(explain::page(*code)) {
            let (_, diagnostics) = syntax::parse(SourceId(0), &example.play);
            let met = diagnostics.iter().any(|d| d.code == *code);
            let errors: Vec<_> = diagnostics.iter().filter(|d| d.is_error()).collect();
            let at = format!(
                "{}, {}:\n{}",
                code.as_str(),
                if example.is_wrong { "wrong" } else { "right" },
                example.play
            );
            if !example.is_wrong {
                assert!(diagnostics.is_empty(), "{at}\n{diagnostics:#?}");
            } else if OURS.contains(code) {
                assert!(met, "the code is not given: {at}\n{diagnostics:#?}");
                assert!(
                    errors.iter().all(|d| d.code == *code),
                    "something else is wrong too: {at}\n{errors:#?}"
                );
            } else {
                assert!(!met && errors.is_empty(), "{at}\n{errors:#?}");
            }
        }
    }
}
