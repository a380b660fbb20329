//! A block file: what it says about itself, and, with its parameters put in, what it is made of.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, SourceId, Span, Spanned};

use crate::ast::{BlockBody, BlockHead, BlockKind, BlockParam, BlockParamType, FeatureSet, Logic, Name};
use crate::condition;
use crate::play;
use crate::read::{self, Cx, Fields, check_id, is_free, name, shape_error, spanned};
use crate::variables::{self, Declared};
use crate::yaml::{self, Document, Entry, Kind, Node, Plain, Scalar, Style};

const KEYS: &[&str] = &["id", "name", "version", "type", "description", "params", "requires", "logic"];
const REQUIRES_KEYS: &[&str] = &["features", "structures", "blocks"];
const PARAM_KEYS: &[&str] = &["type", "default", "min", "max", "choices", "description"];
const PARAM_TYPES: &[&str] = &["int", "number", "bool", "choice", "timeframe"];

/// Top-level keys that only Plays have, and that only blocks have.
const OF_PLAYS: &[&str] = &["symbol", "timeframes", "account", "features", "actions", "risk"];
const OF_BLOCKS: &[&str] = &["type", "params", "requires", "logic"];

/// Whether the top-level keys are those of a block, or `None` where they do not say.
#[must_use]
pub fn is_block<'k>(keys: impl Iterator<Item = &'k str>) -> Option<bool> {
    let keys: Vec<&str> = keys.collect();
    let has = |wanted: &[&str]| keys.iter().any(|key| wanted.contains(key));
    if has(OF_PLAYS) { Some(false) } else { has(OF_BLOCKS).then_some(true) }
}

/// A file that was read, its parameters still open.
#[derive(Clone, Debug)]
pub struct File {
    pub head: BlockHead,
    document: Document,
    source: SourceId,
}

/// The value of a parameter in one use of the block.
#[derive(Clone, Debug)]
pub struct Given {
    pub name: Name,
    pub value: Node,
    /// What stands for it inside a longer text, where it is no single value.
    pub in_text: Option<String>,
}

/// Reads the file and what it says about itself.
#[must_use]
pub fn read(source: SourceId, text: &str) -> (File, Vec<Diagnostic>) {
    let (mut document, mut diagnostics) = yaml::load(source, text);
    if let Some(at) = text.find(char::REPLACEMENT_CHARACTER) {
        let span = Span::new(source, at..at + char::REPLACEMENT_CHARACTER.len_utf8());
        let report = Diagnostic::new(Code::E0109, "the file is not UTF-8 text", span, "this is no letter");
        diagnostics.push(report.note("save the file as UTF-8"));
    }
    document.remove_duplicates(&mut diagnostics);
    let mut cx = Cx { source, text, diagnostics };
    let head = head(&mut cx, &document);
    let mut diagnostics = cx.diagnostics;
    diagnostics.sort_by_key(|d| (d.span().start, d.span().end, d.code));
    (File { head, document, source }, diagnostics)
}

impl File {
    /// What the block is made of when its parameters have these values.
    #[must_use]
    pub fn body(&self, text: &str, given: &[Given]) -> (BlockBody, Vec<Diagnostic>) {
        let Some(Node { kind: Kind::Map(entries), .. }) = &self.document.root else {
            return (BlockBody::default(), Vec::new());
        };
        let mut diagnostics = Vec::new();
        let mut sections: Vec<Entry> =
            entries.iter().filter(|e| matches!(e.key.text.as_str(), "requires" | "logic")).cloned().collect();
        let params = given.iter().map(|g| Declared::new(key(&g.name), g.value.clone(), g.in_text.clone()));
        let mut nodes: Vec<&mut Node> = sections.iter_mut().map(|e| &mut e.value).collect();
        let broken = !self.document.broken.is_empty();
        let params = variables::put_in(&mut nodes, params.collect(), broken, &mut diagnostics);
        for param in params.iter().filter(|p| !p.used && !broken) {
            diagnostics.push(unused(&param.key));
        }
        let mut cx = Cx { source: self.source, text, diagnostics };
        let mut body = BlockBody::default();
        for section in &sections {
            match section.key.text.as_str() {
                "requires" => requires(&mut cx, section, &mut body),
                _ => body.logic = self.logic(&mut cx, section),
            }
        }
        (body, cx.diagnostics)
    }

    /// Whether the logic has a long and a short side; one without sides serves both.
    #[must_use]
    pub fn sides(&self) -> (bool, bool) {
        let logic = self.document.root.as_ref().and_then(|root| root.get("logic"));
        let has = |side: &str| logic.is_some_and(|logic| logic.value.get(side).is_some());
        let (long, short) = (has("long"), has("short"));
        if long || short { (long, short) } else { (true, true) }
    }

