//! Sequences (L13), counts and scores over conditions (L14).

use bars::Timeframe;
use diagnostics::Span;
use ir::{Op, Reach, ValueId};
use resolve::resolved::{Expr, Extent, Score, Sequence};

use crate::{Checker, ranges, report};

/// Weights are whole in some unit down to this share of 1.
const DECIMALS: i32 = 9;

impl Checker<'_> {
    /// A scope of its own, as the inside of a window is: the finest clock of what its steps read.
    pub(crate) fn sequence(
        &mut self,
        sequence: &Sequence,
        whole: &Expr,
        scope: Timeframe,
    ) -> Option<ValueId> {
        let own = self.reads(whole).inner(scope);
        let (inner, stride) = self.steps(sequence.anchor.as_ref(), own, scope)?;
        let steps: Vec<Option<ValueId>> =
            sequence.steps.iter().map(|step| self.condition_on(step, inner)).collect();
        let steps: Vec<ValueId> = steps.into_iter().collect::<Option<_>>()?;
        let reach = |extent: &Extent| match extent {
            Extent::Bars(bars) => Reach::Bars((bars.value as u32).saturating_mul(stride)),
            Extent::Duration { ms, .. } => Reach::TimeMs(*ms),
        };
        let within: Vec<Option<Reach>> =
            sequence.within.iter().map(|extent| extent.as_ref().map(reach)).collect();
        let total = sequence.total.as_ref().map(reach);
        if steps.iter().all(|&step| self.arena.clock(step).is_none()) {
            // The same on every bar: nothing to remember.
            return Some(self.arena.condition(Op::All(steps), whole.span));
        }
        self.too_short(sequence, &within, total, inner);
        Some(self.arena.condition(Op::Sequence { steps, within, total }, whole.span))
    }

    /// Limits into which the steps do not fit.
    fn too_short(
        &mut self,
        sequence: &Sequence,
        within: &[Option<Reach>],
        total: Option<Reach>,
        clock: Timeframe,
    ) {
        for (reach, extent) in within.iter().zip(&sequence.within) {
            if let (Some(reach), Some(extent)) = (reach, extent)
                && reach.bars(clock) < 1
            {
                self.out.push(report::logic::sequence_never(1, reach.bars(clock), clock, span_of(extent)));
                return;
            }
        }
        if let (Some(reach), Some(extent)) = (total, &sequence.total)
            && (reach.bars(clock) as usize) < within.len()
        {
            let fit = reach.bars(clock);
            self.out.push(report::logic::sequence_never(within.len(), fit, clock, span_of(extent)));
        }
    }

    /// On the scope's clock, as `all` is.
    pub(crate) fn score(&mut self, score: &Score, span: Span, scope: Timeframe) -> Option<ValueId> {
        let built: Vec<Option<ValueId>> =
            score.parts.iter().map(|(when, _)| self.condition_on(when, scope)).collect();
        let built: Vec<ValueId> = built.into_iter().collect::<Option<_>>()?;
        let weights = score.parts.iter().map(|(_, weight)| *weight);
        let unit = unit(weights.clone().chain([score.min.value]));
        let parts: Vec<(ValueId, f64)> =
            built.into_iter().zip(weights).map(|(id, weight)| (id, (weight * unit).round())).collect();
        let min = (score.min.value * unit).round();
        let bounds = ranges::weighed(parts.iter().map(|(id, weight)| (self.arena.get(*id).range, *weight)));
        let id = self.arena.condition(Op::Score { parts, min }, span);
        let range = self.arena.get(id).range;
        if range.min == range.max {
            let always = range.min == 1.0;
            let bound = if always { bounds.0 } else { bounds.1 };
            self.out.push(report::logic::score_decided(always, bound / unit, score.min.value, span));
        }
        Some(id)
    }
}

/// By what all of these are whole numbers, at most 10^9: sums of whole numbers are exact, so 0.7 and 0.1 do make 0.8.
fn unit(numbers: impl Iterator<Item = f64> + Clone) -> f64 {
    let whole = |unit: f64| numbers.clone().all(|n| (n * unit - (n * unit).round()).abs() < 1e-6);
    let mut unit = 1.0;
    for _ in 0..DECIMALS {
        if whole(unit) {
            break;
        }
        unit *= 10.0;
    }
    unit
}

fn span_of(extent: &Extent) -> Span {
    match extent {
        Extent::Bars(bars) => bars.span,
        Extent::Duration { span, .. } => *span,
    }
}
