//! Sequences and scores: chains of ops, a register for each step.

use bars::Timeframe;
use bytecode::{BoolReg, NumReg, Op, Stage};
use ir::{Reach, Ty, ValueId, Warmup};
use stdlib::{Range, Type, Unit};

use crate::emit::Emitter;

/// Writes the last op of a chain.
type Last = Box<dyn Fn(BoolReg) -> Op>;

impl Emitter<'_> {
    pub(crate) fn sequence(
        &mut self,
        steps: &[ValueId],
        (within, total): (&[Option<Reach>], Option<Reach>),
        clock: Timeframe,
        value: &ir::Value,
    ) -> Last {
        let steps: Vec<BoolReg> = steps.iter().map(|&step| self.bool_new(step, clock)).collect();
        let (&first, later) = steps.split_first().expect("the IR verifier has proven that there are steps");
        match total {
            None => self.chained(first, later, within, clock, value),
            Some(total) => self.started(first, later, (within, total), clock, value),
        }
    }

    /// Each step looks back for the one before.
    fn chained(
        &mut self,
        mut first: BoolReg,
        later: &[BoolReg],
        within: &[Option<Reach>],
        clock: Timeframe,
        value: &ir::Value,
    ) -> Last {
        let join = |out, first, next, reach| match reach {
            Reach::Bars(bars) => Op::Then { out, first, next, bars },
            Reach::TimeMs(duration_ms) => Op::ThenTime { out, first, next, duration_ms },
        };
        let reaches: Vec<Reach> = within.iter().copied().flatten().collect();
        let (&last, front) = later.split_last().expect("the IR verifier has proven that there are two steps");
        for (&next, &reach) in front.iter().zip(&reaches) {
            let out = self.new_bool(clock, value.stage);
            self.push(clock, value.stage, join(out, first, next, reach), value.span);
            first = out;
        }
        let reach = *reaches.last().expect("without a limit on the whole each step has one: proven too");
        Box::new(move |out| join(out, first, last, reach))
    }

    /// Where the sequence began goes along from step to step.
    fn started(
        &mut self,
        first: BoolReg,
        later: &[BoolReg],
        (within, total): (&[Option<Reach>], Reach),
        clock: Timeframe,
        value: &ir::Value,
    ) -> Last {
        let (stage, span) = (value.stage, value.span);
        let mut start = self.new_num(clock, stage);
        let begin = match total {
            Reach::Bars(_) => Op::ThenStart { out: start, a: first },
            Reach::TimeMs(_) => Op::ThenStartTime { out: start, a: first },
        };
        self.push(clock, stage, begin, span);
        for (&next, within) in later.iter().zip(within) {
            let out = self.new_num(clock, stage);
            // No step can come later than the limit on the whole.
            let op = match within.unwrap_or(total) {
                Reach::Bars(bars) => Op::ThenNext { out, start, next, bars },
                Reach::TimeMs(duration_ms) => Op::ThenNextTime { out, start, next, duration_ms },
            };
            self.push(clock, stage, op, span);
            start = out;
        }
        Box::new(move |out| match total {
            Reach::Bars(bars) => Op::ThenEnd { out, start, bars },
            Reach::TimeMs(duration_ms) => Op::ThenEndTime { out, start, duration_ms },
        })
    }

    /// True when the least possible sum is enough, false when the most is not, else unknown.
    pub(crate) fn score(
        &mut self,
        parts: &[(ValueId, f64)],
        min: f64,
        clock: Timeframe,
        value: &ir::Value,
    ) -> Last {
        let (stage, span) = (value.stage, value.span);
        let zero = self.whole(0.0, clock, value);
        let enough = self.whole(min, clock, value);
        let (mut least, mut most) = (zero, zero);
        for &(part, weight) in parts {
            let a = self.bool_new(part, clock);
            let out = self.new_num(clock, stage);
            self.push(clock, stage, Op::TallyLeast { out, sum: least, a, weight }, span);
            least = out;
            let out = self.new_num(clock, stage);
            self.push(clock, stage, Op::TallyMost { out, sum: most, a, weight }, span);
            most = out;
        }
        let [surely, perhaps, unknown, open] = [(); 4].map(|()| self.new_bool(clock, stage));
        self.push(clock, stage, Op::Ge { out: surely, a: least, b: enough }, span);
        self.push(clock, stage, Op::Ge { out: perhaps, a: most, b: enough }, span);
        self.push(clock, stage, Op::ConstantBool { out: unknown, value: None }, span);
        self.push(clock, stage, Op::And { out: open, a: perhaps, b: unknown }, span);
        Box::new(move |out| Op::Or { out, a: surely, b: open })
    }

    fn whole(&mut self, number: f64, clock: Timeframe, like: &ir::Value) -> NumReg {
        let range = Range::point(number);
        let constant = self.folded.intern(ir::Value {
            op: ir::Op::Number(number),
            ty: Ty::Number(Type::Int { unit: Unit::Scalar, range }),
            clock: None,
            stage: Stage::Market,
            warmup: Warmup::default(),
            range,
            span: like.span,
        });
        self.num_new(constant, clock)
    }
}
