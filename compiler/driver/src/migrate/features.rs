//! `features:` older keys, and the list that is a map now.

use std::collections::BTreeSet;

use diagnostics::{Edit, Span};
use stdlib::{BUILTINS, Builtin, Kind as Built};
use syntax::expr::is_identifier;
use syntax::yaml::{Entry, Kind, Node};

use super::Change;
use super::draft::{Draft, word};
use super::head::role;

const KEYS: [(&str, &str); 3] =
    [("indicator_type", "indicator"), ("input_source", "source"), ("anchor_structure", "uses")];

/// Every feature: of the map, or of the older list.
pub fn all<'d>(draft: &'d Draft) -> impl Iterator<Item = &'d Node> {
    let value = draft.get("features").map(|entry| &entry.value);
    let of_map = value.and_then(Node::entries).unwrap_or_default().iter().map(|e| &e.value);
    of_map.chain(items(draft).unwrap_or_default())
}

/// The items of the older list.
pub fn items<'d>(draft: &'d Draft) -> Option<&'d [Node]> {
    match &draft.get("features")?.value.kind {
        Kind::List(items) => Some(items),
        _ => None,
    }
}

/// `type: structure` among the features, or what has become of it on the way to `structures`.
pub fn is_structure(feature: &Node) -> bool {
    word(feature, "type") == Some("structure")
        || feature.get("structure_type").is_some()
        || feature.get("key").is_some()
}

fn row(name: &str) -> Option<&'static Builtin> {
    BUILTINS.iter().copied().find(|row| row.kind == Built::Indicator && row.name.eq_ignore_ascii_case(name))
}

/// `type: indicator, indicator_type: ema` and their kin.
pub fn keys(draft: &Draft) -> Vec<Change> {
    let mut changes = Vec::new();
    for feature in all(draft).filter(|f| !is_structure(f)) {
        let has = |key: &str| feature.get(key).is_some();
        for (old, new) in KEYS {
            if let Some(entry) = feature.get(old)
                && !has(new)
            {
                changes.push(renamed(draft, entry, new));
            }
        }
        if let Some(entry) = feature.get("depends_on")
            && !has("uses")
        {
            changes.extend(depends_on(draft, entry));
        }
        let Some(entry) = feature.get("type") else { continue };
        let is_named = has("indicator") || has("indicator_type");
        if !is_named && word(feature, "type").and_then(row).is_some() {
            changes.push(renamed(draft, entry, "indicator"));
        } else if is_named
            && word(feature, "type") == Some("indicator")
            && let Some(edit) = draft.remove(feature, "type")
        {
            let what = "what stands under `features` needs no `type: indicator`".into();
            changes.push(Change { at: entry.key.span, what, edits: vec![edit] });
        }
    }
    changes
}

fn renamed(draft: &Draft, entry: &Entry, new: &str) -> Change {
    let what = format!("`{}` is now `{new}`", entry.key.text);
    Change { at: entry.key.span, what, edits: vec![draft.rename(&entry.key, new)] }
}

/// `depends_on: {swing: swing_1h}` is `uses: swing_1h`.
pub fn depends_on(draft: &Draft, entry: &Entry) -> Option<Change> {
    let nodes: Vec<&Node> = match &entry.value.kind {
        Kind::Map(entries) => entries.iter().map(|e| &e.value).collect(),
        Kind::List(items) => items.iter().collect(),
        Kind::Scalar(_) => vec![&entry.value],
        Kind::Null | Kind::Error => return None,
    };
    let names: Option<Vec<&str>> =
        nodes.iter().map(|n| n.scalar().map(|s| &draft.text[s.span.range()])).collect();
    let uses = match names?.as_slice() {
        [] => return None,
        [only] => format!("uses: {only}"),
        several => format!("uses: [{}]", several.join(", ")),
    };
    let edit = draft.replace(entry, uses)?;
    Some(Change { at: entry.key.span, what: "`depends_on` is now `uses`".into(), edits: vec![edit] })
}

/// `tf: htf`
pub fn role_names(draft: &Draft) -> Vec<Change> {
    let change = |feature: &Node| {
        let old = feature.get("tf")?.value.scalar()?;
        let new = role(&old.text)?;
        let what = format!("the role `{}` is now `{new}`", old.text);
        Some(Change { at: old.span, what, edits: vec![draft.rename(old, new)] })
    };
    all(draft).filter_map(change).collect()
}

/// `talib`, `mamode` and `offset`, which every indicator took and none reads.
pub fn common_extras(draft: &Draft) -> Vec<Change> {
    let mut changes = Vec::new();
    for feature in all(draft) {
        let Some(params) = feature.get("params") else { continue };
        let Some(row) = word(feature, "indicator").and_then(row) else { continue };
        let is_idle = |e: &&Entry| {
            let name = e.key.text.as_str();
            resolve::COMMON_EXTRAS.contains(&name) && row.param_index(name).is_none()
        };
        let entries = params.value.entries().unwrap_or_default();
        for idle in entries.iter().filter(is_idle) {
            let edit = if entries.len() == 1 {
                draft.remove(feature, "params")
            } else {
                draft.remove(&params.value, &idle.key.text)
            };
            let what = format!("`{}` has no effect on `{}`", idle.key.text, row.name);
            changes.extend(edit.map(|edit| Change { at: idle.key.span, what, edits: vec![edit] }));
        }
    }
    changes
}

