//! The words: what is said about names.

pub mod params;
pub mod wiring;

use diagnostics::suggest::nearest;
use diagnostics::{Code, Diagnostic, Span};
use stdlib::{Field, Kind, Output, Type};
use syntax::ast::{Name, Path};
use syntax::scope;

use crate::names::Names;
use crate::resolved::{Call, Expr, ExprKind, Function, Position, Series, Setup, Source};
use crate::timeframes::ROLES;
use crate::words;

/// `a`, `b` and `c`; long lists are cut.
pub fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<&str> = items.into_iter().collect();
    let shown = items.len().min(24);
    let mut text = items[..shown].iter().map(|i| format!("`{i}`")).collect::<Vec<_>>().join(", ");
    if shown < items.len() {
        text.push_str(", ...");
    }
    text
}

fn outputs(call: &Call) -> String {
    list(call.outputs.iter().map(|o| o.name.as_ref()))
}

// ---------------------------------------------------------------- timeframes

pub fn bad_timeframe(name: &Name) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0404,
        format!("`{}` is no timeframe", name.value),
        name.span,
        "cannot be read or built",
    )
    .note("write 15m, 4h, D and the like; the period must divide a day, or be a day or a week");
    match near_timeframe(&name.value) {
        Some(near) => d.maybe(format!("write `{near}`"), name.span, near),
        None => d,
    }
}

/// The period that is nearest; a word is a role.
fn near_timeframe(text: &str) -> Option<&'static str> {
    const KNOWN: [(&str, f64); 13] = [
        ("1m", 1.0),
        ("3m", 3.0),
        ("5m", 5.0),
        ("15m", 15.0),
        ("30m", 30.0),
        ("1h", 60.0),
        ("2h", 120.0),
        ("4h", 240.0),
        ("6h", 360.0),
        ("8h", 480.0),
        ("12h", 720.0),
        ("D", 1440.0),
        ("W", 10080.0),
    ];
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let Ok(count) = text[..unit_at].parse::<f64>() else { return nearest(text, ROLES) };
    let minutes = count
        * match text[unit_at..].chars().next()? {
            'm' => 1.0,
            'h' | 'H' => 60.0,
            'd' | 'D' => 1440.0,
            'w' | 'W' => 10080.0,
            _ => return None,
        };
    let apart = |known: f64| known.max(minutes) / known.min(minutes);
    KNOWN.into_iter().min_by(|a, b| apart(a.1).total_cmp(&apart(b.1))).map(|(name, _)| name)
}

pub fn bad_exec(exec: &Name, role: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0405,
        format!("`exec` names one of the three timeframes by its role, not `{}`", exec.value),
        exec.span,
        "must be low_tf, med_tf or high_tf",
    )
    .note("conditions are evaluated when the bars of that timeframe close");
    match (role, nearest(&exec.value, ROLES)) {
        (Some(role), _) => d.fix(format!("write `{role}`, which is {}", exec.value), exec.span, role),
        (None, Some(role)) => d.fix(format!("write `{role}`"), exec.span, role),
        (None, None) => d,
    }
}

pub fn timeframe_order(slow: &Name, slow_role: &str, fast: &Name, fast_role: &str) -> Diagnostic {
    Diagnostic::new(
        Code::W0807,
        format!("{slow_role} ({}) is shorter than {fast_role} ({})", slow.value, fast.value),
        slow.span,
        format!("shorter than {fast_role}"),
    )
    .label(fast.span, format!("{fast_role} is {}", fast.value))
    .note("the roles are only names and the Play runs, but readers expect low_tf <= med_tf <= high_tf")
}

// ---------------------------------------------------------------- declarations

pub fn unknown_builtin(kind: Kind, name: &Name, near: Option<&str>, other_kind: bool) -> Diagnostic {
    let (code, what) = match kind {
        Kind::Indicator => (Code::E0304, "indicator"),
        Kind::Structure => (Code::E0305, "structure type"),
    };
    let d = Diagnostic::new(
        code,
        format!("there is no {what} `{}`", name.value),
        name.span,
        format!("unknown {what}"),
    );
    let d = match (other_kind, kind) {
        (true, Kind::Indicator) => {
            d.note("there is a structure of this name: declare it under `structures:`")
        }
        (true, Kind::Structure) => d.note("there is an indicator of this name: declare it under `features:`"),
        (false, _) => d.note("`playc doc` lists what there is"),
    };
    match near {
        Some(near) => d.fix(format!("write `{near}`"), name.span, near),
        None => d,
    }
}

