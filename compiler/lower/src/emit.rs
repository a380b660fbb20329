//! Values to ops: one section for each clock, one register for each value that is needed.

use std::collections::BTreeMap;

use bars::Timeframe;
use bytecode::{
    BoolReg, Call, Clock, ClockId, Debug, Export, ExportColumn, Identity, Intent, MetadataValue, NumReg, Op,
    Place, Program, RegInfo, Section, Stage,
};
use diagnostics::{SourceId, SourceMap, Span};
use ir::{BinaryOp, CompareOp, CrossDirection, Extent, Module, NearKind, Ty, UnaryOp, ValueId, WindowKind};
use rustc_hash::FxHashMap;
use stdlib::{Kind, Unit};

use crate::conditions;
use crate::fold::Folded;
use crate::guard::guard;

/// Where a value lives on a clock.
#[derive(Clone, Copy)]
enum Reg {
    Num(NumReg),
    Bool(BoolReg),
}

pub struct Emitter<'m> {
    pub folded: Folded,
    sources: &'m SourceMap,
    clocks: Vec<Timeframe>,
    num_regs: Vec<RegInfo>,
    bool_regs: Vec<RegInfo>,
    series: Vec<String>,
    calls: Vec<Call>,
    market: Vec<Code>,
    position: Vec<Code>,
    /// Constants have one register on each clock that uses them; other values are on their own clock only.
    regs: FxHashMap<(ValueId, ClockId), Reg>,
    outputs: FxHashMap<ValueId, Vec<NumReg>>,
}

#[derive(Default)]
struct Code {
    ops: Vec<Op>,
    places: Vec<Place>,
}

/// Guards are added to `folded` first, so that every root is known before the first op is written.
pub fn emit(module: &Module, mut folded: Folded, sources: &SourceMap, identity: Identity) -> Program {
    let guards: Vec<Vec<ValueId>> = module
        .actions
        .iter()
        .map(|block| block.cases.iter().map(|case| guard_of(&mut folded, case.when)).collect())
        .collect();
    let mut emitter = Emitter::new(module, folded, sources);
    let actions = emitter.actions(module, &guards);
    let policy = module.policy.map(|old| emitter.num_of(old, module.exec));
    let exports = emitter.exports(module, &actions);
    let warmups = |all: ir::Warmup, id: &ValueId| all.max(&module.value(*id).warmup);
    let warmups = module.roots().iter().fold(ir::Warmup::default(), warmups).0;
    emitter.finish(module, identity, Parts { actions, policy, exports, warmups })
}

fn guard_of(folded: &mut Folded, when: ValueId) -> ValueId {
    let new = folded.of(when);
    guard(folded, new)
}

struct Parts {
    actions: Vec<bytecode::Block>,
    policy: bytecode::Policy,
    exports: Vec<Export>,
    warmups: BTreeMap<Timeframe, u32>,
}

