//! What an editor shows between the words: warm-up of features, price distance of stops in percent of the margin.

use std::ops::Range;

use resolve::resolved::{Number, StopKind, TargetKind};

use crate::outline::Value;
use crate::{Analysis, Kind};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    pub offset: usize,
    pub text: String,
    pub tooltip: String,
}

impl Analysis {
    /// Those within the range, in the order of the text.
    #[must_use]
    pub fn hints(&self, range: &Range<usize>) -> Vec<Hint> {
        let mut out = self.warmups(range);
        out.extend(self.distances());
        out.retain(|h| range.start <= h.offset && h.offset <= range.end);
        out.sort_by_key(|h| h.offset);
        out
    }

    /// Behind the declaration's first line.
    fn warmups(&self, range: &Range<usize>) -> Vec<Hint> {
        let calls = self.declarations.iter().filter(|d| d.kind.is_call());
        let seen = calls.filter(|d| {
            let slot = self.outline.slot(d.slot);
            slot.range.start <= range.end && range.start <= slot.range.end
        });
        seen.filter_map(|d| {
            let slot = self.outline.slot(d.slot);
            let offset = match slot.value {
                Value::Map { is_flow: true } => slot.range.end,
                _ => d.range.end,
            };
            let bars = self.warmup(d)?;
            let tooltip = format!("`{}` has forgotten its start after {bars}", d.name);
            Some(Hint { offset, text: format!("warm after {bars}"), tooltip })
        })
        .collect()
    }

    /// The leverage is the Play's: a block does not know it.
    fn distances(&self) -> Vec<Hint> {
        if self.kind == Kind::Block {
            return Vec::new();
        }
        let Some(risk) = &self.compilation.resolved.risk else { return Vec::new() };
        let is_roi =
            |basis: &Option<resolve::resolved::Name>| basis.as_ref().is_none_or(|b| b.value == "roi");
        let stop = risk
            .stop
            .as_ref()
            .filter(|s| s.kind.as_ref().is_some_and(|k| k.value == StopKind::Percent) && is_roi(&s.basis));
        let target = risk
            .target
            .as_ref()
            .filter(|t| t.kind.as_ref().is_some_and(|k| k.value == TargetKind::Percent) && is_roi(&t.basis));
        let values = [stop.and_then(|s| s.value.as_ref()), target.and_then(|t| t.value.as_ref())];
        values.into_iter().flatten().filter_map(|value| self.distance(value)).collect()
    }

    fn distance(&self, value: &Number) -> Option<Hint> {
        let place = self.place(value.span)?;
        let leverage = self.leverage();
        let percent = value.value / leverage;
        (percent.is_finite() && !place.is_empty()).then(|| Hint {
            offset: place.end,
            text: format!("{} % of price", short(percent)),
            tooltip: format!(
                "{} % of the margin at leverage {} is {} % of the entry price",
                short(value.value),
                short(leverage),
                short(percent)
            ),
        })
    }
}

/// At most four decimals, none that say nothing.
fn short(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
