//! The tree as text: one line a declaration, conditions as nested calls. For people and goldens, not to be read back.

mod sections;

use std::fmt::{self, Write as _};

use diagnostics::{SourceId, Span};

use crate::ast::{
    ArithmeticOp, Block, Candidates, CompareOp, CrossDirection, Expr, ExprKind, Extent, Feature, Intent,
    MetadataValue, Name, NearKind, Number, Param, Path, Play, Search, Segment, Structure, Use, Value,
    WindowKind,
};
use crate::yaml::{self, Kind, Node};

/// `--emit ast`.
#[must_use]
pub fn play(play: &Play) -> String {
    let mut out = String::new();
    write_play(&mut out, play).expect("a String takes everything");
    out
}

/// `--emit tokens`: keys, values and comments with their bytes, in the order of the file.
#[must_use]
pub fn tokens(text: &str) -> String {
    let (document, _) = yaml::load(SourceId(0), text);
    let mut tokens = Vec::new();
    if let Some(root) = &document.root {
        collect(root, &mut tokens);
    }
    tokens.extend(document.comments.iter().map(|c| (c.span, "comment", c.text.as_str())));
    tokens.sort_by_key(|(span, ..)| (span.start, span.end));
    let line =
        |(span, kind, text): &(Span, &str, &str)| format!("{}..{} {kind} {text:?}\n", span.start, span.end);
    tokens.iter().map(line).collect()
}

fn collect<'n>(node: &'n Node, out: &mut Vec<(Span, &'static str, &'n str)>) {
    match &node.kind {
        Kind::Scalar(scalar) => out.push((scalar.span, "value", &scalar.text)),
        Kind::List(items) => items.iter().for_each(|item| collect(item, out)),
        Kind::Map(entries) => entries.iter().for_each(|entry| {
            out.push((entry.key.span, "key", &entry.key.text));
            collect(&entry.value, out);
        }),
        Kind::Null => out.push((node.span, "null", "")),
        Kind::Error => out.push((node.span, "error", "")),
    }
}

#[must_use]
pub fn expr(expr: &Expr) -> String {
    Shown(expr).to_string()
}

pub(crate) fn number_text(number: &Number) -> String {
    Shown(number).to_string()
}

fn write_play(out: &mut String, play: &Play) -> fmt::Result {
    writeln!(out, "play {}", text(play.id.as_ref()))?;
    writeln!(out, "symbol {}", text(play.symbol.as_ref()))?;
    if let Some(tf) = &play.timeframes {
        let roles = [&tf.low, &tf.med, &tf.high, &tf.exec].map(|name| text(name.as_ref()));
        writeln!(out, "timeframes low={} med={} high={} exec={}", roles[0], roles[1], roles[2], roles[3])?;
    }
    for variable in &play.variables {
        writeln!(out, "variable {} = {}", variable.name.value, Shown(&variable.value.value))?;
    }
    play.features.iter().try_for_each(|f| feature(out, f))?;
    for set in &play.sets {
        writeln!(out, "features {} = {}", set.id.value, Shown(&set.block))?;
    }
    play.structures.iter().try_for_each(|s| structure(out, s))?;
    for setup in &play.setups {
        writeln!(out, "setup {}\n  {}", setup.id.value, Shown(&setup.condition))?;
    }
    for filter in &play.filters {
        let action = filter.action.as_ref().map_or("entries", |a| a.value.as_str());
        writeln!(out, "filter {action}\n  {}", Shown(&filter.condition))?;
    }
    play.actions.iter().try_for_each(|b| block(out, b))?;
    sections::write(out, play)
}

fn text(name: Option<&Name>) -> &str {
    name.map_or("-", |n| &n.value)
}

fn feature(out: &mut String, it: &Feature) -> fmt::Result {
    write!(out, "feature {} = {}{}", it.id.value, text(it.indicator.as_ref()), Params(&it.params))?;
    optional(out, "tf", it.tf.as_ref())?;
    optional(out, "source", it.source.as_ref())?;
    it.uses.iter().try_for_each(|name| optional(out, "uses", Some(name)))?;
    writeln!(out)
}

fn structure(out: &mut String, it: &Structure) -> fmt::Result {
    let (key, kind) = (text(it.key.as_ref()), text(it.kind.as_ref()));
    write!(out, "structure {key} = {kind}{} role={}", Params(&it.params), it.role.value)?;
    optional(out, "tf", it.tf.as_ref())?;
    optional(out, "source", it.source.as_ref())?;
    it.uses.iter().try_for_each(|name| optional(out, "uses", Some(name)))?;
    writeln!(out)
}

