//! Reading values out of the YAML tree: shapes, keys, numbers, words. Every complaint about a shape is made here.

mod fields;
mod names;
mod numbers;
mod uses;
mod values;

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, SourceId, Span};

use crate::yaml::Node;

pub use fields::{Fields, expect_list, is_free, unknown_key};
pub use names::{check_id, name, spanned, word};
pub use numbers::{is_search, number, search};
pub use uses::{USE_KEYS, argument, beside_use, block_use, version};
pub use values::{flag, value};

/// What every reader needs: where to report, and the text for what spans do not carry.
pub struct Cx<'t> {
    pub source: SourceId,
    pub text: &'t str,
    pub diagnostics: Vec<Diagnostic>,
}

impl Cx<'_> {
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The value of `key` is of another shape than `wanted` (`"a map"`).
    pub fn wrong_shape(&mut self, node: &Node, key: &str, wanted: &str) {
        self.report(shape_error(node, key, wanted));
    }

    pub fn wrong_value(&mut self, message: impl Into<String>, span: Span, label: impl Into<String>) {
        self.report(Diagnostic::new(Code::E0107, message, span, label));
    }
}

pub fn shape_error(node: &Node, key: &str, wanted: &str) -> Diagnostic {
    shape_error_of(node, &format!("`{key}`"), wanted)
}

fn shape_error_of(node: &Node, what: &str, wanted: &str) -> Diagnostic {
    let message = format!("{what} takes {wanted}, not {}", node.noun());
    Diagnostic::new(Code::E0106, message, node.span, format!("this is {}", node.noun()))
}

/// `a, b, c` in backquotes.
pub fn listed(words: &[&str]) -> String {
    words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ")
}