pub fn duplicate(name: &Name, first: &Name) -> Diagnostic {
    Diagnostic::new(Code::E0308, format!("`{}` is declared twice", name.value), name.span, "declared again")
        .label(first.span, "first declared here")
        .note("conditions refer to things by id alone; features and structures share one list of ids")
}

pub fn reserved(name: &Name) -> Diagnostic {
    Diagnostic::new(
        Code::E0308,
        format!("`{}` is the name of a market series", name.value),
        name.span,
        "this id is taken",
    )
    .note("conditions may read this series without a declaration; give the feature another id")
}

/// `is_read`: by something that is itself not used.
pub fn unused_call(call: &Call, is_read: bool) -> Diagnostic {
    let noun = call.noun();
    let d = Diagnostic::new(
        Code::W0802,
        format!("{noun} `{}` is not used", call.id.value),
        call.id.span,
        if is_read { "only what is not used itself reads it" } else { "nothing reads it" },
    );
    d.note(
        "it is computed and its columns are exported, but no condition, rule or other feature depends on it",
    )
}

pub fn unused_setup(id: &Name, is_read: bool) -> Diagnostic {
    Diagnostic::new(
        Code::W0803,
        format!("setup `{}` is not used", id.value),
        id.span,
        if is_read { "only what is not used itself refers to it" } else { "no action refers to it" },
    )
}

pub fn unused_variable(name: &Name) -> Diagnostic {
    Diagnostic::new(
        Code::W0804,
        format!("variable `{}` is not used", name.value),
        name.span,
        "nothing reads it",
    )
    .note(format!("write `${{{}}}` where its value belongs", name.value))
}

// ---------------------------------------------------------------- names in conditions

pub fn unknown_name(names: &Names<'_>, path: &Path) -> Diagnostic {
    let scoped = &path.base.value;
    let base = &Name::new(scope::bare(scoped).to_owned(), path.base.span);
    let d = Diagnostic::new(
        Code::E0301,
        format!("`{}` is not declared", base.value),
        base.span,
        "no feature, structure or market series of this name",
    );
    let same = names.of_builtin(&base.value, scoped);
    if let [only] = same.as_slice() {
        return d
            .label(only.span, format!("a feature with `indicator: {}`", base.value))
            .note("conditions refer to features by their id, not by their indicator")
            .fix(format!("write `{}`", scope::bare(&only.value)), base.span, scope::bare(&only.value));
    }
    if let Some(output) = crate::inputs::expanded(names.calls, scoped) {
        let call = names.get(output.call);
        let right = format!("{}.{}", scope::bare(&call.id.value), call.outputs[output.index].name);
        return d.fix(format!("write `{right}`"), base.span, right);
    }
    if let Some(near) = words::suggest(&base.value, names.candidates(scoped)) {
        return d.near(&base.value, base.span, near);
    }
    if !same.is_empty() {
        return d.note(format!(
            "features of this indicator are {}",
            list(same.iter().map(|n| scope::bare(&n.value)))
        ));
    }
    if names.setups.iter().any(|s| s.id.value == base.value) {
        return d.note("a setup of this name exists: refer to it as `setup: name`");
    }
    if stdlib::lookup(Kind::Indicator, &base.value).is_some() {
        return d.note(format!(
            "`{0}` is an indicator: declare it under `features:`, for example `my_{0}: {{indicator: {0}}}`, \
             and refer to it by that id",
            base.value
        ));
    }
    if stdlib::lookup(Kind::Structure, &base.value).is_some() {
        return d.note(format!(
            "`{0}` is a structure: declare it under `structures:` with `type: {0}` and a `key`, \
             and refer to it by the key",
            base.value
        ));
    }
    let declared: Vec<&str> = names.beside(scoped).map(|c| scope::bare(&c.id.value)).collect();
    let d = match scope::of(scoped) {
        "" => d,
        block => d.note(format!(
            "the block `{block}` sees its parameters and what it requires, nothing of the Play"
        )),
    };
    if declared.is_empty() { d } else { d.note(format!("declared are {}", list(declared))) }
}

