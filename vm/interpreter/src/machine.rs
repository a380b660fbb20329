//! One section of a program at work: each op runs over a block of bars, then the next op, then the next
//! block.

use std::ops::Range;

use bars::Bitmap;
use bytecode::{BoolReg, ClockId, NumReg, Op, Program, Section};
use serde::{Deserialize, Serialize};
use stdlib::Field;

use crate::align::{self, Segment};
use crate::chain;
use crate::compare::{self, Pair};
use crate::elementwise as num;
use crate::kleene;
use crate::layout::Layout;
use crate::native::{Plan, Step};
use crate::position::PositionInputs;
use crate::registers::{BitsMut, Place, Registers};
use crate::sequence;
use crate::single;
use crate::source::{Slower, Source};
use crate::state::{LoadError, State};

/// The code of one clock, its registers, and what it carries from bar to bar.
#[derive(Clone)]
pub struct Machine {
    pub(crate) period_ms: i64,
    pub(crate) ops: Vec<Op>,
    /// For each op.
    pub(crate) states: Vec<State>,
    plan: Plan,
    pub(crate) registers: Registers,
    pub(crate) slower: Vec<SlowClock>,
    block_bars: usize,
}

/// A slower clock that the code reads.
#[derive(Clone, Debug)]
pub(crate) struct SlowClock {
    pub clock: ClockId,
    pub period_ms: i64,
    /// Which of its rows each bar of the block sees.
    segments: Vec<Segment>,
}

/// What a machine carries, for each of its ops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved(Vec<Vec<u8>>);

/// Where the values of a kept register are.
#[derive(Clone, Debug)]
pub enum Kept<V> {
    Values(V),
    /// A field of the bars as it is.
    Field(Field),
    /// An index into `Program::series`.
    Series(u16),
}

/// The block at hand.
#[derive(Clone, Copy)]
pub struct Now<'a> {
    pub(crate) source: &'a Source<'a>,
    pub(crate) start: usize,
    pub(crate) len: usize,
    period_ms: i64,
    position: &'a PositionInputs,
    values: &'a dyn Slower,
}

impl<'a> Now<'a> {
    pub(crate) fn range(&self) -> Range<usize> {
        self.start..self.start + self.len
    }

    /// How bars come that arrive live: what an op costs then is everything around it.
    pub(crate) fn is_one_bar(&self) -> bool {
        self.len == 1
    }

    /// Close of a bar of the block.
    fn close_ms(&self, bar: usize) -> f64 {
        self.source.open_time[self.start + bar].saturating_add(self.period_ms) as f64
    }

    pub(crate) fn field(&self, field: Field) -> &'a [f64] {
        &self.source.column(field).expect("only fields that are columns have no row")[self.range()]
    }
}

impl Machine {
    /// The program must be verified; the section is one of its own.
    #[must_use]
    pub fn new(program: &Program, section: &Section, layout: &Layout<'_>) -> Machine {
        Machine::planned(program, section, layout, Plan::interpreted(section))
    }

    /// The plan is one of the section.
    #[must_use]
    pub fn planned(program: &Program, section: &Section, layout: &Layout<'_>, plan: Plan) -> Machine {
        let mut slower: Vec<SlowClock> = Vec::new();
        let states = section.ops.iter().map(|op| {
            let clock = match *op {
                Op::AlignNum { a, .. } => program.num_regs[a.0 as usize].clock,
                Op::AlignBool { a, .. } => program.bool_regs[a.0 as usize].clock,
                _ => return State::of(op, &program.calls),
            };
            let known = slower.iter().position(|s| s.clock == clock);
            State::Align(known.unwrap_or_else(|| {
                let period_ms = program.clocks[usize::from(clock.0)].timeframe.ms();
                slower.push(SlowClock { clock, period_ms, segments: Vec::new() });
                slower.len() - 1
            }))
        });
        let mut states: Vec<State> = states.collect();
        let registers = layout.registers(section, &plan, &program.calls);
        for state in &mut states {
            if let State::Call(call) = state {
                call.need(&registers.read);
            }
        }
        Machine {
            period_ms: program.clocks[usize::from(section.clock.0)].timeframe.ms(),
            ops: section.ops.clone(),
            states,
            plan,
            registers,
            slower,
            block_bars: layout.block_bars,
        }
    }

    /// Runs the code over the next bars: `range` of `source` must begin where the last one ended.
    pub fn run(&mut self, source: &Source<'_>, range: Range<usize>, values: &dyn Slower) {
        self.run_with(source, range, values, &PositionInputs::FLAT);
    }

