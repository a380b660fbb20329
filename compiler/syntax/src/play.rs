//! From the YAML tree to the Play: one file for each top-level section.

mod account;
mod actions;
mod backtest;
mod deploy;
mod entry;
mod features;
mod filters;
mod intent;
mod policy;
mod risk;
mod rules;
mod setups;
mod structures;
mod timeframes;
mod traps;
mod validation;
mod variables;

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span, suggest};

use crate::ast::Play;
use crate::read::{Cx, is_free, listed, name};
use crate::variables::Declared;
use crate::yaml::{Document, Entry, Kind, Node};

pub use actions::ACTIONS;
pub use features::{feature_set, read as features};
pub use risk::read_model as risk_model;
pub use structures::read as structures;
pub use traps::remove_explained as remove_explained_traps;

const TOP_LEVEL: &[&str] = &[
    "version",
    "id",
    "name",
    "description",
    "symbol",
    "symbol_universe",
    "timeframes",
    "account",
    "backtest",
    "deploy",
    "features",
    "structures",
    "setups",
    "filters",
    "actions",
    "position_policy",
    "risk",
    "risk_model",
    "entry",
    "variables",
    "validation",
];

/// Keys without which there is no Play; `id` or `name`, and `features` or `structures`, are checked apart.
const REQUIRED: &[&str] = &["version", "symbol", "timeframes", "account", "actions"];

pub fn read(cx: &mut Cx, document: &Document, variables: &[Declared]) -> Play {
    let whole = Span::new(cx.source, 0..cx.text.len());
    let mut play = empty(whole);
    play.broken = !document.broken.is_empty();
    let Some(root) = &document.root else {
        if document.broken.is_empty() {
            let note = format!("a Play has at least the keys {}, `name` and `features`", listed(REQUIRED));
            cx.report(Diagnostic::new(Code::E0105, "the file is empty", whole, "no Play here").note(note));
        }
        return play;
    };
    let Kind::Map(entries) = &root.kind else {
        if root.kind != Kind::Error {
            let report = Diagnostic::new(
                Code::E0106,
                "a Play is a map",
                root.span,
                format!("this is {}", root.noun()),
            );
            cx.report(report.note("write `key: value` lines, beginning with `version:` and `name:`"));
        }
        return play;
    };
    traps::warn(cx, entries);
    for entry in entries {
        section(cx, entry, &mut play);
    }
    play.variables = variables::read(cx, variables);
    play.id = play.id.or_else(|| play.name.clone());
    missing(cx, document, root, entries);
    play
}

fn section(cx: &mut Cx, entry: &Entry, play: &mut Play) {
    let key = entry.key.text.as_str();
    if entry.value.kind == Kind::Null && TOP_LEVEL.contains(&key) {
        null_section(cx, entry);
        return;
    }
    match key {
        "version" => play.version = name(cx, key, &entry.value),
        "id" => play.id = name(cx, key, &entry.value),
        "name" => play.name = name(cx, key, &entry.value),
        "description" => play.description = name(cx, key, &entry.value),
        "symbol" => play.symbol = name(cx, key, &entry.value),
        "symbol_universe" => symbol_universe(cx, entry, play),
        "timeframes" => play.timeframes = timeframes::read(cx, entry),
        "account" => play.account = account::read(cx, entry),
        "backtest" => play.backtest = backtest::read(cx, entry),
        "deploy" => deploy::check(cx, entry),
        "features" => (play.features, play.sets) = features::read(cx, entry),
        "structures" => play.structures = structures::read(cx, entry),
        "setups" => play.setups = setups::read(cx, entry),
        "filters" => play.filters = filters::read(cx, entry),
        "actions" => play.actions = actions::read(cx, entry),
        "position_policy" => play.position_policy = policy::read(cx, entry),
        "risk" => play.risk = risk::read(cx, entry),
        "risk_model" => play.risk_model = risk::read_model(cx, entry),
        "entry" => play.entry = entry::read(cx, entry),
        "variables" => variables::check_shape(cx, entry),
        "validation" => play.validation = validation::read(cx, entry),
        "use" => cx.report(
            Diagnostic::new(Code::E0104, "a Play has no key `use`", entry.key.span, "unknown key").note(
                "a block is used where it belongs: in a condition, under `filters`, `features` or `risk`",
            ),
        ),
        _ if is_free(&entry.key) => {}
        _ => unknown(cx, entry),
    }
}