    fn logic(&self, cx: &mut Cx, entry: &Entry) -> Logic {
        match self.head.kind.as_ref().map(|k| k.value) {
            Some(BlockKind::FeatureSet) => {
                let report = Diagnostic::new(
                    Code::E0107,
                    "a feature set has no `logic`",
                    entry.key.span,
                    "nothing reads this",
                );
                cx.report(report.note("what stands under `requires` is what the set brings along"));
                Logic::None
            }
            Some(BlockKind::Risk) => {
                play::risk_model(cx, entry).map_or(Logic::None, |model| Logic::Risk(Box::new(model)))
            }
            Some(BlockKind::Filter | BlockKind::Entry | BlockKind::Exit) | None => condition_of(cx, entry),
        }
    }
}

/// One condition, or one for each side of the market.
fn condition_of(cx: &mut Cx, entry: &Entry) -> Logic {
    let sides = ["long", "short"];
    let has_side = |node: &Node| sides.iter().any(|side| node.get(side).is_some());
    if !has_side(&entry.value) {
        return Logic::Condition(condition::read_at(cx, "logic", entry.key.span, &entry.value));
    }
    let Some(fields) = Fields::open(cx, &entry.key, &entry.value, &sides) else { return Logic::None };
    let mut side = |key: &str| {
        let entry = fields.get(cx, key)?;
        Some(condition::read_at(cx, key, entry.key.span, &entry.value))
    };
    Logic::Sides { long: side("long"), short: side("short") }
}

fn requires(cx: &mut Cx, entry: &Entry, body: &mut BlockBody) {
    let Some(fields) = Fields::open(cx, &entry.key, &entry.value, REQUIRES_KEYS) else { return };
    if let Some(features) = fields.get(cx, "features") {
        (body.features, body.sets) = play::features(cx, features);
    }
    if let Some(structures) = fields.get(cx, "structures") {
        body.structures = play::structures(cx, structures);
    }
    if let Some(blocks) = fields.get(cx, "blocks") {
        body.blocks = required_blocks(cx, blocks);
    }
}

fn required_blocks(cx: &mut Cx, entry: &Entry) -> Vec<FeatureSet> {
    let Some(blocks) = entry.value.entries() else {
        if entry.value.kind != Kind::Error {
            let report = shape_error(&entry.value, "blocks", "a map of blocks")
                .note("as in `calm: {use: calm_market_v1, with: {length: 14}}`");
            cx.report(report);
        }
        return Vec::new();
    };
    let mut out = Vec::new();
    for Entry { key, value } in blocks.iter().filter(|b| !is_free(&b.key)) {
        if value.get("use").is_none() {
            if value.kind != Kind::Error {
                let report = Diagnostic::new(
                    Code::E0105,
                    format!("`{}` names no block", key.text),
                    key.span,
                    "`use` is missing here",
                );
                cx.report(report.note("as in `calm: {use: calm_market_v1}`"));
            }
            continue;
        }
        out.extend(play::feature_set(cx, key, value, "requires.blocks"));
    }
    out
}

// ---------------------------------------------------------------- the head

fn head(cx: &mut Cx, document: &Document) -> BlockHead {
    let whole = Span::new(cx.source, 0..cx.text.len());
    let mut head =
        BlockHead { id: None, version: None, kind: None, description: None, params: Vec::new(), span: whole };
    let root = match &document.root {
        Some(root) => root,
        None => {
            if document.broken.is_empty() {
                let report = Diagnostic::new(Code::E0105, "the file is empty", whole, "no block here");
                cx.report(report.note("a block has at least the keys `id`, `version`, `type` and `logic`"));
            }
            return head;
        }
    };
    let first = root.entries().and_then(<[Entry]>::first).map_or(root.span, |e| e.key.span);
    head.span = first;
    let Some(fields) = Fields::open_as(cx, "a block", first, root, KEYS) else { return head };
    if document.broken.is_empty() {
        let named = if fields.has("name") { "name" } else { "id" };
        fields.require(cx, &[named, "version", "type"]);
        needs_sections(cx, &fields, root);
    }
    head.id = fields.name(cx, if fields.has("id") { "id" } else { "name" });
    head.description = fields.name(cx, "description");
    head.version = fields.get(cx, "version").and_then(|e| read::version(cx, "version", &e.value));
    head.kind = fields.word(cx, "type", &BlockKind::ALL.map(BlockKind::name)).and_then(|word| {
        let kind = BlockKind::ALL.into_iter().find(|k| k.name() == word.value)?;
        Some(Spanned::new(kind, word.span))
    });
    if let Some(params) = fields.get(cx, "params") {
        head.params = self::params(cx, params);
    }
    head
}

