//! A program as a listing for people: the place in the Play, what is written, the op, what it reads.

use std::fmt::Write;

use stdlib::{Builtin, Kind, ParamType, Value};

use crate::actions::{Block, Condition, ConditionKind, Intent, MetadataValue};
use crate::debug::Place;
use crate::ops::{Op, Operand};
use crate::program::{Call, ExportColumn, NumReg, Program, Section};

/// The listing. The same program gives the same text; it needs not be verified.
#[must_use]
pub fn disasm(program: &Program) -> String {
    let mut out = String::new();
    head(&mut out, program);
    for (name, sections, places) in [
        ("market", &program.market, &program.debug.market),
        ("position", &program.position, &program.debug.position),
    ] {
        for (index, section) in sections.iter().enumerate().filter(|(_, section)| !section.ops.is_empty()) {
            let places = places.get(index).map_or(&[][..], |places| places);
            list(&mut out, program, name, section, places);
        }
    }
    for block in &program.actions {
        action(&mut out, program, block);
    }
    policy(&mut out, program);
    exports(&mut out, program);
    out
}

macro_rules! line {
    ($out:expr, $($arg:tt)*) => {
        writeln!($out, $($arg)*).expect("writing to a string never fails")
    };
}

fn head(out: &mut String, program: &Program) {
    line!(out, "play {} ({}), from {}", program.identity.play, program.symbol, program.debug.file);
    for (index, clock) in program.clocks.iter().enumerate() {
        let exec = if index == usize::from(program.exec.0) { ", exec" } else { "" };
        line!(out, "clock c{index} {}, warm after {} bars{exec}", clock.timeframe, clock.warmup_bars);
    }
    for (index, name) in program.series.iter().enumerate() {
        line!(out, "series s{index} {name}");
    }
    if let Some(pattern) = &program.pattern {
        line!(out, "pattern {pattern}");
    }
}

fn list(out: &mut String, program: &Program, name: &str, section: &Section, places: &[Place]) {
    let clock = usize::from(section.clock.0);
    let timeframe = program.clocks.get(clock).map_or_else(String::new, |c| c.timeframe.to_string());
    line!(out, "\n{name} c{clock} {timeframe}");
    for (index, op) in section.ops.iter().enumerate() {
        let place = places.get(index).map_or_else(String::new, place);
        let (writes, mnemonic, reads) = parts(program, op);
        let text = format!("{place:>9}  {writes:<12} {mnemonic:<14} {reads}");
        line!(out, "{}", text.trim_end());
    }
}

fn place(place: &Place) -> String {
    format!("{}:{}", place.line, place.col)
}

fn operand(operand: Operand) -> String {
    match operand {
        Operand::Num(reg) => format!("n{}", reg.0),
        Operand::Bool(reg) => format!("b{}", reg.0),
    }
}

/// What an op writes, its name, what it reads.
fn parts(program: &Program, op: &Op) -> (String, String, String) {
    if let Op::Call { call } = *op
        && let Some(call) = program.calls.get(call as usize)
    {
        return call_parts(call);
    }
    let (mut writes, mut reads) = (Vec::new(), Vec::new());
    op.outputs(|out| writes.push(operand(out)));
    op.inputs(|input| reads.push(operand(input)));
    op.immediates(|name, value| match (op, name) {
        (Op::Field { field, .. }, _) => reads.push(field.name().to_string()),
        (Op::Series { series, .. }, _) => reads.push(format!("s{series}")),
        (Op::Constant { .. } | Op::ConstantBool { .. } | Op::Position { .. }, _) => reads.push(value),
        _ => reads.push(format!("{name}={value}")),
    });
    (writes.join(", "), op.mnemonic().to_string(), reads.join(", "))
}

fn call_parts(call: &Call) -> (String, String, String) {
    let kind = if call.structure { Kind::Structure } else { Kind::Indicator };
    let row = stdlib::lookup(kind, &call.builtin).map(stdlib::builtin);
    let mut reads: Vec<String> = call.inputs.iter().map(|input| input.map_or("-".into(), num)).collect();
    reads.extend(call.params.0.iter().enumerate().map(|(index, value)| param(row, index, value)));
    (
        call.outputs.iter().map(|&reg| num(reg)).collect::<Vec<_>>().join(", "),
        call.builtin.clone(),
        reads.join(", "),
    )
}

fn num(reg: NumReg) -> String {
    operand(reg.into())
}

