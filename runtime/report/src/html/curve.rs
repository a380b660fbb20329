//! The equity curve with its drawdown below.

use std::fmt::Write;

use backtest::Equity;
use data::format_time;

use super::scale::{Axis, time_ticks};
use super::svg::{Frame, path};

const WIDTH: f64 = 1100.0;
const HEIGHT: f64 = 380.0;

/// An SVG; empty without points.
#[must_use]
pub fn equity_svg(equity: &Equity, initial: f64) -> String {
    let (Some(&from_ms), Some(&to_ms)) = (equity.time_ms.first(), equity.time_ms.last()) else {
        return String::new();
    };
    let upper = Frame { left: 68.0, top: 12.0, width: WIDTH - 84.0, height: 230.0, from_ms, to_ms };
    let lower = Frame { top: 268.0, height: 84.0, ..upper };
    let lowest = equity.equity.iter().copied().fold(initial, f64::min);
    let highest = equity.equity.iter().copied().fold(initial, f64::max);
    let value_axis = Axis::around(lowest, highest, 5);
    let below: Vec<f64> = equity.drawdown_pct().into_iter().map(|d| -d).collect();
    let deepest = below.iter().copied().fold(0.0, f64::min);
    let fall_axis = if deepest < 0.0 { Axis::around(deepest, 0.0, 2) } else { Axis::around(-1.0, 0.0, 1) };

    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Equity from {} to {}, drawdown below\">",
        format_time(from_ms),
        format_time(to_ms)
    );
    grid(&mut svg, &upper, &value_axis, "");
    grid(&mut svg, &lower, &fall_axis, " %");
    times(&mut svg, &upper, &lower);
    let start = upper.y(&value_axis, initial);
    let (left, right) = (upper.left, upper.right());
    let _ = write!(svg, "<path class=\"start\" d=\"M{left:.1} {start:.1}H{right:.1}\"/>");
    let line = path(&upper, &value_axis, &equity.time_ms, &equity.equity);
    let _ = write!(svg, "<path class=\"area\" d=\"{line}V{:.1}H{left:.1}Z\"/>", upper.bottom());
    let _ = write!(svg, "<path class=\"line\" d=\"{line}\"/>");
    let line = path(&lower, &fall_axis, &equity.time_ms, &below);
    let _ = write!(svg, "<path class=\"fall\" d=\"{line}V{:.1}H{left:.1}Z\"/>", lower.top);
    let _ = write!(svg, "<text x=\"{left}\" y=\"{}\">Drawdown</text></svg>", lower.top - 8.0);
    svg
}

pub(super) fn grid(svg: &mut String, frame: &Frame, axis: &Axis, unit: &str) {
    for tick in axis.ticks() {
        let (y, left, right) = (frame.y(axis, tick), frame.left, frame.right());
        let _ = write!(svg, "<path class=\"grid\" d=\"M{left:.1} {y:.1}H{right:.1}\"/>");
        let label = axis.label(tick);
        let _ = write!(
            svg,
            "<text class=\"end\" x=\"{:.1}\" y=\"{:.1}\">{label}{unit}</text>",
            left - 8.0,
            y + 4.0
        );
    }
}

/// The lower frame has the labels; one frame is given as both.
pub(super) fn times(svg: &mut String, upper: &Frame, lower: &Frame) {
    for (time, label) in time_ticks(upper.from_ms, upper.to_ms, 9) {
        let x = upper.x(time);
        let (top, end) = (upper.top, upper.bottom());
        let _ = write!(svg, "<path class=\"grid\" d=\"M{x:.1} {top:.1}V{end:.1}");
        let _ = write!(svg, "M{x:.1} {:.1}V{:.1}\"/>", lower.top, lower.bottom());
        let _ =
            write!(svg, "<text class=\"mid\" x=\"{x:.1}\" y=\"{:.1}\">{label}</text>", lower.bottom() + 18.0);
    }
}
