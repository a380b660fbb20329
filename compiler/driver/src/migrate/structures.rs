//! `structures:` older keys and roles, and structures that stood among the features.

use bars::Timeframe;
use syntax::yaml::{Entry, Kind, Node};

use super::Change;
use super::draft::{Draft, word};
use super::features::{self, depends_on};
use super::head::role;

fn all<'d>(draft: &'d Draft) -> Vec<&'d Node> {
    fn items(node: &Node) -> &[Node] {
        match &node.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }
    let roles = draft.get("structures").and_then(|e| e.value.entries()).unwrap_or_default();
    let mut found = Vec::new();
    for role in roles {
        let by_tf = role.value.entries().unwrap_or_default();
        found.extend(items(&role.value).iter().chain(by_tf.iter().flat_map(|tf| items(&tf.value))));
    }
    found
}

/// `structure_type` and `depends_on`.
pub fn keys(draft: &Draft) -> Vec<Change> {
    let mut changes = Vec::new();
    for structure in all(draft) {
        if let Some(entry) = structure.get("structure_type")
            && structure.get("type").is_none()
        {
            let what = "`structure_type` is now `type`".into();
            let edits = vec![draft.rename(&entry.key, "type")];
            changes.push(Change { at: entry.key.span, what, edits });
        }
        if let Some(entry) = structure.get("depends_on")
            && structure.get("uses").is_none()
        {
            changes.extend(depends_on(draft, entry));
        }
    }
    changes
}

/// `structures: {htf: ..}`
pub fn role_names(draft: &Draft) -> Vec<Change> {
    let Some(entry) = draft.get("structures") else { return Vec::new() };
    let change = |old: &Entry| {
        let new = role(&old.key.text).filter(|new| entry.value.get(new).is_none())?;
        let what = format!("the role `{}` is now `{new}`", old.key.text);
        Some(Change { at: old.key.span, what, edits: vec![draft.rename(&old.key, new)] })
    };
    entry.value.entries().unwrap_or_default().iter().filter_map(change).collect()
}

/// Takes one structure out of the list of features, with its lines, and puts them under its role.
pub fn moved(draft: &Draft) -> Vec<Change> {
    let items = features::items(draft).unwrap_or_default();
    let is_ready = |item: &&Node| item.get("key").is_some() && item.get("type").is_some();
    let first = items.iter().find(is_ready);
    first.and_then(|item| move_one(draft, items, item)).into_iter().collect()
}

fn move_one(draft: &Draft, items: &[Node], item: &Node) -> Option<Change> {
    let section = draft.get("features")?;
    if draft.is_flow(&section.value) || draft.is_flow(item) {
        return None;
    }
    let at = items.iter().position(|i| i.span == item.span)?;
    let after = at.checked_sub(1).map_or(section.key.span.end, |before| items[before].span.end) as usize;
    let dash = draft.dash(after, item)?;
    let role = role_of(draft, item)?;
    let mut from = draft.line_start(dash);
    let first_line = draft.line_end(after);
    while from > first_line && draft.is_comment_line(draft.line_start(from - 1)) {
        from = draft.line_start(from - 1);
    }
    let to = draft.line_end(item.span.end as usize);
    let mut lines = draft.text[from..to].to_owned();
    if item.get("tf").is_some() {
        let gone = draft.remove(item, "tf")?.span.range();
        lines = format!("{}{}", &draft.text[from..gone.start], &draft.text[gone.end..to]);
    }
    if !lines.ends_with('\n') {
        lines.push_str(draft.newline());
    }
    let (place, head, column) = destination(draft, section, role)?;
    let lines = shifted(&lines, draft.column(dash), column);
    // an empty section would be missed
    let goes =
        if items.len() == 1 { draft.line_start(section.key.span.start as usize)..to } else { from..to };
    let key = word(item, "key")?;
    Some(Change {
        at: item.span,
        what: format!("`{key}` stands under `structures`"),
        edits: vec![draft.edit(goes, ""), draft.edit(place..place, format!("{head}{lines}"))],
    })
}

/// The role with the structure's timeframe.
fn role_of(draft: &Draft, item: &Node) -> Option<&'static str> {
    let roles = &draft.get("timeframes")?.value;
    let Some(tf) = word(item, "tf") else { return Some("exec") };
    let exec = word(roles, "exec")?;
    let named = ["exec", "low_tf", "med_tf", "high_tf"];
    if let Some(role) = named.into_iter().find(|role| *role == tf) {
        return Some(role);
    }
    let tf = Timeframe::parse(tf)?;
    let is = |role: &str| word(roles, role).and_then(Timeframe::parse) == Some(tf);
    if is(exec) { Some("exec") } else { named[1..].iter().copied().find(|role| is(role)) }
}

/// Where the lines go, what stands before them there, and the column of their dash.
fn destination(draft: &Draft, features: &Entry, role: &str) -> Option<(usize, String, usize)> {
    let newline = draft.newline();
    let Some(section) = draft.get("structures") else {
        let place = draft.line_end(features.value.span.end as usize);
        let ends = if draft.text[..place].ends_with('\n') { "" } else { newline };
        return Some((place, format!("{ends}{newline}structures:{newline}  {role}:{newline}"), 4));
    };
    let roles = section.value.entries()?;
    if draft.is_flow(&section.value) {
        return None;
    }
    let Some(list) = section.value.get(role) else {
        let place = draft.line_end(section.value.span.end as usize);
        let column = draft.column(roles.first()?.key.span.start as usize);
        let ends = if draft.text[..place].ends_with('\n') { "" } else { newline };
        return Some((place, format!("{ends}{}{role}:{newline}", " ".repeat(column)), column + 2));
    };
    let Kind::List(items) = &list.value.kind else { return None };
    let dash = draft.dash(list.key.span.end as usize, items.first()?)?;
    let place = draft.line_end(list.value.span.end as usize);
    let ends = if draft.text[..place].ends_with('\n') { "" } else { newline };
    (!draft.is_flow(&list.value)).then(|| (place, ends.to_owned(), draft.column(dash)))
}

/// The lines with their dash in another column.
fn shifted(lines: &str, from: usize, to: usize) -> String {
    let shift = |line: &str| {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let blank = line.trim().is_empty();
        if blank {
            line.to_owned()
        } else {
            format!("{}{}", " ".repeat((indent + to).saturating_sub(from)), &line[indent..])
        }
    };
    lines.split_inclusive('\n').map(shift).collect()
}
