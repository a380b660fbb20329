//! Words inside sections: operators, names, what the compiler itself calls an older spelling.

use diagnostics::{Applicability, Code};
use syntax::expr::operator_alias;
use syntax::yaml::{Node, Scalar};

use super::Change;
use super::draft::{Draft, walk};

/// Names of structures began with this.
const PREFIX: &str = "structure.";

/// Accepted as actions, and never did anything.
const INERT: [&str; 3] = ["adjust_stop", "adjust_target", "adjust_size"];

/// The fixes of older spellings, and of operators by the names of other languages.
pub fn offered(draft: &Draft) -> Vec<Change> {
    let compilation = draft.compilation;
    let source = compilation.sources.get(compilation.source);
    let is_older = |code: Code, written: &str| match code {
        Code::W0808 => true,
        Code::E0202 => operator_alias(written.trim_matches(['"', '\''])).is_some(),
        _ => false,
    };
    let change = |d: &diagnostics::Diagnostic| {
        let at = d.span();
        let is_here = at.source == compilation.source && is_older(d.code, source.slice(at));
        let fix =
            d.fixes.iter().find(|fix| fix.applicability == Applicability::Machine).filter(|_| is_here)?;
        let what = format!("{}: {}", d.message, fix.title);
        Some(Change { at, what, edits: fix.edits.clone() })
    };
    compilation.diagnostics.iter().filter_map(change).collect()
}

/// `structure.swing.high_level` is `swing.high_level`.
pub fn prefixed(draft: &Draft) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut visit = |node: &Node| {
        let Some(scalar) = node.scalar().filter(|s| s.text.starts_with(PREFIX)) else { return };
        let written = &draft.text[scalar.span.range()];
        if let Some(at) = written.find(PREFIX) {
            let start = scalar.span.start as usize + at;
            let edits = vec![draft.edit(start..start + PREFIX.len(), "")];
            let what = format!("`{}` is now `{}`", scalar.text, &scalar.text[PREFIX.len()..]);
            changes.push(Change { at: scalar.span, what, edits });
        }
    };
    for section in draft.sections(&["setups", "filters", "actions", "risk", "risk_model"]) {
        walk(section, &mut visit);
    }
    changes
}

/// What did nothing is `no_action`; as the key of a condition it names a block, and stays.
pub fn inert_actions(draft: &Draft) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut inert = |scalar: &Scalar| {
        if INERT.contains(&scalar.text.as_str()) {
            let what = format!("`{}` does nothing: it is `no_action`", scalar.text);
            changes.push(Change { at: scalar.span, what, edits: vec![draft.rename(scalar, "no_action")] });
        }
    };
    let mut visit = |node: &Node| {
        let Some(syntax::yaml::Kind::List(items)) = node.get("emit").map(|e| &e.value.kind) else { return };
        for item in items {
            let named = item.get("action").map_or(item, |entry| &entry.value);
            named.scalar().into_iter().for_each(&mut inert);
        }
    };
    draft.sections(&["actions"]).for_each(|section| walk(section, &mut visit));
    changes
}
