//! The module as text: one value a line, stable, for goldens and for people.
//!
//! ```text
//! %3 = compare gt %1, %2          ; condition @15m market warm 15m:131 [0, 1]
//! ```

use std::fmt::{self, Display, Formatter, Write};

use stdlib::{Range, Type, builtin};

use crate::module::{Case, Intent, MetadataValue, Module, ValueId};
use crate::value::{Extent, Op, Reach, Ty, Value, Warmup};

/// The whole module.
#[must_use]
pub fn print(module: &Module) -> String {
    let mut text = String::new();
    write_module(&mut text, module).expect("writing to a string does not fail");
    text
}

fn write_module(out: &mut String, module: &Module) -> fmt::Result {
    writeln!(out, "play {} symbol {} exec {}", module.play, module.symbol, module.exec)?;
    if let Some(pattern) = &module.pattern {
        writeln!(out, "pattern {pattern}")?;
    }
    writeln!(out)?;
    for (at, value) in module.values.iter().enumerate() {
        let op = shown(|f| write_op(f, &value.op));
        writeln!(out, "{:<5} = {op:<40} ; {}", format!("%{at}"), shown(|f| write_facts(f, value)))?;
    }
    writeln!(out)?;
    for named in &module.named {
        writeln!(out, "name {} = {}", named.name, named.value)?;
    }
    for block in &module.actions {
        writeln!(out, "\nblock {} @{}", block.id, block.clock)?;
        for case in &block.cases {
            write_case(out, case)?;
        }
        if !block.otherwise.is_empty() {
            writeln!(out, "  else")?;
            write_intents(out, &block.otherwise)?;
        }
    }
    writeln!(out, "\npolicy {:#?}", module.policy)
}

fn write_case(out: &mut String, case: &Case) -> fmt::Result {
    writeln!(out, "  when {}", case.when)?;
    write_intents(out, &case.emit)
}

fn write_intents(out: &mut String, intents: &[Intent]) -> fmt::Result {
    for intent in intents {
        write!(out, "    {:?} {}%", intent.action, intent.percent)?;
        for (key, value) in &intent.metadata {
            match value {
                MetadataValue::Text(text) => write!(out, " {key}={text:?}")?,
                MetadataValue::Number(number) => write!(out, " {key}={number}")?,
                MetadataValue::Value(id) => write!(out, " {key}={id}")?,
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_op(f: &mut Formatter<'_>, op: &Op) -> fmt::Result {
    match op {
        Op::Number(value) => write!(f, "number {value}"),
        Op::Bool(Some(value)) => write!(f, "bool {value}"),
        Op::Bool(None) => f.write_str("bool unknown"),
        Op::Field(field) => write!(f, "field {}", field.name()),
        Op::Series(name) => write!(f, "series {name}"),
        Op::Position(field) => write!(f, "position {field:?}"),
        Op::Call { builtin: id, params, inputs } => {
            write!(f, "call {}(", builtin(*id).name)?;
            for (at, (param, value)) in builtin(*id).params.iter().zip(&params.0).enumerate() {
                let comma = if at > 0 { ", " } else { "" };
                write!(f, "{comma}{}={value:?}", param.name)?;
            }
            f.write_char(')')?;
            for input in inputs {
                match input {
                    Some(id) => write!(f, " {id}")?,
                    None => f.write_str(" -")?,
                }
            }
            Ok(())
        }
        Op::Output { call, index } => write!(f, "output {call}.{index}"),
        Op::Unary { op, a } => write!(f, "{} {a}", lower(op)),
        Op::Binary { op, a, b } => write!(f, "{} {a}, {b}", lower(op)),
        Op::Shift { a, bars } => write!(f, "shift {a} by {bars}"),
        Op::Align { a } => write!(f, "align {a}"),
        Op::Compare { op, a, b } => write!(f, "compare {} {a}, {b}", lower(op)),
        Op::Near { kind, a, b, tolerance } => write!(f, "near {} {a}, {b} within {tolerance}", lower(kind)),
        Op::Cross { direction, a, b } => write!(f, "cross {} {a}, {b}", lower(direction)),
        Op::Truthy { a } => write!(f, "truthy {a}"),
        Op::All(items) => write_list(f, "all", items),
        Op::Any(items) => write_list(f, "any", items),
        Op::Not { a } => write!(f, "not {a}"),
        Op::Window { kind, a, extent, min_true } => {
            write!(f, "{} {a} ", lower(kind))?;
            match extent {
                Extent::Bars { bars, stride: 1 } => write!(f, "bars {bars}")?,
                Extent::Bars { bars, stride } => write!(f, "bars {bars} every {stride}")?,
                Extent::TimeMs(ms) => write!(f, "{ms} ms")?,
            }
            write!(f, " min {min_true}")
        }
        Op::Sequence { steps, within, total } => {
            write_list(f, "then", steps)?;
            for limit in within {
                match limit {
                    Some(limit) => write!(f, " within {limit}")?,
                    None => f.write_str(" within any")?,
                }
            }
            total.map_or(Ok(()), |total| write!(f, " total {total}"))
        }
        Op::Score { parts, min } => {
            f.write_str("score")?;
            parts.iter().try_for_each(|(id, weight)| write!(f, " {id}*{weight}"))?;
            write!(f, " min {min}")
        }
        Op::Setup { name, a } => write!(f, "setup {name} {a}"),
    }
}

impl Display for Reach {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Reach::Bars(bars) => write!(f, "{bars}"),
            Reach::TimeMs(ms) => write!(f, "{ms} ms"),
        }
    }
}

fn write_list(f: &mut Formatter<'_>, name: &str, items: &[ValueId]) -> fmt::Result {
    f.write_str(name)?;
    items.iter().try_for_each(|id| write!(f, " {id}"))
}

fn write_facts(f: &mut Formatter<'_>, value: &Value) -> fmt::Result {
    match value.ty {
        Ty::Condition => f.write_str("condition")?,
        Ty::Call => f.write_str("outputs")?,
        Ty::Number(Type::Float { unit, .. }) => write!(f, "float {unit:?}")?,
        Ty::Number(Type::Int { unit, .. }) => write!(f, "int {unit:?}")?,
        Ty::Number(Type::Bool) => f.write_str("bool")?,
        Ty::Number(Type::Enum(words)) => write!(f, "enum {}", words.join("/"))?,
    }
    match value.clock {
        Some(clock) => write!(f, " @{clock}")?,
        None => f.write_str(" constant")?,
    }
    write!(f, " {}", lower(&value.stage))?;
    let Warmup(warmup) = &value.warmup;
    if !warmup.is_empty() {
        f.write_str(" warm")?;
        warmup.iter().try_for_each(|(clock, bars)| write!(f, " {clock}:{bars}"))?;
    }
    let Range { min, max } = value.range;
    if min.is_infinite() && max.is_infinite() { Ok(()) } else { write!(f, " [{min}, {max}]") }
}

impl Display for ValueId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "%{}", self.0)
    }
}

/// The name of a variant, in lower case.
fn lower(variant: &impl fmt::Debug) -> String {
    format!("{variant:?}").to_lowercase()
}

fn shown(write: impl Fn(&mut Formatter<'_>) -> fmt::Result) -> String {
    struct Shown<F>(F);
    impl<F: Fn(&mut Formatter<'_>) -> fmt::Result> Display for Shown<F> {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            (self.0)(f)
        }
    }
    Shown(write).to_string()
}