/// `{id, type: structure, structure_type: swing}` as it stands under `structures`; `structures::moved` takes it there.
pub fn structures_among_them(draft: &Draft) -> Vec<Change> {
    let change = |item: &Node| {
        let (id, kind) = (item.get("id")?, item.get("structure_type")?);
        if item.get("key").is_some() {
            return None;
        }
        let mut edits = vec![draft.rename(&id.key, "key"), draft.rename(&kind.key, "type")];
        if item.get("type").is_some() {
            edits.push(draft.remove(item, "type")?);
        }
        if let Some(entry) = item.get("depends_on") {
            edits.extend(depends_on(draft, entry)?.edits);
        }
        let what = format!("`{}` is a structure", id.value.scalar()?.text);
        Some(Change { at: id.key.span, what, edits })
    };
    items(draft).unwrap_or_default().iter().filter_map(change).collect()
}

/// `- id: ema_9` of the list becomes `ema_9:` of a map.
pub fn list(draft: &Draft) -> Vec<Change> {
    let change = || {
        let entry = draft.get("features")?;
        let items = items(draft)?;
        let ids = ids(items)?;
        let what = "`features` is now a map of ids".into();
        let edits = if draft.is_flow(&entry.value) {
            flow(draft, &entry.value, items, &ids)?
        } else {
            block(draft, entry, items, &ids)?
        };
        Some(Change { at: entry.key.span, what, edits })
    };
    change().into_iter().collect()
}

/// The ids of all items, where each has one of its own that can be a key.
fn ids(items: &[Node]) -> Option<Vec<&str>> {
    let ids: Vec<&str> = items.iter().map(|item| word(item, "id")).collect::<Option<_>>()?;
    let is_plain = ids.iter().all(|id| is_identifier(id)) && items.iter().all(|item| !is_structure(item));
    let has_more = items.iter().all(|item| item.entries().is_some_and(|entries| entries.len() > 1));
    let apart: BTreeSet<&&str> = ids.iter().collect();
    (!ids.is_empty() && is_plain && has_more && apart.len() == ids.len()).then_some(ids)
}

/// `[{id: a, ..}]` to `{a: {..}}`.
fn flow(draft: &Draft, list: &Node, items: &[Node], ids: &[&str]) -> Option<Vec<Edit>> {
    let range = list.span.range();
    let mut edits =
        vec![draft.edit(range.start..range.start + 1, "{"), draft.edit(range.end - 1..range.end, "}")];
    for (item, id) in items.iter().zip(ids) {
        let at = item.span.start as usize;
        edits.push(draft.is_flow(item).then(|| draft.edit(at..at, format!("{id}: ")))?);
        edits.push(draft.remove(item, "id")?);
    }
    Some(edits)
}

fn block(draft: &Draft, section: &Entry, items: &[Node], ids: &[&str]) -> Option<Vec<Edit>> {
    let mut from = section.key.span.end as usize;
    let mut dashes = Vec::with_capacity(items.len());
    for item in items {
        dashes.push(draft.dash(from, item)?);
        from = item.span.end as usize;
    }
    // a list may stand in its key's own column, a map not
    let is_flush = draft.column(*dashes.first()?) <= draft.column(section.key.span.start as usize);
    let deeper = if is_flush { 2 } else { 0 };
    let mut edits = Vec::new();
    for ((item, id), dash) in items.iter().zip(ids).zip(dashes) {
        edits.extend(as_entry(draft, item, id, dash, deeper)?);
    }
    if is_flush {
        let lines = draft.line_end(section.key.span.end as usize)..from;
        indent(draft, lines, deeper, &mut edits);
    }
    Some(edits)
}

/// The dash and the `id` make way for a key; everything else stays where it is.
fn as_entry(draft: &Draft, item: &Node, id: &str, dash: usize, deeper: usize) -> Option<Vec<Edit>> {
    let start = item.span.start as usize;
    if draft.is_flow(item) {
        return Some(vec![draft.edit(dash..start, format!("{id}: ")), draft.remove(item, "id")?]);
    }
    let first = item.entries()?.first()?;
    if draft.text[dash..start].contains('\n') {
        return Some(vec![draft.edit(dash..dash + 1, format!("{id}:")), draft.remove(item, "id")?]);
    }
    if first.key.text == "id" {
        return Some(vec![draft.edit(dash..draft.end(first), format!("{id}:"))]);
    }
    let column = " ".repeat(draft.column(start) + deeper);
    let head = format!("{id}:{}{column}", draft.newline());
    Some(vec![draft.edit(dash..start, head), draft.remove(item, "id")?])
}

/// Moves lines to the right; not those that go altogether.
fn indent(draft: &Draft, lines: std::ops::Range<usize>, by: usize, edits: &mut Vec<Edit>) {
    let mut at = lines.start;
    while at < lines.end {
        let end = draft.line_end(at);
        let goes = edits.iter().any(|e| e.span.start as usize <= at && e.span.end as usize >= end);
        if !goes && !draft.text[at..end].trim().is_empty() {
            edits.push(draft.edit(at..at, " ".repeat(by)));
        }
        at = end;
    }
}

/// Why a list stays one.
pub fn left<'d>(draft: &'d Draft) -> impl Iterator<Item = (Span, String)> + 'd {
    let structures = items(draft).unwrap_or_default().iter().filter(|item| is_structure(item));
    let told = structures.map(|item| {
        let name = word(item, "key").or_else(|| word(item, "id")).unwrap_or_default();
        let what = format!("write the structure `{name}` under `structures`, in the list of its role");
        (item.span, what)
    });
    let list =
        draft.get("features").filter(|_| items(draft).is_some_and(|all| !all.iter().any(is_structure)));
    told.chain(list.map(|entry| {
        (entry.key.span, "write `features` as a map: each id once, as the key of its feature".to_owned())
    }))
}