    pub(crate) fn run_with(
        &mut self,
        source: &Source<'_>,
        range: Range<usize>,
        values: &dyn Slower,
        position: &PositionInputs,
    ) {
        for start in range.clone().step_by(self.block_bars) {
            let len = self.block_bars.min(range.end - start);
            let now = Now { source, start, len, period_ms: self.period_ms, position, values };
            if len >= 64 {
                self.registers.forget();
            }
            let open_time = &source.open_time[now.range()];
            for slow in &mut self.slower {
                let times = (values.open_time(slow.clock), slow.period_ms);
                align::segments(times, (open_time, self.period_ms), &mut slow.segments);
            }
            for planned in &self.plan.steps {
                match planned {
                    Step::Op(at) => {
                        let (op, state) = (&self.ops[*at], &mut self.states[*at]);
                        if !(now.is_one_bar() && single::step(op, state, &mut self.registers, &now)) {
                            step(op, state, &mut self.registers, &self.slower, &now);
                        }
                    }
                    Step::Crossings { above, below } => {
                        crossings(&self.ops, [*above, *below], &mut self.states, &mut self.registers, &now);
                    }
                    Step::Chain(chain) => chain::run(chain, &mut self.states, &mut self.registers, &now),
                }
            }
        }
    }

    /// The only bar of `source` as a block.
    pub(crate) fn only_bar<'a>(
        &self,
        source: &'a Source<'a>,
        position: &'a PositionInputs,
        values: &'a dyn Slower,
    ) -> Now<'a> {
        Now { source, start: 0, len: 1, period_ms: self.period_ms, position, values }
    }

    /// The kept numbers over all bars; `None` for a register that is not kept or not of this section.
    pub fn take_num(&mut self, reg: NumReg) -> Option<Kept<Vec<f64>>> {
        match self.registers.place(reg) {
            Place::Field(field) => Some(Kept::Field(field)),
            Place::Series(series) => Some(Kept::Series(series)),
            Place::Row(_) => self.registers.take_whole_num(reg).map(Kept::Values),
            Place::Elsewhere => None,
        }
    }

    /// The kept conditions over all bars.
    pub fn take_bool(&mut self, reg: BoolReg) -> Option<Bitmap> {
        self.registers.take_whole_bool(reg)
    }

    /// Where a condition of this section is true in the latest block, from its first bar on. Bits behind the block are
    /// 0 in its last word; words behind that are left from earlier blocks.
    #[must_use]
    #[inline]
    pub fn truth(&self, reg: BoolReg) -> Option<&[u64]> {
        let at = (*self.registers.bools.get(reg.0 as usize)?)?;
        Some(&self.registers.bits[at as usize].truth)
    }

    /// A kept number of this section over the latest block of `bars`.
    #[must_use]
    #[inline]
    pub fn latest(&self, reg: NumReg, bars: usize) -> Option<Kept<&[f64]>> {
        match *self.registers.nums.get(reg.0 as usize)? {
            Place::Field(field) => Some(Kept::Field(field)),
            Place::Series(series) => Some(Kept::Series(series)),
            Place::Row(row) => self.registers.rows[row as usize].latest(bars).map(Kept::Values),
            Place::Elsewhere => None,
        }
    }

    /// The value of a kept register at the only bar of the block, `source` being that of the last `run`.
    pub(crate) fn latest_num(&self, reg: NumReg, source: &Source<'_>) -> f64 {
        let now = self.only_bar(source, &PositionInputs::FLAT, &crate::source::NoSlower);
        self.registers.num(reg, &now)[0]
    }

    pub(crate) fn latest_bool(&self, reg: BoolReg) -> (u64, u64) {
        let bits = self.registers.bits(reg);
        (bits.known[0] & 1, bits.truth[0] & 1)
    }

    pub(crate) fn registers(&mut self) -> &mut Registers {
        &mut self.registers
    }

    /// Whether anything is carried from bar to bar.
    #[must_use]
    pub fn carries_state(&self) -> bool {
        self.states.iter().any(|s| !matches!(s, State::None | State::Align(_)))
    }

    #[must_use]
    pub fn save(&self) -> Saved {
        Saved(self.states.iter().map(State::save).collect())
    }

    /// Goes on from what `save` gave on a machine of the same section.
    ///
    /// # Errors
    /// When it is not such a state; the machine is then unchanged.
    pub fn load(&mut self, saved: &Saved) -> Result<(), LoadError> {
        if saved.0.len() != self.states.len() {
            return Err(LoadError);
        }
        let states = self.states.iter().zip(&saved.0);
        self.states = states.map(|(own, saved)| own.load(saved)).collect::<Result<_, _>>()?;
        Ok(())
    }
}

