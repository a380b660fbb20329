//! Sections and registers.

use super::{MAX_DURATION_MS, MAX_WINDOW_BARS, Verifier, calls};
use crate::ops::{Op, Operand};
use crate::program::{ClockId, RegInfo, Section, Stage};

/// Which registers have been written so far, over all sections in the order in which they run.
struct Written {
    nums: Vec<bool>,
    bools: Vec<bool>,
    calls: Vec<bool>,
}

pub(super) fn check(v: &mut Verifier<'_>) {
    let program = v.program;
    let mut written = Written {
        nums: vec![false; program.num_regs.len()],
        bools: vec![false; program.bool_regs.len()],
        calls: vec![false; program.calls.len()],
    };
    for (stage, sections) in [(Stage::Market, &program.market), (Stage::Position, &program.position)] {
        for section in sections {
            check_section(v, section, stage, &mut written);
        }
    }
    for (what, written) in [("n", &written.nums), ("b", &written.bools)] {
        for (reg, _) in written.iter().enumerate().filter(|(_, written)| !**written) {
            v.fail("registers", format!("{what}{reg} is never written"));
        }
    }
    let unused = written.calls.iter().filter(|used| !**used).count();
    v.require(unused == 0, "calls", "one is not the operand of any op");
}

fn check_section(v: &mut Verifier<'_>, section: &Section, stage: Stage, written: &mut Written) {
    let name = match stage {
        Stage::Market => "market",
        Stage::Position => "position",
    };
    let timeframe = v.timeframe(section.clock);
    for (index, op) in section.ops.iter().enumerate() {
        let at = format!("{name} {timeframe}, op {index} ({})", op.mnemonic());
        let home = RegInfo { clock: section.clock, stage };
        check_immediates(v, op, stage, &at);
        let mut reads = Vec::new();
        op.inputs(|input| reads.push(input));
        let mut writes = Vec::new();
        op.outputs(|output| writes.push(output));
        if let Op::Call { call } = *op {
            let Some(call_row) = v.program.calls.get(call as usize) else {
                v.fail(&at, format!("there is no call {call}"));
                continue;
            };
            let again = std::mem::replace(&mut written.calls[call as usize], true);
            v.require(!again, &at, "the call is the operand of another op too");
            calls::check(v, call_row, &at);
            reads.extend(call_row.inputs.iter().flatten().map(|&reg| Operand::Num(reg)));
            writes.extend(call_row.outputs.iter().map(|&reg| Operand::Num(reg)));
        }
        for read in reads {
            check_read(v, op, read, home, written, &at);
        }
        for write in writes {
            check_write(v, write, home, written, &at);
        }
    }
}

fn check_read(v: &mut Verifier<'_>, op: &Op, read: Operand, home: RegInfo, written: &Written, at: &str) {
    let (name, info, is_written) = look(v, read, written);
    let Some(info) = info else {
        return v.fail(at, format!("it reads {name}, which does not exist"));
    };
    v.require(is_written, at, &format!("it reads {name} before it is written"));
    if matches!(op, Op::AlignNum { .. } | Op::AlignBool { .. }) {
        // Clocks are numbered from the slowest.
        let slower = info.clock < home.clock && info.stage == home.stage;
        v.require(slower, at, &format!("{name} is not of a slower clock and the same stage"));
    } else {
        let own = info.clock == home.clock && info.stage <= home.stage;
        v.require(own, at, &format!("it reads {name}, which is of another clock or stage"));
    }
}

fn check_write(v: &mut Verifier<'_>, write: Operand, home: RegInfo, written: &mut Written, at: &str) {
    let (name, info, is_written) = look(v, write, written);
    let Some(info) = info else {
        return v.fail(at, format!("it writes {name}, which does not exist"));
    };
    v.require(!is_written, at, &format!("it writes {name} a second time"));
    v.require(info == home, at, &format!("it writes {name}, which is of another clock or stage"));
    match write {
        Operand::Num(reg) => written.nums[reg.0 as usize] = true,
        Operand::Bool(reg) => written.bools[reg.0 as usize] = true,
    }
}

/// Its name, what is declared of it, and whether it has been written.
fn look(v: &Verifier<'_>, operand: Operand, written: &Written) -> (String, Option<RegInfo>, bool) {
    match operand {
        Operand::Num(reg) => {
            (format!("n{}", reg.0), v.num(reg), written.nums.get(reg.0 as usize) == Some(&true))
        }
        Operand::Bool(reg) => {
            (format!("b{}", reg.0), v.bool(reg), written.bools.get(reg.0 as usize) == Some(&true))
        }
    }
}

fn check_immediates(v: &mut Verifier<'_>, op: &Op, stage: Stage, at: &str) {
    let window = |v: &mut Verifier<'_>, samples: u32, stride: u32| {
        v.require(samples >= 1 && stride >= 1, at, "the window has no bars");
        let span = u64::from(samples) * u64::from(stride);
        v.require(span <= MAX_WINDOW_BARS, at, "the window is too long");
    };
    let duration = |v: &mut Verifier<'_>, duration_ms: i64| {
        let within = (1..=MAX_DURATION_MS).contains(&duration_ms);
        v.require(within, at, "the duration is not above 0 and at most ten years");
    };
    match *op {
        Op::Field { .. } | Op::Series { .. } | Op::Call { .. } | Op::Position { .. } => {
            let of_position = matches!(op, Op::Position { .. });
            v.require(of_position == (stage == Stage::Position), at, "it does not belong to this stage");
            if let Op::Series { series, .. } = *op {
                let known = usize::from(series) < v.program.series.len();
                v.require(known, at, "there is no such series");
            }
        }
        Op::Constant { value, .. } => v.require(!value.is_infinite(), at, "the number is infinite"),
        Op::Shift { bars, .. } => {
            v.require(u64::from(bars) <= MAX_WINDOW_BARS, at, "the shift is too long");
        }
        Op::HoldsFor { bars, stride, .. } | Op::OccurredWithin { bars, stride, .. } => {
            window(v, bars, stride)
        }
        Op::CountTrue { bars, stride, min_true, .. } => {
            window(v, bars, stride);
            v.require(u64::from(min_true) <= MAX_WINDOW_BARS, at, "the count is too high");
        }
        Op::Then { bars, .. } | Op::ThenNext { bars, .. } | Op::ThenEnd { bars, .. } => window(v, bars, 1),
        Op::HoldsForTime { duration_ms, .. }
        | Op::OccurredWithinTime { duration_ms, .. }
        | Op::ThenTime { duration_ms, .. }
        | Op::ThenNextTime { duration_ms, .. }
        | Op::ThenEndTime { duration_ms, .. } => duration(v, duration_ms),
        Op::TallyLeast { weight, .. } | Op::TallyMost { weight, .. } => {
            v.require(weight.is_finite(), at, "the weight is not finite");
        }
        Op::CountTrueTime { duration_ms, min_true, .. } => {
            duration(v, duration_ms);
            v.require(u64::from(min_true) <= MAX_WINDOW_BARS, at, "the count is too high");
        }
        _ => {}
    }
}

impl Verifier<'_> {
    /// Whether the register is on this clock; of the market stage if that is asked for.
    pub(super) fn placed(info: Option<RegInfo>, clock: ClockId, market: bool) -> bool {
        info.is_some_and(|info| info.clock == clock && (!market || info.stage == Stage::Market))
    }
}