impl<'m> Emitter<'m> {
    fn new(module: &Module, folded: Folded, sources: &'m SourceMap) -> Emitter<'m> {
        let mut clocks: Vec<Timeframe> = folded.values.iter().filter_map(|v| v.clock).collect();
        clocks.extend(module.actions.iter().map(|b| b.clock));
        clocks.push(module.exec);
        clocks.sort_by_key(|tf| std::cmp::Reverse(tf.ms()));
        clocks.dedup();
        let sections = || clocks.iter().map(|_| Code::default()).collect();
        Emitter {
            market: sections(),
            position: sections(),
            folded,
            sources,
            clocks,
            num_regs: Vec::new(),
            bool_regs: Vec::new(),
            series: Vec::new(),
            calls: Vec::new(),
            regs: FxHashMap::default(),
            outputs: FxHashMap::default(),
        }
    }

    fn clock_id(&self, tf: Timeframe) -> ClockId {
        let at = self.clocks.iter().position(|&c| c == tf).expect("every value's clock was collected");
        ClockId(u16::try_from(at).expect("a Play has a handful of clocks"))
    }

    // ------------------------------------------------------------ roots

    fn actions(&mut self, module: &Module, guards: &[Vec<ValueId>]) -> Vec<bytecode::Block> {
        let blocks = module.actions.iter().zip(guards);
        blocks
            .map(|(block, guards)| bytecode::Block {
                id: block.id.clone(),
                clock: self.clock_id(block.clock),
                cases: block
                    .cases
                    .iter()
                    .zip(guards)
                    .map(|(case, &guard)| bytecode::Case {
                        when: self.bool_of(case.when, block.clock),
                        guard: self.bool_new(guard, block.clock),
                        emit: self.intents(&case.emit, block.clock),
                        condition: conditions::tree(self, module, case.when, block.clock),
                    })
                    .collect(),
                otherwise: self.intents(&block.otherwise, block.clock),
                place: self.place(block.span),
            })
            .collect()
    }

    fn intents(&mut self, intents: &[ir::Intent], clock: Timeframe) -> Vec<Intent> {
        let mut one = |intent: &ir::Intent| Intent {
            action: intent.action,
            percent: intent.percent,
            metadata: intent
                .metadata
                .iter()
                .map(|(key, value)| {
                    let value = match value {
                        ir::MetadataValue::Text(text) => MetadataValue::Text(text.clone()),
                        ir::MetadataValue::Number(x) => MetadataValue::Number(*x),
                        ir::MetadataValue::Value(id) => MetadataValue::Reg(self.num_of(*id, clock)),
                    };
                    (key.clone(), value)
                })
                .collect(),
        };
        intents.iter().map(&mut one).collect()
    }

    fn exports(&mut self, module: &Module, actions: &[bytecode::Block]) -> Vec<Export> {
        let mut exports: Vec<Export> = Vec::new();
        for named in &module.named {
            let value = module.value(named.value);
            let clock = value.clock.unwrap_or(module.exec);
            let (column, unit, words) = match value.ty {
                Ty::Condition => {
                    (ExportColumn::Bool(self.bool_of(named.value, clock)), Unit::Scalar, Vec::new())
                }
                Ty::Number(ty) => {
                    let words = match ty {
                        stdlib::Type::Enum(words) => words.iter().map(|w| (*w).to_string()).collect(),
                        _ => Vec::new(),
                    };
                    (ExportColumn::Num(self.num_of(named.value, clock)), ty.unit(), words)
                }
                Ty::Call => continue,
            };
            exports.push(Export { name: named.name.clone(), column, unit, words });
        }
        for block in actions {
            for (index, case) in block.cases.iter().enumerate() {
                let name =
                    if block.cases.len() == 1 { block.id.clone() } else { format!("{}[{index}]", block.id) };
                let taken = exports.iter().any(|e| e.name == name);
                let name = if taken { format!("action:{name}") } else { name };
                let column = ExportColumn::Bool(case.when);
                exports.push(Export { name, column, unit: Unit::Scalar, words: Vec::new() });
            }
        }
        exports
    }

    fn finish(self, module: &Module, identity: Identity, parts: Parts) -> Program {
        let warmup = |tf| parts.warmups.get(&tf).copied().unwrap_or(0);
        let exec = self.clock_id(module.exec);
        let ids = (0..self.clocks.len()).map(|at| ClockId(at as u16));
        let file = std::path::Path::new(&self.sources.get(SourceId::default()).name);
        let (market, market_places) = split(self.market);
        let (position, position_places) = split(self.position);
        let sections = |ops: Vec<Vec<Op>>| -> Vec<Section> {
            ids.clone().zip(ops).map(|(clock, ops)| Section { clock, ops }).collect()
        };
        Program {
            identity,
            symbol: module.symbol.clone(),
            clocks: self
                .clocks
                .iter()
                .map(|&timeframe| Clock { timeframe, warmup_bars: warmup(timeframe) })
                .collect(),
            exec,
            num_regs: self.num_regs,
            bool_regs: self.bool_regs,
            series: self.series,
            calls: self.calls,
            market: sections(market),
            position: sections(position),
            actions: parts.actions,
            policy: parts.policy,
            exports: parts.exports,
            debug: Debug {
                file: file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
                market: market_places,
                position: position_places,
            },
            pattern: module.pattern.clone(),
        }
    }

    // ------------------------------------------------------------ registers

    /// The register of an IR value of the module, on this clock.
    pub fn num_of(&mut self, old: ValueId, clock: Timeframe) -> NumReg {
        let new = self.folded.of(old);
        self.num_new(new, clock)
    }

    pub fn bool_of(&mut self, old: ValueId, clock: Timeframe) -> BoolReg {
        let new = self.folded.of(old);
        self.bool_new(new, clock)
    }

    pub(crate) fn num_new(&mut self, id: ValueId, clock: Timeframe) -> NumReg {
        match self.reg(id, clock) {
            Reg::Num(reg) => reg,
            Reg::Bool(_) => unreachable!("the IR verifier has proven that operand types fit"),
        }
    }

    pub(crate) fn bool_new(&mut self, id: ValueId, clock: Timeframe) -> BoolReg {
        match self.reg(id, clock) {
            Reg::Bool(reg) => reg,
            Reg::Num(_) => unreachable!("the IR verifier has proven that operand types fit"),
        }
    }

    /// A place in the Play: what stands in a block is shown where the Play uses the block.
    pub fn place(&self, span: Span) -> Place {
        let span = self.sources.uses(span).last().copied().unwrap_or(span);
        let position = self.sources.get(span.source).position(span.start);
        Place { start: span.start, end: span.end, line: position.line, col: position.col }
    }

    pub fn text(&self, span: Span) -> String {
        self.sources.get(span.source).slice(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Emits the value's op on first use. Recursion depth is the depth of the expression, which the parser bounds.
    fn reg(&mut self, id: ValueId, on: Timeframe) -> Reg {
        let clock = self.folded.value(id).clock.unwrap_or(on);
        let key = (id, self.clock_id(clock));
        if let Some(&known) = self.regs.get(&key) {
            return known;
        }
        let reg = self.build(id, clock);
        self.regs.insert(key, reg);
        reg
    }

    pub(crate) fn new_num(&mut self, clock: Timeframe, stage: Stage) -> NumReg {
        let info = RegInfo { clock: self.clock_id(clock), stage };
        self.num_regs.push(info);
        NumReg((self.num_regs.len() - 1) as u32)
    }

    pub(crate) fn new_bool(&mut self, clock: Timeframe, stage: Stage) -> BoolReg {
        let info = RegInfo { clock: self.clock_id(clock), stage };
        self.bool_regs.push(info);
        BoolReg((self.bool_regs.len() - 1) as u32)
    }

    // ------------------------------------------------------------ ops

    pub(crate) fn push(&mut self, clock: Timeframe, stage: Stage, op: Op, span: Span) {
        let place = self.place(span);
        let at = usize::from(self.clock_id(clock).0);
        let code = match stage {
            Stage::Market => &mut self.market[at],
            Stage::Position => &mut self.position[at],
        };
        code.ops.push(op);
        code.places.push(place);
    }

    fn build(&mut self, id: ValueId, clock: Timeframe) -> Reg {
        let value = self.folded.value(id).clone();
        let (stage, span) = (value.stage, value.span);
        if let ir::Op::Output { call, index } = value.op {
            self.call(call, clock);
            return Reg::Num(self.outputs[&call][usize::from(index)]);
        }
        match value.ty {
            Ty::Number(_) => {
                let op = self.number_op(&value.op, clock);
                let out = self.new_num(clock, stage);
                self.push(clock, stage, op(out), span);
                Reg::Num(out)
            }
            Ty::Condition => {
                let op = self.condition_op(&value, clock);
                let out = self.new_bool(clock, stage);
                self.push(clock, stage, op(out), span);
                Reg::Bool(out)
            }
            Ty::Call => unreachable!("calls are read through their outputs only: proven by the IR verifier"),
        }
    }

    fn number_op(&mut self, op: &ir::Op, clock: Timeframe) -> Box<dyn Fn(NumReg) -> Op> {
        match op {
            ir::Op::Number(value) => {
                let value = *value;
                Box::new(move |out| Op::Constant { out, value })
            }
            ir::Op::Field(field) => {
                let field = *field;
                Box::new(move |out| Op::Field { out, field })
            }
            ir::Op::Series(name) => {
                let series = self.series_index(name);
                Box::new(move |out| Op::Series { out, series })
            }
            ir::Op::Position(field) => {
                let field = *field;
                Box::new(move |out| Op::Position { out, field })
            }
            ir::Op::Align { a } => {
                let slow = self.folded.value(*a).clock.unwrap_or(clock);
                let a = self.num_new(*a, slow);
                Box::new(move |out| Op::AlignNum { out, a })
            }
            ir::Op::Shift { a, bars } => {
                let (a, bars) = (self.num_new(*a, clock), *bars);
                Box::new(move |out| Op::Shift { out, a, bars })
            }
            ir::Op::Unary { op, a } => {
                let (a, op) = (self.num_new(*a, clock), *op);
                Box::new(move |out| match op {
                    UnaryOp::Neg => Op::Neg { out, a },
                    UnaryOp::Abs => Op::Abs { out, a },
                })
            }
            ir::Op::Binary { op, a, b } => {
                let (a, b, op) = (self.num_new(*a, clock), self.num_new(*b, clock), *op);
                Box::new(move |out| match op {
                    BinaryOp::Add => Op::Add { out, a, b },
                    BinaryOp::Sub => Op::Sub { out, a, b },
                    BinaryOp::Mul => Op::Mul { out, a, b },
                    BinaryOp::Div => Op::Div { out, a, b },
                    BinaryOp::Rem => Op::Rem { out, a, b },
                    BinaryOp::Min => Op::Min { out, a, b },
                    BinaryOp::Max => Op::Max { out, a, b },
                })
            }
            _ => unreachable!("the IR verifier has proven that this op gives a number"),
        }
    }

    fn condition_op(&mut self, value: &ir::Value, clock: Timeframe) -> Box<dyn Fn(BoolReg) -> Op> {
        match &value.op {
            ir::Op::Bool(truth) => {
                let value = *truth;
                Box::new(move |out| Op::ConstantBool { out, value })
            }
            ir::Op::Align { a } => {
                let slow = self.folded.value(*a).clock.unwrap_or(clock);
                let a = self.bool_new(*a, slow);
                Box::new(move |out| Op::AlignBool { out, a })
            }
            ir::Op::Truthy { a } => {
                let a = self.num_new(*a, clock);
                Box::new(move |out| Op::Truthy { out, a })
            }
            ir::Op::Not { a } => {
                let a = self.bool_new(*a, clock);
                Box::new(move |out| Op::Not { out, a })
            }
            ir::Op::Compare { op, a, b } => {
                let (a, b, op) = (self.num_new(*a, clock), self.num_new(*b, clock), *op);
                Box::new(move |out| compare(op, out, a, b))
            }
            ir::Op::Near { kind, a, b, tolerance } => {
                let (a, b, kind) = (self.num_new(*a, clock), self.num_new(*b, clock), *kind);
                let tolerance = self.num_new(*tolerance, clock);
                Box::new(move |out| match kind {
                    NearKind::Abs => Op::NearAbs { out, a, b, tolerance },
                    NearKind::Pct => Op::NearPct { out, a, b, tolerance },
                })
            }
            ir::Op::Cross { direction, a, b } => {
                let (a, b, direction) = (self.num_new(*a, clock), self.num_new(*b, clock), *direction);
                Box::new(move |out| match direction {
                    CrossDirection::Above => Op::CrossAbove { out, a, b },
                    CrossDirection::Below => Op::CrossBelow { out, a, b },
                })
            }
            ir::Op::All(items) => self.chain(items, clock, value, |out, a, b| Op::And { out, a, b }),
            ir::Op::Any(items) => self.chain(items, clock, value, |out, a, b| Op::Or { out, a, b }),
            ir::Op::Sequence { steps, within, total } => self.sequence(steps, (within, *total), clock, value),
            ir::Op::Score { parts, min } => self.score(parts, *min, clock, value),
            ir::Op::Window { kind, a, extent, min_true } => {
                let a = self.bool_new(*a, clock);
                let (kind, extent, min_true) = (*kind, *extent, *min_true);
                Box::new(move |out| window(kind, extent, min_true, out, a))
            }
            _ => unreachable!("the IR verifier has proven that this op gives a condition"),
        }
    }

    /// `a and b and c` as pairs from the left; folding has left two or more.
    fn chain(
        &mut self,
        items: &[ValueId],
        clock: Timeframe,
        value: &ir::Value,
        join: fn(BoolReg, BoolReg, BoolReg) -> Op,
    ) -> Box<dyn Fn(BoolReg) -> Op> {
        let regs: Vec<BoolReg> = items.iter().map(|&a| self.bool_new(a, clock)).collect();
        let (&last, front) = regs.split_last().expect("folding leaves no empty connective");
        let mut left = front[0];
        for &right in &front[1..] {
            let out = self.new_bool(clock, value.stage);
            self.push(clock, value.stage, join(out, left, right), value.span);
            left = out;
        }
        Box::new(move |out| join(out, left, last))
    }

    fn call(&mut self, id: ValueId, clock: Timeframe) {
        if self.outputs.contains_key(&id) {
            return;
        }
        let value = self.folded.value(id).clone();
        let ir::Op::Call { builtin, params, inputs } = value.op else {
            unreachable!("an output reads a call: proven by the IR verifier")
        };
        let row = stdlib::builtin(builtin);
        let inputs = inputs.iter().map(|input| input.map(|a| self.num_new(a, clock))).collect();
        let outputs: Vec<NumReg> =
            row.outputs(&params).iter().map(|_| self.new_num(clock, Stage::Market)).collect();
        let structure = row.kind == Kind::Structure;
        let call = u32::try_from(self.calls.len()).expect("a Play has fewer than 2^32 calls");
        self.calls.push(Call {
            builtin: row.name.into(),
            structure,
            params,
            inputs,
            outputs: outputs.clone(),
        });
        self.push(clock, Stage::Market, Op::Call { call }, value.span);
        self.outputs.insert(id, outputs);
    }

    fn series_index(&mut self, name: &str) -> u16 {
        let at = self.series.iter().position(|s| s == name).unwrap_or_else(|| {
            self.series.push(name.to_string());
            self.series.len() - 1
        });
        u16::try_from(at).expect("there are fewer than 65,536 series names")
    }
}

fn split(code: Vec<Code>) -> (Vec<Vec<Op>>, Vec<Vec<Place>>) {
    code.into_iter().map(|c| (c.ops, c.places)).unzip()
}

fn compare(op: CompareOp, out: BoolReg, a: NumReg, b: NumReg) -> Op {
    match op {
        CompareOp::Gt => Op::Gt { out, a, b },
        CompareOp::Ge => Op::Ge { out, a, b },
        CompareOp::Lt => Op::Lt { out, a, b },
        CompareOp::Le => Op::Le { out, a, b },
        CompareOp::Eq => Op::Eq { out, a, b },
        CompareOp::Ne => Op::Ne { out, a, b },
    }
}

fn window(kind: WindowKind, extent: Extent, min_true: u32, out: BoolReg, a: BoolReg) -> Op {
    match (kind, extent) {
        (WindowKind::HoldsFor, Extent::Bars { bars, stride }) => Op::HoldsFor { out, a, bars, stride },
        (WindowKind::OccurredWithin, Extent::Bars { bars, stride }) => {
            Op::OccurredWithin { out, a, bars, stride }
        }
        (WindowKind::CountTrue, Extent::Bars { bars, stride }) => {
            Op::CountTrue { out, a, bars, stride, min_true }
        }
        (WindowKind::HoldsFor, Extent::TimeMs(duration_ms)) => Op::HoldsForTime { out, a, duration_ms },
        (WindowKind::OccurredWithin, Extent::TimeMs(duration_ms)) => {
            Op::OccurredWithinTime { out, a, duration_ms }
        }
        (WindowKind::CountTrue, Extent::TimeMs(duration_ms)) => {
            Op::CountTrueTime { out, a, duration_ms, min_true }
        }
    }
}
