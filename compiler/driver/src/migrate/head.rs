//! What a Play says about itself: symbol, timeframes, the section that is called `actions` now.

use bars::Timeframe;
use diagnostics::Edit;
use syntax::yaml::{Kind, Node};

use super::draft::{Draft, word};
use super::{Change, Step, features};

/// The three roles by their older names, fastest first.
const ROLES: [(&str, &str); 3] = [("ltf", "low_tf"), ("mtf", "med_tf"), ("htf", "high_tf")];

/// Where a single timeframe was given, before there were roles.
const EXEC_KEYS: [&str; 2] = ["execution_tf", "exec_tf"];

/// Sections of a form that has too little in common with today's.
const STILL_OLDER: &[(&str, &str)] = &[
    ("signal_rules", "write its rules as conditions under `actions`: `entry_long`, `exit_long` and so on"),
    (
        "tf_configs",
        "write its `feature_specs` under `features` with their `tf`, its roles under `timeframes`",
    ),
    ("market_structure_blocks", "write its blocks under `structures`, each in the list of its role"),
    ("feature_specs", "write each under `features`: `id: {indicator, params, tf}`"),
];

/// The name of a role today.
pub fn role(old: &str) -> Option<&'static str> {
    ROLES.iter().find(|(was, _)| *was == old).map(|(_, is)| *is)
}

/// `symbol_universe: [BTCUSDT]`
pub fn symbol(draft: &Draft) -> Vec<Change> {
    let Some(entry) = draft.get("symbol_universe") else { return Vec::new() };
    let Kind::List(items) = &entry.value.kind else { return Vec::new() };
    let [only] = items.as_slice() else { return Vec::new() };
    let Some(symbol) = only.scalar() else { return Vec::new() };
    let (edit, what) = if draft.get("symbol").is_some() {
        (draft.remove(&draft.root, "symbol_universe"), "`symbol_universe` says no more than `symbol`".into())
    } else {
        let written = &draft.text[symbol.span.range()];
        (
            draft.replace(entry, format!("symbol: {written}")),
            "`symbol_universe` of one is now `symbol`".into(),
        )
    };
    let change = |edit| Change { at: entry.key.span, what, edits: vec![edit] };
    edit.map(change).into_iter().collect()
}

/// `execution_tf: 15m`, with `mtf` and `htf` or without, is a map of roles now.
pub fn timeframes(draft: &Draft) -> Vec<Change> {
    if draft.get("timeframes").is_some() {
        return Vec::new();
    }
    if let Some(mapping) = draft.get("tf_mapping").filter(|e| e.value.entries().is_some()) {
        let what = "`tf_mapping` is now `timeframes`".into();
        return vec![Change {
            at: mapping.key.span,
            what,
            edits: vec![draft.rename(&mapping.key, "timeframes")],
        }];
    }
    let Some(key) = EXEC_KEYS.into_iter().find(|key| draft.get(key).is_some()) else { return Vec::new() };
    from_exec(draft, key).into_iter().collect()
}

fn from_exec(draft: &Draft, key: &str) -> Option<Change> {
    let entry = draft.get(key)?;
    let written = word(&draft.root, key)?;
    let exec = Timeframe::parse(written)?;
    let mut edits = Vec::new();
    let mut given = |role: &str| -> Option<String> {
        let tf = word(&draft.root, role)?.to_owned();
        Timeframe::parse(&tf)?;
        edits.push(draft.remove(&draft.root, role)?);
        Some(tf)
    };
    let (med, high) = (given("mtf"), given("htf"));
    // what the features are computed on, where the roles do not say
    let mut slower: Vec<(Timeframe, String)> = features::all(draft)
        .filter_map(|feature| word(feature, "tf"))
        .filter_map(|tf| Some((Timeframe::parse(tf)?, tf.to_owned())))
        .filter(|(tf, _)| *tf > exec)
        .collect();
    slower.sort();
    let med = med.or_else(|| Some(slower.first()?.1.clone())).unwrap_or_else(|| written.to_owned());
    let high = high.or_else(|| Some(slower.last()?.1.clone())).unwrap_or_else(|| med.clone());
    let roles = format!("timeframes: {{low_tf: {written}, med_tf: {med}, high_tf: {high}, exec: low_tf}}");
    edits.push(draft.replace(entry, roles)?);
    Some(Change { at: entry.key.span, what: format!("`{key}` is now a role of `timeframes`"), edits })
}