/// A block without `logic` is a feature set, and that has something to bring along.
fn needs_sections(cx: &mut Cx, fields: &Fields, root: &Node) {
    let is_set = root.get("type").and_then(|e| e.value.scalar()).map(|s| s.text == "feature_set");
    match is_set {
        Some(true) => fields.require(cx, &["requires"]),
        Some(false) => fields.require(cx, &["logic"]),
        None => {}
    }
}

fn params(cx: &mut Cx, entry: &Entry) -> Vec<BlockParam> {
    let Some(entries) = entry.value.entries() else {
        if entry.value.kind != Kind::Error {
            let report = shape_error(&entry.value, "params", "a map of parameters");
            cx.report(report.note("as in `length: {type: int, default: 20, min: 2, max: 500}`"));
        }
        return Vec::new();
    };
    let entries = entries.iter().filter(|e| !is_free(&e.key));
    entries.map(|Entry { key, value }| param(cx, key, value)).collect()
}

fn param(cx: &mut Cx, key: &Scalar, node: &Node) -> BlockParam {
    check_id(cx, "parameter", key);
    let name = spanned(key);
    let open = BlockParam { name: name.clone(), ty: None, default: None, description: None };
    if matches!(node.kind, Kind::Scalar(_)) {
        let ty = inferred(cx, key, node);
        return BlockParam { ty, default: Some(read::argument(cx, name, node)), ..open };
    }
    let Some(fields) = Fields::open(cx, key, node, PARAM_KEYS) else { return open };
    fields.require(cx, &["type"]);
    let ty = fields.word(cx, "type", PARAM_TYPES).and_then(|ty| param_type(cx, &ty, &fields));
    let default = fields.get(cx, "default").map(|e| read::argument(cx, name, &e.value));
    BlockParam { ty, default, description: fields.name(cx, "description"), ..open }
}

/// `length: 20`: the default says the type.
fn inferred(cx: &mut Cx, key: &Scalar, node: &Node) -> Option<BlockParamType> {
    match node.scalar().map(Scalar::plain) {
        Some(Plain::Number { is_int: true, .. }) => Some(BlockParamType::Int { min: None, max: None }),
        Some(Plain::Number { .. }) => Some(BlockParamType::Number { min: None, max: None }),
        Some(Plain::Bool(_)) => Some(BlockParamType::Bool),
        _ => {
            let message = format!("the type of `{}` cannot be told from its default", key.text);
            let report = Diagnostic::new(Code::E0107, message, node.span, "a word");
            cx.report(
                report.note("write `{type: choice, choices: [..], default: ..}`, or `type: timeframe`"),
            );
            None
        }
    }
}

fn param_type(cx: &mut Cx, ty: &Name, fields: &Fields) -> Option<BlockParamType> {
    let is_number = matches!(ty.value.as_str(), "int" | "number");
    let (min, max) = (fields.number(cx, "min"), fields.number(cx, "max"));
    let choices = choices(cx, fields);
    let mut misplaced = Vec::new();
    if !is_number {
        misplaced.extend(["min", "max"]);
    }
    if ty.value != "choice" {
        misplaced.push("choices");
    }
    for key in misplaced.into_iter().filter(|key| fields.has(key)) {
        let message = format!("{} of type `{}` has no `{key}`", fields.what, ty.value);
        cx.report(Diagnostic::new(Code::E0107, message, ty.span, "of this type"));
    }
    if let (Some(low), Some(high)) = (&min, &max)
        && low.value > high.value
    {
        cx.wrong_value("`min` is above `max`", low.span, "an empty range");
        return None;
    }
    let (min, max) = (min.map(|n| n.value), max.map(|n| n.value));
    Some(match ty.value.as_str() {
        "int" => BlockParamType::Int { min, max },
        "number" => BlockParamType::Number { min, max },
        "bool" => BlockParamType::Bool,
        "timeframe" => BlockParamType::Timeframe,
        _ => match choices {
            Some(choices) if !choices.is_empty() => BlockParamType::Choice(choices),
            _ => {
                cx.report(fields.missing("choices"));
                return None;
            }
        },
    })
}

fn choices(cx: &mut Cx, fields: &Fields) -> Option<Vec<String>> {
    let entry = fields.get(cx, "choices")?;
    let items = read::expect_list(cx, "choices", &entry.value)?;
    Some(items.iter().filter_map(|item| name(cx, "choices", item)).map(|name| name.value).collect())
}

fn unused(key: &Scalar) -> Diagnostic {
    let message = format!("parameter `{}` is not used", key.text);
    Diagnostic::new(Code::W0804, message, key.span, "nothing reads it")
        .note(format!("write `${{{}}}` where its value belongs", key.text))
}

fn key(name: &Name) -> Scalar {
    Scalar { text: name.value.clone(), style: Style::Plain, span: name.span, origin: yaml::Origin::Whole }
}