fn optional(out: &mut String, key: &str, name: Option<&Name>) -> fmt::Result {
    name.map_or(Ok(()), |name| write!(out, " {key}={}", name.value))
}

fn block(out: &mut String, it: &Block) -> fmt::Result {
    writeln!(out, "block {}", text(it.id.as_ref()))?;
    for case in &it.cases {
        writeln!(out, "  when {}", Shown(&case.when))?;
        case.emit.iter().try_for_each(|i| intent(out, i))?;
    }
    if !it.otherwise.is_empty() {
        writeln!(out, "  else")?;
        it.otherwise.iter().try_for_each(|i| intent(out, i))?;
    }
    Ok(())
}

fn intent(out: &mut String, it: &Intent) -> fmt::Result {
    write!(out, "    emit {}", it.action.value)?;
    if let Some(percent) = &it.percent {
        write!(out, " {}%", percent.value)?;
    }
    for metadata in &it.metadata {
        match &metadata.value {
            MetadataValue::Constant(value) => write!(out, " {}={}", metadata.key.value, Shown(&value.value))?,
            MetadataValue::Expr(expr) => write!(out, " {}={}", metadata.key.value, Shown(expr))?,
        }
    }
    writeln!(out)
}

pub(crate) fn block_use(it: &Use) -> String {
    Shown(it).to_string()
}

impl fmt::Display for Shown<'_, Use> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "use {}", self.0.name.value)?;
        self.0.version.as_ref().map_or(Ok(()), |version| write!(f, " version={}", version.value))?;
        self.0.side.as_ref().map_or(Ok(()), |side| write!(f, " side={}", side.value.name()))?;
        self.0.with.iter().try_for_each(|a| write!(f, " {}={}", a.name.value, Shown(&a.value.value)))
    }
}

struct Params<'p>(&'p [Param]);

impl fmt::Display for Params<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let params = self.0.iter().map(|p| format!("{}={}", p.name.value, Shown(&p.value.value)));
        write!(f, "({})", params.collect::<Vec<_>>().join(", "))
    }
}

struct Shown<'t, T>(&'t T);

impl fmt::Display for Shown<'_, Value> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Null => f.write_str("null"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Number { value, is_int } => number(f, *value, *is_int),
            Value::Text(text) => write!(f, "{text:?}"),
            Value::List(items) => {
                let items = items.iter().map(|item| Shown(&item.value).to_string());
                write!(f, "[{}]", items.collect::<Vec<_>>().join(", "))
            }
            Value::Search(search) => write!(f, "{}", Shown(search)),
            Value::Error => f.write_str("<error>"),
        }
    }
}

/// A float shows its point, an int has none.
fn number(f: &mut fmt::Formatter<'_>, value: f64, is_int: bool) -> fmt::Result {
    if is_int { write!(f, "{value}") } else { write!(f, "{value:?}") }
}

impl fmt::Display for Shown<'_, Search> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.candidates {
            Candidates::Steps { min, max, step } => write!(f, "(search {min}..{max} by {step}")?,
            Candidates::Choices(choices) => write!(f, "(search {choices:?}")?,
        }
        self.0.default.map_or(Ok(()), |default| write!(f, " default {default}"))?;
        f.write_str(")")
    }
}

impl fmt::Display for Shown<'_, Number> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.search {
            Some(search) => write!(f, "{}", Shown(search)),
            None => write!(f, "{}", self.0.value),
        }
    }
}

impl fmt::Display for Shown<'_, Path> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.base.value)?;
        for segment in &self.0.segments {
            match segment {
                Segment::Field(name) => write!(f, ".{}", name.value)?,
                Segment::Index(text) => write!(f, "[{}]", text.value)?,
            }
        }
        self.0.offset.as_ref().map_or(Ok(()), |offset| write!(f, "@{}", offset.value))
    }
}

fn call<'e>(f: &mut fmt::Formatter<'_>, head: &str, args: impl IntoIterator<Item = &'e Expr>) -> fmt::Result {
    write!(f, "({head}")?;
    for arg in args {
        write!(f, " {}", Shown(arg))?;
    }
    f.write_str(")")
}