pub fn unknown_feature(names: &Names<'_>, name: &Name) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0301,
        format!("`{}` is not declared", scope::bare(&name.value)),
        name.span,
        "no feature of this id",
    )
    .note("a rule in ATRs reads a feature with `indicator: atr`, on any timeframe");
    let declared: Vec<&str> = names.beside(&name.value).map(|c| scope::bare(&c.id.value)).collect();
    let atrs = names.of_builtin("atr", &name.value);
    let written = scope::bare(&name.value);
    match (words::suggest(written, declared), atrs.as_slice()) {
        (Some(near), _) => d.near(written, name.span, near),
        (None, [only]) => {
            let only = scope::bare(&only.value);
            d.maybe(format!("write `{only}`"), name.span, only)
        }
        (None, _) => d,
    }
}

pub fn unknown_output(call: &Call, field: &str, span: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0302,
        format!("{} `{}` has no output `{field}`", call.noun(), call.id.value),
        span,
        "no such output",
    )
    .label(call.id.span, declared_as(call))
    .note(format!("its outputs are {}", outputs(call)));
    let names = call.outputs.iter().map(|o| o.name.as_ref());
    if let Some(near) = words::suggest(field, names) {
        return d.near(field, span, near);
    }
    match call.primary().map(|at| &call.outputs[at]) {
        Some(Output { name, doc, .. }) if field == "value" => {
            d.fix(format!("write `{name}`: {doc}"), span, name.as_ref())
        }
        _ => d.note(described(call)),
    }
}

pub fn missing_output(call: &Call, span: Span) -> Diagnostic {
    let id = &call.id.value;
    let d = Diagnostic::new(
        Code::E0303,
        format!("{} `{id}` has several outputs", call.noun()),
        span,
        "which of its outputs?",
    )
    .label(call.id.span, declared_as(call))
    .note(format!("write `{id}.` and one of {}", outputs(call)));
    match call.primary().map(|at| &call.outputs[at]) {
        Some(primary) => {
            let right = format!("{id}.{}", primary.name);
            d.fix(format!("write `{right}`: {}", primary.doc), span, right)
        }
        None => d,
    }
}

fn declared_as(call: &Call) -> String {
    match call.row() {
        Some(row) => format!("declared with type `{}`", row.name),
        None => "declared here".to_owned(),
    }
}

/// What the outputs mean, where a name alone did not help.
fn described(call: &Call) -> String {
    let lines = call.outputs.iter().take(12).map(|o| format!("{}: {}", o.name, o.doc));
    lines.collect::<Vec<_>>().join("; ")
}

pub fn no_outputs(base: &Name, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0302, format!("`{}` has no outputs", base.value), span, "no such output")
        .note(format!("it is one series: write `{0}`, or `{0}[3]` for its value 3 bars ago", base.value))
}

pub fn bad_history(index: &Name) -> Diagnostic {
    Diagnostic::new(
        Code::E0302,
        format!("`[{}]` is no number of bars", index.value),
        index.span,
        "must be a whole number up to 100000",
    )
    .note("`x[3]` is x three bars of its own timeframe ago")
}

// ---------------------------------------------------------------- words

pub fn stray_word(text: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0407, format!("\"{text}\" is a word, not a value"), span, "a word stands alone")
        .note(
            "words go with `==`, `!=` or `in` beside an output that has them, such as `zone.state == active`",
        )
}

pub fn unknown_word(names: &Names<'_>, other: &Expr, words: &[&str], word: &Name) -> Diagnostic {
    let shown = shown(names, other);
    let d = Diagnostic::new(
        Code::E0312,
        format!("{shown} is never `{}`", word.value),
        word.span,
        "not one of its values",
    )
    .note(format!("its values are {}", list(words.iter().copied())));
    let near = nearest(&word.value, words.iter().copied()).or_else(|| opposite_scale(&word.value, words));
    match near {
        Some(near) => d.fix(format!("write `{near}`"), word.span, near),
        None => d,
    }
}

