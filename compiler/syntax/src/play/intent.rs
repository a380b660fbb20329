//! `emit:` the actions of a case, with what is noted beside them.

use diagnostics::Diagnostic;
use diagnostics::codes::Code;

use crate::ast::{Intent, Metadata, MetadataValue};
use crate::condition;
use crate::play::actions::check_action;
use crate::read::{Cx, Fields, expect_list, shape_error, spanned, value};
use crate::yaml::{Entry, Kind, Node};

const KEYS: &[&str] = &["action", "percent", "metadata"];

pub fn read_list(cx: &mut Cx, entry: &Entry) -> Vec<Intent> {
    let Some(items) = expect_list(cx, "emit", &entry.value) else { return Vec::new() };
    if items.is_empty() {
        let report =
            Diagnostic::new(Code::E0105, "`emit` is empty", entry.key.span, "no action is given here");
        cx.report(
            report.note("name what is to be done, as in `emit: [entry_long]`; to do nothing is `no_action`"),
        );
    }
    items.iter().filter_map(|item| intent(cx, item)).collect()
}

fn intent(cx: &mut Cx, node: &Node) -> Option<Intent> {
    if let Kind::Scalar(scalar) = &node.kind {
        let action = spanned(scalar);
        return check_action(cx, &action).then(|| Intent {
            action,
            percent: None,
            metadata: Vec::new(),
            span: node.span,
        });
    }
    let fields = Fields::open_as(cx, "an item of `emit`", node.span, node, KEYS)?;
    fields.require(cx, &["action"]);
    let percent =
        fields.number_where(cx, "percent", "must be above 0 and at most 100", |v| v > 0.0 && v <= 100.0);
    let metadata = fields.get(cx, "metadata").map_or_else(Vec::new, |entry| metadata(cx, entry));
    let action = fields.name(cx, "action")?;
    check_action(cx, &action).then_some(Intent { action, percent, metadata, span: node.span })
}

fn metadata(cx: &mut Cx, entry: &Entry) -> Vec<Metadata> {
    let Some(entries) = entry.value.entries() else {
        if entry.value.kind != Kind::Error {
            let report = shape_error(&entry.value, "metadata", "a map")
                .note("as in `entry_atr: {feature_id: atr_14}`");
            cx.report(report);
        }
        return Vec::new();
    };
    let read = |cx: &mut Cx, e: &Entry| {
        let is_reference = e.value.get("feature_id").is_some();
        let value = if is_reference {
            MetadataValue::Expr(condition::operand(cx, &e.value))
        } else {
            MetadataValue::Constant(value(cx, &e.key.text, &e.value))
        };
        Metadata { key: spanned(&e.key), value }
    };
    entries.iter().map(|e| read(cx, e)).collect()
}