impl fmt::Display for Shown<'_, Expr> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            ExprKind::Number { value, is_int, is_percent } => {
                number(f, *value, *is_int)?;
                f.write_str(if *is_percent { "%" } else { "" })
            }
            ExprKind::Bool(value) => write!(f, "{value}"),
            ExprKind::Text(text) => write!(f, "{text:?}"),
            ExprKind::Search(search) => write!(f, "{}", Shown(search)),
            ExprKind::Path(path) => write!(f, "{}", Shown(path)),
            ExprKind::Negate(it) => call(f, "neg", [&**it]),
            ExprKind::Arithmetic { op, left, right } => call(f, arithmetic(*op), [&**left, right]),
            ExprKind::Function { name, args } => call(f, &name.value, args),
            ExprKind::Compare { op, left, right, .. } => call(f, compare(*op), [&**left, right]),
            ExprKind::Between { value, low, high } => call(f, "between", [&**value, low, high]),
            ExprKind::In { value, items } => call(f, "in", [&**value].into_iter().chain(items)),
            ExprKind::Near { kind, left, right, tolerance } => {
                let word = if *kind == NearKind::Pct { "near_pct" } else { "near_abs" };
                call(f, word, [&**left, right, tolerance])
            }
            ExprKind::Cross { direction, left, right } => {
                let above = *direction == CrossDirection::Above;
                call(f, if above { "cross_above" } else { "cross_below" }, [&**left, right])
            }
            ExprKind::All(items) => call(f, "and", items),
            ExprKind::Any(items) => call(f, "or", items),
            ExprKind::Not(it) => call(f, "not", [&**it]),
            ExprKind::Window(window) => write_window(f, window),
            ExprKind::Sequence(sequence) => write_sequence(f, sequence),
            ExprKind::Score(score) => write_score(f, score),
            ExprKind::Setup(name) => write!(f, "(setup {})", name.value),
            ExprKind::Use(it) => write!(f, "({})", Shown(&**it)),
            ExprKind::Error => f.write_str("<error>"),
        }
    }
}

fn write_window(f: &mut fmt::Formatter<'_>, window: &crate::ast::Window) -> fmt::Result {
    let word = match window.kind {
        WindowKind::HoldsFor => "holds_for",
        WindowKind::OccurredWithin => "occurred_within",
        WindowKind::CountTrue => "count_true",
    };
    write!(f, "({word} {}", Shown(&window.extent))?;
    window.min_true.as_ref().map_or(Ok(()), |min| write!(f, " min {}", Shown(min)))?;
    window.anchor_tf.as_ref().map_or(Ok(()), |tf| write!(f, " of {}", tf.value))?;
    write!(f, " {})", Shown(&window.expr))
}

impl fmt::Display for Shown<'_, Extent> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Extent::Bars(bars) => write!(f, "{}", Shown(bars)),
            Extent::Duration { ms, .. } => write!(f, "{ms}ms"),
        }
    }
}

/// `(then a (10 b) (1800000ms c) total 50)`: each step after the first with its limit.
fn write_sequence(f: &mut fmt::Formatter<'_>, sequence: &crate::ast::Sequence) -> fmt::Result {
    f.write_str("(then")?;
    for (at, step) in sequence.steps.iter().enumerate() {
        let limit = at.checked_sub(1).and_then(|at| sequence.within.get(at)?.as_ref());
        match limit {
            Some(limit) => write!(f, " ({} {})", Shown(limit), Shown(step))?,
            None => write!(f, " {}", Shown(step))?,
        }
    }
    sequence.total.as_ref().map_or(Ok(()), |total| write!(f, " total {}", Shown(total)))?;
    sequence.anchor_tf.as_ref().map_or(Ok(()), |tf| write!(f, " of {}", tf.value))?;
    f.write_str(")")
}

/// `(score 3 (2 a) (1 b))`; without weights `(at_least 3 a b)`.
fn write_score(f: &mut fmt::Formatter<'_>, score: &crate::ast::Score) -> fmt::Result {
    let weighs = score.parts.iter().any(|part| part.weight.is_some());
    write!(f, "({} {}", if weighs { "score" } else { "at_least" }, Shown(&score.min))?;
    for part in &score.parts {
        match &part.weight {
            Some(weight) => write!(f, " ({} {})", Shown(weight), Shown(&part.when))?,
            None => write!(f, " {}", Shown(&part.when))?,
        }
    }
    f.write_str(")")
}

fn compare(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Eq => "==",
        CompareOp::Ne => "!=",
    }
}

fn arithmetic(op: ArithmeticOp) -> &'static str {
    match op {
        ArithmeticOp::Add => "+",
        ArithmeticOp::Sub => "-",
        ArithmeticOp::Mul => "*",
        ArithmeticOp::Div => "/",
        ArithmeticOp::Rem => "%",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn tokens_are_in_the_order_of_the_file() {
        let expected = "0..10 comment \" the name\"\n11..15 key \"name\"\n17..20 value \"x\"\n21..25 key \"risk\"\n\
                        21..25 null \"\"\n";
        assert_eq!(super::tokens("# the name\nname: 'x'\nrisk:\n"), expected);
    }
}