/// `up` for `bullish` and the like.
fn opposite_scale<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    const UP: [&str; 4] = ["bullish", "up", "long", "high"];
    const DOWN: [&str; 4] = ["bearish", "down", "short", "low"];
    let lower = word.to_lowercase();
    [UP, DOWN]
        .into_iter()
        .filter(|scale| scale.contains(&lower.as_str()))
        .find_map(|scale| words.iter().copied().find(|w| scale.contains(w)))
}

pub fn word_beside_number(names: &Names<'_>, other: &Expr, word: &Name) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0301,
        format!("`{}` is not declared", word.value),
        word.span,
        "neither a name nor a value of the other side",
    );
    let direction = match type_of(names, other) {
        Some(Type::Int { unit: stdlib::Unit::Direction, .. }) => match word.value.to_lowercase().as_str() {
            "bullish" | "up" | "long" => Some("1"),
            "bearish" | "down" | "short" => Some("-1"),
            "none" | "neutral" | "ranging" | "flat" => Some("0"),
            _ => None,
        },
        _ => None,
    };
    if let Some(number) = direction {
        return d
            .note(format!("{} is a number: 1 is up, -1 is down, 0 is neither", shown(names, other)))
            .fix(format!("write `{number}`"), word.span, number);
    }
    match words::suggest(&word.value, names.candidates(scope_of(names, other))) {
        Some(near) => d.fix(format!("write `{near}`"), word.span, near),
        None => d,
    }
}

/// The name of a declaration in the scope of an expression.
fn scope_of<'n>(names: &'n Names<'_>, expr: &Expr) -> &'n str {
    match expr.kind {
        ExprKind::Read(read) => match read.source {
            Source::Output(output) => &names.get(output.call).id.value,
            _ => "",
        },
        _ => "",
    }
}

fn type_of(names: &Names<'_>, expr: &Expr) -> Option<Type> {
    let ExprKind::Read(read) = expr.kind else { return None };
    let Source::Output(output) = read.source else { return None };
    names.get(output.call).outputs.get(output.index).map(|o| o.ty)
}

/// The expression in the Play's own words, as far as a name goes.
fn shown(names: &Names<'_>, expr: &Expr) -> String {
    let ExprKind::Read(read) = expr.kind else { return "the other side".to_owned() };
    match read.source {
        Source::Output(output) => {
            let call = names.get(output.call);
            match call.outputs.as_slice() {
                [_] => format!("`{}`", call.id.value),
                outputs => format!("`{}.{}`", call.id.value, outputs[output.index].name),
            }
        }
        Source::Field(field) => format!("`{}`", Field::name(field)),
        Source::Series(series) => format!("`{}`", Series::name(series)),
        Source::Position(position) => format!("`{}`", Position::name(position)),
    }
}

// ---------------------------------------------------------------- functions, setups, actions, risk

pub fn unknown_function(names: &Names<'_>, name: &Name) -> Diagnostic {
    let known = Function::ALL.map(Function::name);
    let d = Diagnostic::new(
        Code::E0301,
        format!("there is no function `{}`", name.value),
        name.span,
        "unknown function",
    );
    if stdlib::lookup(Kind::Indicator, &name.value).is_some() {
        let d =
            d.note("indicators are not called in conditions: declare one under `features:`, refer to its id");
        return match names.of_builtin(&name.value, "").as_slice() {
            [] => d,
            some => d.note(format!("declared are {}", list(some.iter().map(|n| n.value.as_str())))),
        };
    }
    let d = d.note(format!("functions are {}", list(known)));
    match nearest(&name.value, known) {
        Some(near) => d.fix(format!("write `{near}`"), name.span, near),
        None => d,
    }
}

pub fn wrong_arity(function: Function, name: &Name, given: usize) -> Diagnostic {
    Diagnostic::new(
        Code::E0203,
        format!("`{}` takes {} value(s), not {given}", function.name(), function.arity()),
        name.span,
        "wrong number of values",
    )
}

