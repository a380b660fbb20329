//! How the results of the trades are spread.

use std::fmt::Write;

use backtest::Trade;

use super::scale::{Axis, round_step};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 44.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = HEIGHT - 44.0;
const RIGHT: f64 = WIDTH - 24.0;
/// More bars than this say no more.
const BINS_MAX: f64 = 45.0;

/// Net result in percent of the position's value at entry.
#[must_use]
pub fn result_pct(trade: &Trade) -> f64 {
    trade.net_pnl / (trade.entry_price * trade.qty) * 100.0
}

/// Equal bins from a multiple of their width on; zero is always between two of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Bins {
    pub width: f64,
    /// Number of the first bin: it begins at `first * width`.
    pub first: i64,
    pub counts: Vec<usize>,
}

impl Bins {
    /// `None` without values. The width follows Freedman and Diaconis, made round.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Bins> {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let (&least, &most) = sorted.first().zip(sorted.last())?;
        let quartile = |share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
        let ideal = 2.0 * (quartile(0.75) - quartile(0.25)) / libm::cbrt(sorted.len() as f64);
        // A single trade, or many alike, get a bin of a size that fits their results.
        let span = (most - least).max(least.abs().max(most.abs())).max(1e-6);
        let width = round_step(ideal.max(span / BINS_MAX));
        let bin = |v: f64| (v / width).floor() as i64;
        let first = bin(least);
        let mut counts = vec![0; (bin(most) - first + 1) as usize];
        sorted.iter().for_each(|v| counts[(bin(*v) - first) as usize] += 1);
        Some(Bins { width, first, counts })
    }

    fn edge(&self, bin: usize) -> f64 {
        (self.first + bin as i64) as f64 * self.width
    }
}

/// An SVG; empty without trades.
#[must_use]
pub fn trades_svg(trades: &[Trade]) -> String {
    let results: Vec<f64> = trades.iter().map(result_pct).collect();
    let Some(bins) = Bins::of(&results) else { return String::new() };
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Number of trades by net result in percent\">"
    );
    let low = bins.edge(0) - bins.width;
    let across = Axis::around(low, bins.edge(bins.counts.len()) + bins.width, 8);
    let x = |value: f64| LEFT + across.share(value) * (RIGHT - LEFT);
    let tallest = bins.counts.iter().copied().max().unwrap_or(1) as f64;
    let up = Axis::around(0.0, tallest, 4);
    let y = |count: f64| BOTTOM - up.share(count) * (BOTTOM - TOP);

    for tick in up.ticks().into_iter().filter(|t| t.fract() == 0.0) {
        let _ = write!(svg, "<path class=\"grid\" d=\"M{LEFT} {:.1}H{RIGHT}\"/>", y(tick));
        let label = crate::words::number(tick, 0);
        let _ = write!(
            svg,
            "<text class=\"end\" x=\"{:.1}\" y=\"{:.1}\">{label}</text>",
            LEFT - 8.0,
            y(tick) + 4.0
        );
    }
    for (bin, &count) in bins.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let (from, to) = (bins.edge(bin), bins.edge(bin + 1));
        let class = if bins.first + bin as i64 >= 0 { "win" } else { "loss" };
        let (left, top) = (x(from) + 0.5, y(count as f64));
        let (wide, high) = ((x(to) - x(from) - 1.0).max(0.5), BOTTOM - top);
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{high:.1}\">\
             <title>{} % to {} %: {count}</title></rect>",
            crate::words::value(from),
            crate::words::value(to)
        );
    }
    for tick in across.ticks() {
        let label = across.label(tick);
        let _ =
            write!(svg, "<text class=\"mid\" x=\"{:.1}\" y=\"{:.1}\">{label}</text>", x(tick), BOTTOM + 18.0);
    }
    let mean = results.iter().sum::<f64>() / results.len() as f64;
    let _ = write!(svg, "<path class=\"axis\" d=\"M{LEFT} {BOTTOM}H{RIGHT}\"/>");
    let _ = write!(svg, "<path class=\"mean\" d=\"M{:.1} {TOP}V{BOTTOM}\"/>", x(mean));
    let label = format!("net result, % of the position's value; mean {}", crate::words::value(mean));
    let middle = (LEFT + RIGHT) / 2.0;
    let _ = write!(svg, "<text class=\"mid\" x=\"{middle}\" y=\"{:.1}\">{label}</text></svg>", HEIGHT - 6.0);
    svg
}

#[cfg(test)]
mod tests {
    use super::Bins;

    #[test]
    fn bins_meet_at_zero_and_count_everything() {
        let bins = Bins::of(&[-1.5, -0.2, 0.0, 0.1, 0.3, 2.4]).unwrap();
        assert_eq!(bins.counts.iter().sum::<usize>(), 6);
        let below: usize = bins.counts.iter().take(usize::try_from(-bins.first).unwrap()).sum();
        assert_eq!(below, 2);
    }

    #[test]
    fn one_value_equal_values_and_outliers() {
        assert_eq!(Bins::of(&[]), None);
        assert_eq!(Bins::of(&[3.0]).unwrap().counts, [1]);
        assert_eq!(Bins::of(&[0.0, 0.0]).unwrap().counts, [2]);
        let mut many = vec![0.01; 5_000];
        many.push(900.0);
        let bins = Bins::of(&many).unwrap();
        assert!(bins.counts.len() <= 47 && bins.counts.iter().sum::<usize>() == 5_001);
    }
}