fn param(row: Option<&Builtin>, index: usize, value: &Value) -> String {
    let declared = row.and_then(|row| row.params.get(index));
    let name = declared.map_or_else(|| index.to_string(), |param| param.name.to_string());
    let word = |choice: u16| match declared.map(|param| param.ty) {
        Some(ParamType::Choice(words)) => words.get(usize::from(choice)).copied(),
        _ => None,
    };
    match value {
        Value::Int(value) => format!("{name}={value}"),
        Value::Float(value) => format!("{name}={value:?}"),
        Value::Bool(value) => format!("{name}={value}"),
        Value::Choice(choice) => {
            word(*choice).map_or(format!("{name}={choice}"), |word| format!("{name}={word}"))
        }
        Value::List(values) => format!("{name}={values:?}"),
        Value::Feature(given) => format!("{name}={}", if *given { "given" } else { "absent" }),
    }
}

fn action(out: &mut String, program: &Program, block: &Block) {
    let clock = program.clocks.get(usize::from(block.clock.0));
    let timeframe = clock.map_or_else(String::new, |clock| clock.timeframe.to_string());
    line!(out, "\naction {} on c{} {timeframe}, {}", block.id, block.clock.0, place(&block.place));
    for case in &block.cases {
        line!(out, "  when b{}, guard b{}", case.when.0, case.guard.0);
        condition(out, &case.condition);
        case.emit.iter().for_each(|it| intent(out, it));
    }
    if !block.otherwise.is_empty() {
        line!(out, "  otherwise");
        block.otherwise.iter().for_each(|it| intent(out, it));
    }
}

/// Without recursion: the tree may come from anywhere.
fn condition(out: &mut String, root: &Condition) {
    let mut waiting = vec![(root, 0)];
    while let Some((node, depth)) = waiting.pop() {
        let kind = match &node.kind {
            ConditionKind::All => "all".into(),
            ConditionKind::Any => "any".into(),
            ConditionKind::Not => "not".into(),
            ConditionKind::Window => "window".into(),
            ConditionKind::Sequence => "then".into(),
            ConditionKind::Score => "score".into(),
            ConditionKind::Setup(name) => format!("setup {name}"),
            ConditionKind::Leaf { left, right } => {
                let side = |reg: &Option<NumReg>| reg.map_or("-".into(), num);
                format!("leaf {}, {}", side(left), side(right))
            }
        };
        let (place, indent) = (place(&node.place), "  ".repeat(depth));
        line!(out, "{place:>9}  {indent}b{} {kind}: {}", node.reg.0, node.text);
        waiting.extend(node.children.iter().rev().map(|child| (child, depth + 1)));
    }
}

fn intent(out: &mut String, intent: &Intent) {
    let metadata = intent.metadata.iter().map(|(key, value)| match value {
        MetadataValue::Text(text) => format!(", {key}={text:?}"),
        MetadataValue::Number(value) => format!(", {key}={value:?}"),
        MetadataValue::Reg(reg) => format!(", {key}=n{}", reg.0),
    });
    line!(out, "    -> {:?} {} %{}", intent.action, intent.percent, metadata.collect::<String>());
}

fn policy(out: &mut String, program: &Program) {
    let p = &program.policy;
    line!(out, "\npolicy");
    let rows = [
        ("account", format!("{:?}", p.account)),
        ("mode", format!("{:?}, exit {:?}, flip {}", p.mode, p.exit_mode, p.allow_flip)),
        ("sizing", format!("{:?}", p.sizing)),
        ("stop", format!("{:?}, order {:?}", p.stop, p.stop_order)),
        ("target", format!("{:?}, order {:?}", p.target, p.target_order)),
        ("trailing", format!("{:?}", p.trailing)),
        ("break even", format!("{:?}", p.break_even)),
        ("entry", format!("{:?}", p.entry)),
        ("end of data", format!("{:?}", p.end_of_data)),
        ("instrument", format!("{:?}", p.instrument)),
    ];
    for (name, text) in rows {
        line!(out, "  {name:<12} {text}");
    }
}

fn exports(out: &mut String, program: &Program) {
    if !program.exports.is_empty() {
        line!(out, "\nexports");
    }
    for export in &program.exports {
        let reg = match export.column {
            ExportColumn::Num(reg) => operand(reg.into()),
            ExportColumn::Bool(reg) => operand(reg.into()),
        };
        let words =
            if export.words.is_empty() { String::new() } else { format!(" [{}]", export.words.join(" ")) };
        line!(out, "  {reg:<6} {} ({:?}){words}", export.name, export.unit);
    }
}
