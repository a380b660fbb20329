//! `features:` a map of id to indicator, or a list of items with `id`. An item that uses a block is a set of them.

use crate::ast::{Feature, FeatureSet, Name, Param};
use crate::read::{
    Cx, Fields, USE_KEYS, beside_use, block_use, check_id, is_free, shape_error, spanned, value,
};
use crate::yaml::{Entry, Kind, Node, Scalar};

const KEYS: &[&str] = &["indicator", "params", "tf", "source", "uses", "anchor_structure"];
const ITEM_KEYS: &[&str] = &["id", "indicator", "params", "tf", "source", "uses", "anchor_structure"];

pub fn read(cx: &mut Cx, entry: &Entry) -> (Vec<Feature>, Vec<FeatureSet>) {
    let (mut features, mut sets) = (Vec::new(), Vec::new());
    match &entry.value.kind {
        Kind::Map(items) => {
            for Entry { key, value } in items.iter().filter(|f| !is_free(&f.key)) {
                if value.get("use").is_some() {
                    sets.extend(feature_set(cx, key, value, "features"));
                } else {
                    features.extend(feature(cx, key, value));
                }
            }
        }
        Kind::List(items) => {
            for item in items {
                match item.get("id").and_then(|e| e.value.scalar()) {
                    Some(id) if item.get("use").is_some() => {
                        sets.extend(feature_set(cx, id, item, "features"));
                    }
                    _ => features.extend(item_feature(cx, item)),
                }
            }
        }
        Kind::Error | Kind::Null => {}
        Kind::Scalar(_) => {
            let report = shape_error(&entry.value, "features", "a map of features")
                .note("as in `ema_9: {indicator: ema, params: {length: 9}}`");
            cx.report(report);
        }
    }
    (features, sets)
}

/// `momentum: {use: momentum_set_v1}`.
pub fn feature_set(cx: &mut Cx, id: &Scalar, node: &Node, section: &str) -> Option<FeatureSet> {
    check_id(cx, "block", id);
    let known = |key: &str| USE_KEYS.contains(&key) && key != "side";
    let entries = node.entries().unwrap_or_default();
    for other in entries.iter().filter(|e| !known(&e.key.text) && e.key.text != "id" && !is_free(&e.key)) {
        let note = format!("what stands under `{section}` with `use` is what the block says it is");
        beside_use(cx, other.key.span, &format!("`{}`", id.text), &note);
    }
    Some(FeatureSet { id: spanned(id), block: block_use(cx, node)? })
}

fn feature(cx: &mut Cx, key: &Scalar, node: &Node) -> Option<Feature> {
    check_id(cx, "feature", key);
    params_one_level_up(cx, key, node);
    let fields = Fields::open_quiet(cx, &format!("`{}`", key.text), key.span, node, KEYS)?;
    Some(rest(cx, spanned(key), &fields))
}

fn item_feature(cx: &mut Cx, node: &Node) -> Option<Feature> {
    let fields = Fields::open_as(cx, "a feature", node.span, node, ITEM_KEYS)?;
    fields.require(cx, &["id"]);
    let id = node.get("id")?.value.scalar()?;
    check_id(cx, "feature", id);
    Some(rest(cx, spanned(id), &fields))
}

fn rest(cx: &mut Cx, id: Name, fields: &Fields) -> Feature {
    fields.require(cx, &["indicator"]);
    let mut uses = names(cx, fields, "uses");
    uses.extend(names(cx, fields, "anchor_structure"));
    Feature {
        id,
        indicator: fields.name(cx, "indicator"),
        params: params(cx, fields),
        tf: fields.name(cx, "tf"),
        source: fields.name(cx, "source"),
        uses,
        span: fields.span,
    }
}

/// `ema_9: {indicator: ema, length: 9}`: the likeliest unknown key is a parameter in the wrong place.
fn params_one_level_up(cx: &mut Cx, key: &Scalar, node: &Node) {
    for entry in node.entries().unwrap_or_default() {
        let name = entry.key.text.as_str();
        if KEYS.contains(&name) || is_free(&entry.key) {
            continue;
        }
        let mut report = crate::read::unknown_key(
            &entry.key,
            &format!("`{}`", key.text),
            KEYS,
            node.entries().unwrap_or_default(),
        );
        if report.fixes.is_empty() {
            report = report.note(format!(
                "parameters of the indicator go under `params:`, as in `params: {{{name}: ..}}`"
            ));
        }
        cx.report(report);
    }
}

/// `params:` of a feature or structure.
pub fn params(cx: &mut Cx, fields: &Fields) -> Vec<Param> {
    let Some(entry) = fields.get(cx, "params") else { return Vec::new() };
    let Some(entries) = entry.value.entries() else {
        if entry.value.kind != Kind::Error {
            let report = shape_error(&entry.value, "params", "a map").note("as in `params: {length: 14}`");
            cx.report(report);
        }
        return Vec::new();
    };
    let param =
        |cx: &mut Cx, e: &Entry| Param { name: spanned(&e.key), value: value(cx, &e.key.text, &e.value) };
    entries.iter().map(|e| param(cx, e)).collect()
}

/// One name or a list of names.
pub fn names(cx: &mut Cx, fields: &Fields, key: &str) -> Vec<Name> {
    let Some(entry) = fields.get(cx, key) else { return Vec::new() };
    let items = match &entry.value.kind {
        Kind::List(items) => items.as_slice(),
        Kind::Error => return Vec::new(),
        _ => std::slice::from_ref(&entry.value),
    };
    items.iter().filter_map(|item| crate::read::name(cx, key, item)).collect()
}