/// One op over one block.
pub(crate) fn step(op: &Op, state: &mut State, r: &mut Registers, slower: &[SlowClock], now: &Now<'_>) {
    match (*op, state) {
        // Written when the registers were laid out.
        (Op::Constant { .. } | Op::Series { .. }, _) => {}
        (Op::ConstantBool { out, value }, _) => {
            r.write_bits(now, out, |_, out| kleene::fill(value, out, now.len))
        }
        (Op::Field { out, field }, _) => {
            if !crate::source::is_column(field) {
                let part = now.source.part(now.range());
                r.write_num(now, out, |_, out| num::derived_field(field, &part, out));
            }
        }
        (Op::Position { out, field }, _) => {
            r.write_num(now, out, |_, out| out.fill(num::finite(now.position.get(field))));
        }
        (Op::Call { .. }, State::Call(call)) => call.run(r, now),
        (Op::AlignNum { out, a }, State::Align(slow)) => {
            let segments = &slower[*slow].segments;
            r.write_num(now, out, |_, out| align::numbers(segments, now.values.num(a), out));
        }
        (Op::AlignBool { out, a }, State::Align(slow)) => {
            let segments = &slower[*slow].segments;
            r.write_bits(now, out, |_, out| align::conditions(segments, now.values.bits(a), out, now.len));
        }
        (Op::Shift { out, a, .. }, State::Shift(history)) => {
            r.write_num(now, out, |r, out| history.shift(r.num(a, now), out));
        }
        (_, State::None) => stateless(op, r, now),
        (_, state) => carrying(op, state, r, now),
    }
}

/// Ops that look at the bar alone.
fn stateless(op: &Op, r: &mut Registers, now: &Now<'_>) {
    let num2 = |r: &mut Registers, out, a, b, f: fn(&[f64], &[f64], &mut [f64])| {
        r.write_num(now, out, |r, out| f(r.num(a, now), r.num(b, now), out));
    };
    let compare = |r: &mut Registers, out, a, b, f: fn(Pair<'_>, &mut BitsMut<'_>)| {
        r.compare(now, [out], [a, b], |pair, [out]| f(pair, out));
    };
    match *op {
        Op::Add { out, a, b } => num2(r, out, a, b, num::add),
        Op::Sub { out, a, b } => num2(r, out, a, b, num::sub),
        Op::Mul { out, a, b } => num2(r, out, a, b, num::mul),
        Op::Div { out, a, b } => num2(r, out, a, b, num::div),
        Op::Rem { out, a, b } => num2(r, out, a, b, num::rem),
        Op::Min { out, a, b } => num2(r, out, a, b, num::min),
        Op::Max { out, a, b } => num2(r, out, a, b, num::max),
        Op::Neg { out, a } => r.write_num(now, out, |r, out| num::neg(r.num(a, now), out)),
        Op::Abs { out, a } => r.write_num(now, out, |r, out| num::abs(r.num(a, now), out)),
        Op::Gt { out, a, b } => compare(r, out, a, b, compare::gt),
        Op::Ge { out, a, b } => compare(r, out, a, b, compare::ge),
        Op::Lt { out, a, b } => compare(r, out, a, b, compare::lt),
        Op::Le { out, a, b } => compare(r, out, a, b, compare::le),
        Op::Eq { out, a, b } => compare(r, out, a, b, compare::eq),
        Op::Ne { out, a, b } => compare(r, out, a, b, compare::ne),
        Op::NearAbs { out, a, b, tolerance } => r.write_bits(now, out, |r, out| {
            compare::near_abs(r.num(a, now), r.num(b, now), r.num(tolerance, now), out);
        }),
        Op::NearPct { out, a, b, tolerance } => r.write_bits(now, out, |r, out| {
            compare::near_pct(r.num(a, now), r.num(b, now), r.num(tolerance, now), out);
        }),
        Op::Truthy { out, a } => r.write_bits(now, out, |r, out| compare::truthy(r.num(a, now), out)),
        Op::And { out, a, b } => {
            r.write_bits(now, out, |r, out| kleene::and(r.bits(a), r.bits(b), out, now.len));
        }
        Op::Or { out, a, b } => {
            r.write_bits(now, out, |r, out| kleene::or(r.bits(a), r.bits(b), out, now.len));
        }
        Op::Not { out, a } => r.write_bits(now, out, |r, out| kleene::not(r.bits(a), out, now.len)),
        Op::ThenStartTime { out, a } => {
            r.write_num(now, out, |r, out| sequence::start(r.bits(a), |bar| now.close_ms(bar), out));
        }
        Op::ThenEndTime { out, start, duration_ms } => r.write_bits(now, out, |r, out| {
            sequence::end(r.num(start, now), |bar| now.close_ms(bar), duration_ms as f64, out);
        }),
        Op::TallyLeast { out, sum, a, weight } => {
            r.write_num(now, out, |r, out| sequence::tally(r.num(sum, now), r.bits(a), weight, false, out));
        }
        Op::TallyMost { out, sum, a, weight } => {
            r.write_num(now, out, |r, out| sequence::tally(r.num(sum, now), r.bits(a), weight, true, out));
        }
        _ => unreachable!("`State::of` gives every other op a state"),
    }
}