fn null_section(cx: &mut Cx, entry: &Entry) {
    let key = &entry.key.text;
    let (code, message) = if REQUIRED.contains(&key.as_str()) {
        (Code::E0105, format!("`{key}` has no value"))
    } else {
        (Code::W0806, format!("`{key}` has no value and means nothing"))
    };
    cx.report(Diagnostic::new(code, message, entry.key.span, "nothing is given here"));
}

fn unknown(cx: &mut Cx, entry: &Entry) {
    let key = &entry.key.text;
    let message = format!("the top-level key `{key}` means nothing to a Play");
    let mut report = Diagnostic::new(Code::W0801, message, entry.key.span, "ignored");
    report = match suggest::nearest(key, TOP_LEVEL.iter().copied()) {
        Some(near) => report.maybe(format!("write `{near}`"), entry.key.span, near),
        None => report.maybe(format!("mark it as a note: `x-{key}`"), entry.key.span, format!("x-{key}")),
    };
    cx.report(report.note("notes of your own are free under keys that begin with `x-`"));
}

/// The older form of `symbol:`; the first one is traded.
fn symbol_universe(cx: &mut Cx, entry: &Entry, play: &mut Play) {
    let Some(items) = crate::read::expect_list(cx, &entry.key.text, &entry.value) else { return };
    if let Some(second) = items.get(1) {
        let message = "a Play trades one symbol";
        cx.report(
            Diagnostic::new(Code::E0606, message, second.span, "a second symbol")
                .note("write one Play for each symbol; they may share everything else"),
        );
    }
    if let Some(first) = items.first() {
        play.symbol = play.symbol.take().or_else(|| name(cx, "symbol_universe", first));
    }
}

/// Reports the required sections that are not there, unless they may be among those that could not be read.
fn missing(cx: &mut Cx, document: &Document, root: &Node, entries: &[Entry]) {
    let broken = |key: &str| document.broken.iter().any(|b| b.is_empty() || b == key);
    let absent = |key: &str| !entries.iter().any(|e| e.key.text == key) && !broken(key);
    let at = entries.first().map_or(root.span, |e| e.key.span);
    let mut report = |key: &str, note: &str| {
        let message = format!("the Play has no `{key}`");
        cx.report(
            Diagnostic::new(Code::E0105, message, at, format!("`{key}` is missing at this level")).note(note),
        );
    };
    if absent("id") && absent("name") {
        report("name", "a Play is known by its `id`, or by its `name`");
    }
    for (key, note) in [
        ("version", "write `version: \"3.0.0\"`"),
        ("timeframes", "it names `low_tf`, `med_tf` and `high_tf`, and which of them is `exec`"),
        ("account", "it gives `starting_equity_usdt`, `max_leverage` and the fees"),
        ("actions", "without actions the Play can never trade"),
    ] {
        if absent(key) {
            report(key, note);
        }
    }
    if absent("symbol") && absent("symbol_universe") {
        report("symbol", "as in `symbol: BTCUSDT`");
    }
    let brings_its_own = entries.iter().any(|e| uses_block(&e.value));
    if absent("features") && absent("structures") && !brings_its_own {
        report(
            "features",
            "a Play declares the indicators it reads under `features:`, or structures under `structures:`",
        );
    }
}

/// Whether a block stands in there, which may bring the features it reads.
fn uses_block(node: &Node) -> bool {
    match &node.kind {
        Kind::Map(entries) => entries.iter().any(|e| e.key.text == "use" || uses_block(&e.value)),
        Kind::List(items) => items.iter().any(uses_block),
        Kind::Scalar(_) | Kind::Null | Kind::Error => false,
    }
}

fn empty(span: Span) -> Play {
    Play {
        id: None,
        name: None,
        version: None,
        description: None,
        symbol: None,
        timeframes: None,
        account: None,
        backtest: None,
        features: Vec::new(),
        sets: Vec::new(),
        structures: Vec::new(),
        setups: Vec::new(),
        filters: Vec::new(),
        actions: Vec::new(),
        position_policy: crate::ast::PositionPolicy::default(),
        risk: None,
        risk_model: None,
        entry: None,
        variables: Vec::new(),
        validation: None,
        broken: false,
        span,
    }
}
