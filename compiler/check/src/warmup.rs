//! How long a value warms up: the need of its operands, and what its op itself looks back.

use bars::Timeframe;
use ir::{Extent, Op, ValueId, Warmup};
use resolve::resolved::Play;

use crate::Options;

/// The share of a seed's error that may be left: the Play's, or that of the options where it declares none.
#[must_use]
pub fn tolerance(play: &Play, options: &Options) -> f64 {
    play.backtest.warmup_tolerance.as_ref().map_or(options.tolerance, |n| n.value)
}

/// The warm-up of an op on this clock from those of its operands.
pub fn of<'w>(
    op: &Op,
    clock: Option<Timeframe>,
    tolerance: f64,
    operand: impl Fn(ValueId) -> &'w Warmup,
) -> Warmup {
    let mut operands = Warmup::default();
    op.operands(|id| operands = std::mem::take(&mut operands).max(operand(id)));
    let Some(clock) = clock else { return operands };
    let one = Warmup::bars(clock, 1);
    operands.max(&one).earlier(clock, look_back(op, clock, tolerance)).max(&one)
}

/// Bars before the latest.
fn look_back(op: &Op, clock: Timeframe, tolerance: f64) -> u32 {
    match op {
        Op::Call { builtin, params, .. } => {
            let how = stdlib::Warmup { tolerance, period_ms: clock.ms() };
            let bars = (stdlib::builtin(*builtin).warmup)(params, how);
            u32::try_from(bars).unwrap_or(u32::MAX).saturating_sub(1)
        }
        Op::Shift { bars, .. } => *bars,
        Op::Cross { .. } => 1,
        Op::Window { extent: Extent::Bars { bars, stride }, .. } => (bars - 1).saturating_mul(*stride),
        Op::Window { extent: Extent::TimeMs(ms), .. } => {
            u32::try_from((ms - 1) / clock.ms()).unwrap_or(u32::MAX)
        }
        Op::Sequence { within, total, .. } => {
            let each = within.iter().map(|reach| reach.map_or(u32::MAX, |r| r.bars(clock)));
            let sum = each.fold(0, u32::saturating_add);
            total.map_or(sum, |total| total.bars(clock).min(sum))
        }
        _ => 0,
    }
}