/// Both crossings of one pair of numbers.
fn crossings(ops: &[Op], [above, below]: [usize; 2], states: &mut [State], r: &mut Registers, now: &Now<'_>) {
    let (Op::CrossAbove { out: above_out, a, b }, Op::CrossBelow { out: below_out, .. }) =
        (ops[above], ops[below])
    else {
        unreachable!("a plan's crossings are crossings")
    };
    r.compare(now, [above_out, below_out], [a, b], |pair, [above_out, below_out]| {
        compare::order(pair, above_out, below_out);
        for (op, out) in [(above, above_out), (below, below_out)] {
            if let State::Edge(before) = &mut states[op] {
                kleene::edge(before, out, now.len);
            }
        }
    });
}

/// Ops on conditions that remember earlier bars.
fn carrying(op: &Op, state: &mut State, r: &mut Registers, now: &Now<'_>) {
    match (*op, state) {
        (Op::CrossAbove { out, a, b }, State::Edge(before)) => {
            r.compare(now, [out], [a, b], |pair, [out]| {
                compare::gt(pair, out);
                kleene::edge(before, out, now.len);
            })
        }
        (Op::CrossBelow { out, a, b }, State::Edge(before)) => {
            r.compare(now, [out], [a, b], |pair, [out]| {
                compare::lt(pair, out);
                kleene::edge(before, out, now.len);
            })
        }
        (
            Op::HoldsFor { out, a, .. } | Op::OccurredWithin { out, a, .. } | Op::CountTrue { out, a, .. },
            State::Run(window),
        ) => r.write_bits(now, out, |r, out| window.run(r.bits(a), out, now.len)),
        (
            Op::HoldsFor { out, a, .. } | Op::OccurredWithin { out, a, .. } | Op::CountTrue { out, a, .. },
            State::Count(window),
        ) => r.write_bits(now, out, |r, out| window.run(r.bits(a), out, now.len)),
        (Op::CountTrue { out, a, .. }, State::Recent(window)) => {
            r.write_bits(now, out, |r, out| window.run_bars(r.bits(a), out, now.len));
        }
        (
            Op::HoldsForTime { out, a, .. }
            | Op::OccurredWithinTime { out, a, .. }
            | Op::CountTrueTime { out, a, .. },
            State::Recent(window),
        ) => {
            let open_time = &now.source.open_time[now.range()];
            r.write_bits(now, out, |r, out| window.run_time(r.bits(a), open_time, now.period_ms, out));
        }
        (op, state) => sequences(op, state, r, now),
    }
}

/// Steps of sequences.
fn sequences(op: Op, state: &mut State, r: &mut Registers, now: &Now<'_>) {
    let open_time = &now.source.open_time[now.range()];
    match (op, state) {
        (Op::Then { out, first, next, .. }, State::StepBars(step)) => {
            r.write_bits(now, out, |r, out| step.run(r.bits(first), r.bits(next), out, now.len));
        }
        (Op::ThenTime { out, first, next, .. }, State::StepTime(step)) => r.write_bits(now, out, |r, out| {
            step.run(r.bits(first), r.bits(next), open_time, now.period_ms, out);
        }),
        (Op::ThenStart { out, a }, State::BarNumber(bar)) => {
            r.write_num(now, out, |r, out| bar.start(r.bits(a), out));
        }
        (Op::ThenNext { out, start, next, .. }, State::Carry(carry)) => {
            r.write_num(now, out, |r, out| carry.run_bars(r.num(start, now), r.bits(next), out));
        }
        (Op::ThenNextTime { out, start, next, .. }, State::Carry(carry)) => {
            r.write_num(now, out, |r, out| carry.run_time(r.num(start, now), r.bits(next), open_time, out));
        }
        (Op::ThenEnd { out, start, bars }, State::BarNumber(bar)) => {
            r.write_bits(now, out, |r, out| bar.end(r.num(start, now), bars, out));
        }
        _ => unreachable!("`State::of` gives an op the state that it needs"),
    }
}
