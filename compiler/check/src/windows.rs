//! Windows over conditions (L8). The inside of a window is a scope of its own.

use bars::Timeframe;
use diagnostics::Span;
use diagnostics::Spanned;
use ir::{Extent, Op, ValueId, WindowKind};
use resolve::resolved::{self, Window};

use crate::{Checker, report};

impl Checker<'_> {
    pub(crate) fn window(&mut self, window: &Window, span: Span, scope: Timeframe) -> Option<ValueId> {
        let own = self.reads(&window.expr).inner(scope);
        let (inner, stride) = self.steps(window.anchor.as_ref(), own, scope)?;
        let a = self.condition_on(&window.expr, inner)?;
        let extent = match &window.extent {
            resolved::Extent::Bars(bars) => Extent::Bars { bars: bars.value as u32, stride },
            resolved::Extent::Duration { ms, .. } => Extent::TimeMs(*ms),
        };
        let samples = match extent {
            Extent::Bars { bars, .. } => bars,
            Extent::TimeMs(ms) => u32::try_from((ms / inner.ms()).max(1)).unwrap_or(u32::MAX),
        };
        let (kind, min_true) = match window.kind {
            resolved::WindowKind::HoldsFor => (WindowKind::HoldsFor, samples),
            resolved::WindowKind::OccurredWithin => (WindowKind::OccurredWithin, 1),
            resolved::WindowKind::CountTrue => {
                let wanted = window.min_true.as_ref()?;
                if wanted.value > f64::from(samples) {
                    self.out.push(report::logic::count_never(wanted.value, samples, inner, wanted.span));
                }
                let most = if matches!(extent, Extent::Bars { .. }) { samples } else { u32::MAX };
                (WindowKind::CountTrue, (wanted.value as u32).clamp(1, most))
            }
        };
        if self.arena.clock(a).is_none() {
            // The same on every bar: nothing to remember.
            return Some(a);
        }
        Some(self.arena.condition(Op::Window { kind, a, extent, min_true }, span))
    }

    /// The clock of the inside, and how many of its bars are one bar of the anchor.
    pub(crate) fn steps(
        &mut self,
        anchor: Option<&Spanned<Timeframe>>,
        own: Timeframe,
        scope: Timeframe,
    ) -> Option<(Timeframe, u32)> {
        let Some(anchor) = anchor else { return Some((own, 1)) };
        // Samples nearer to each other than the inside moves: the inside is asked that often.
        let inner = if anchor.value < own && anchor.value >= scope { anchor.value } else { own };
        if anchor.value < inner || !anchor.value.is_multiple_of(inner) {
            self.out.push(report::types::bad_anchor(anchor, inner));
            return None;
        }
        Some((inner, u32::try_from(anchor.value.ms() / inner.ms()).ok()?))
    }
}