pub fn unknown_setup(names: &Names<'_>, name: &Name) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0306,
        format!("setup `{}` is not declared", scope::bare(&name.value)),
        name.span,
        "no setup of this name",
    );
    let declared: Vec<&str> = names
        .setups
        .iter()
        .map(|s| s.id.value.as_str())
        .filter(|id| scope::of(id).is_empty() && scope::of(&name.value).is_empty())
        .collect();
    if let Some(near) = nearest(&name.value, declared.iter().copied()) {
        return d.near(&name.value, name.span, near);
    }
    if !scope::of(&name.value).is_empty() {
        d.note("a block has no setups of its own; name other blocks under `requires.blocks`")
    } else if declared.is_empty() {
        d.note("the Play has no `setups:` section; add one, with this name and its condition")
    } else {
        d.note(format!("declared are {}", list(declared)))
    }
}

/// Blocks are written out before names are bound.
pub fn block_in_the_way(name: &Name) -> Diagnostic {
    Diagnostic::new(
        Code::E0314,
        format!("block `{}` has not been written out", name.value),
        name.span,
        "no blocks were given",
    )
}

pub fn setup_cycle(circle: &[&Setup]) -> Diagnostic {
    let names = circle.iter().chain(circle.first()).map(|s| s.id.value.as_str());
    let way = names.collect::<Vec<_>>().join(" -> ");
    let Some((first, others)) = circle.split_first() else {
        return Diagnostic::new(Code::E0307, "setups in a circle", Span::default(), "");
    };
    let d = Diagnostic::new(
        Code::E0307,
        format!("setup `{}` refers to itself", first.id.value),
        first.id.span,
        way,
    )
    .note("a setup is true when its condition is; a condition cannot wait for itself");
    others.iter().fold(d, |d, s| d.label(s.id.span, "on the way round"))
}

pub fn setup_depth(setup: &Setup, most: usize) -> Diagnostic {
    Diagnostic::new(
        Code::E0307,
        format!("setup `{}` lies more than {most} setups deep", setup.id.value),
        setup.id.span,
        "nested too deeply",
    )
}

pub fn unknown_action(name: &Name, known: &[&str]) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0601,
        format!("there is no action `{}`", name.value),
        name.span,
        "unknown action",
    )
    .note(format!("actions are {}", list(known.iter().copied())));
    match nearest(&name.value, known.iter().copied()) {
        Some(near) => d.fix(format!("write `{near}`"), name.span, near),
        None => d,
    }
}

pub fn inert_action(name: &Name) -> Diagnostic {
    Diagnostic::new(Code::W0806, format!("`{}` does nothing", name.value), name.span, "has no effect")
        .note("stops move by `trailing` and `break_even`; an exit with `percent` closes a part")
}

pub fn unknown_rule(name: &Name, what: &str, known: &[&str]) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0107,
        format!("there is no {what} of type `{}`", name.value),
        name.span,
        "unknown type",
    )
    .note(format!("types are {}", list(known.iter().copied())));
    match nearest(&name.value, known.iter().copied()) {
        Some(near) => d.fix(format!("write `{near}`"), name.span, near),
        None => d,
    }
}

pub fn risk_ignored(short: Span, full: Span) -> Diagnostic {
    Diagnostic::new(Code::W0806, "`risk:` has no effect beside `risk_model:`", short, "not used")
        .label(full, "this one rules")
        .note("only the order types of `risk:` are read when there is a `risk_model:`")
}

/// Each with its path.
pub fn outvoted(void: (&str, Span), counts: (&str, Span)) -> Diagnostic {
    let message = format!("`{}` has no effect beside `{}`", void.0, counts.0);
    Diagnostic::new(Code::W0806, message, void.1, "not used")
        .label(counts.1, "this one counts")
        .note("leave one of them out, or give both the same value")
}

pub fn no_pattern(validation: Span) -> Diagnostic {
    Diagnostic::new(Code::W0806, "`validation` makes no sample bars", validation, "`pattern` is missing here")
        .note(
            "write `pattern: trending` or another of `playvm data sample --list`; else a run needs `--data`",
        )
}

pub fn structure_stop_without_level(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0311,
        "a structure stop has no level",
        span,
        "needs `level:`, or a swing on the exec timeframe",
    )
    .note("write `level: swing.low_level`, or `level_long:` and `level_short:` where they differ")
}