/// `timeframes: {exec: 15m, htf: 4h}`: roles by their older names, `exec` as a timeframe.
pub fn role_names(draft: &Draft) -> Vec<Change> {
    let Some(entry) = draft.get("timeframes") else { return Vec::new() };
    let map = &entry.value;
    let mut edits = Vec::new();
    for (old, new) in ROLES {
        if let Some(role) = map.get(old)
            && map.get(new).is_none()
        {
            edits.push(draft.rename(&role.key, new));
        }
    }
    edits.extend(exec_as_timeframe(draft, map).into_iter().flatten());
    if edits.is_empty() {
        return Vec::new();
    }
    vec![Change {
        at: entry.key.span,
        what: "the roles are now `low_tf`, `med_tf`, `high_tf` and `exec`".into(),
        edits,
    }]
}

/// The roles that are missing beside `exec: 15m`, and the role that it is.
fn exec_as_timeframe(draft: &Draft, map: &Node) -> Option<Vec<Edit>> {
    let exec = map.get("exec")?;
    let written = word(map, "exec")?;
    let tf = Timeframe::parse(written)?;
    let given = ROLES.map(|(old, new)| word(map, new).or_else(|| word(map, old)));
    let low = given[0].unwrap_or(written);
    let med = given[1].unwrap_or(low);
    let high = given[2].unwrap_or(med);
    let all = [low, med, high];
    let at = all.iter().position(|role| Timeframe::parse(role) == Some(tf))?;
    let absent = (0..3).filter(|at| given[*at].is_none());
    let mut edits: Vec<Edit> = absent.map(|role| draft.before(map, exec, ROLES[role].1, all[role])).collect();
    let value = exec.value.scalar()?;
    edits.push(draft.rename(value, ROLES[at].1));
    Some(edits)
}

/// `exec_tf` beside `timeframes` that say the same.
pub fn exec_tf(draft: &Draft) -> Vec<Change> {
    let pointed = || {
        let map = &draft.get("timeframes")?.value;
        Timeframe::parse(word(map, word(map, "exec")?)?)
    };
    let Some(exec) = pointed() else { return Vec::new() };
    let change = |key: &'static str| {
        let entry = draft.get(key)?;
        let says_the_same = Timeframe::parse(word(&draft.root, key)?) == Some(exec);
        let edit = draft.remove(&draft.root, key).filter(|_| says_the_same)?;
        let what = format!("`{key}` says no more than `timeframes`");
        Some(Change { at: entry.key.span, what, edits: vec![edit] })
    };
    EXEC_KEYS.into_iter().filter_map(change).collect()
}

/// `blocks:` of cases.
pub fn blocks(draft: &Draft) -> Vec<Change> {
    let Some(entry) = draft.get("blocks") else { return Vec::new() };
    if draft.get("actions").is_some() || !matches!(entry.value.kind, Kind::List(_)) {
        return Vec::new();
    }
    let what = "`blocks` is now `actions`".into();
    vec![Change { at: entry.key.span, what, edits: vec![draft.rename(&entry.key, "actions")] }]
}

/// What no rule puts into today's spelling.
pub fn still_older(draft: &Draft) -> Vec<Step> {
    let source = draft.compilation.sources.get(draft.compilation.source);
    let place = |at: u32| source.position(at);
    let mut told = Vec::new();
    for (key, instead) in STILL_OLDER {
        if let Some(entry) = draft.get(key) {
            let what = format!("`{key}` is of an older form that is not put into today's: {instead}");
            told.push(Step { place: place(entry.key.span.start), what });
        }
    }
    if let Some(entry) = draft.get("symbol_universe")
        && matches!(&entry.value.kind, Kind::List(items) if items.len() > 1)
    {
        let what = "a Play trades one symbol: write one Play for each of `symbol_universe`".into();
        told.push(Step { place: place(entry.key.span.start), what });
    }
    told.extend(features::left(draft).map(|(at, what)| Step { place: place(at.start), what }));
    told
}
