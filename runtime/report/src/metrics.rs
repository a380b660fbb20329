//! All metrics of a run (rule M).

use backtest::{FillRecord, RunResult, StopReason, Trade};
use bars::Bars;
use kernel::ExitReason;
use serde::Serialize;

use crate::returns::{Returns, daily_equity};
use crate::trade_figures::TradeFigures;

/// Amounts in USDT, shares in percent. `None` (null) where a figure is undefined.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metrics {
    pub initial_equity: f64,
    pub final_equity: f64,
    pub net_profit: f64,
    pub net_return_pct: f64,
    /// Buying at the first evaluated open and holding to the last close, without costs.
    pub buy_and_hold_pct: Option<f64>,
    /// Largest fall from a high of the equity at exec closes.
    pub max_drawdown_pct: f64,
    pub max_drawdown: f64,
    /// The longest time below an earlier high of the equity, in days.
    pub max_drawdown_days: f64,
    /// Net profit over the largest drawdown in USDT.
    pub recovery_factor: Option<f64>,
    /// Share of the evaluated exec bars at whose close a position was open.
    pub time_in_market_pct: Option<f64>,
    /// Mean over the evaluated time of the open quantity's value at entry / equity at the start of the trade.
    pub exposure_pct: Option<f64>,
    pub trades: TradeFigures,
    pub returns: Returns,
    /// Stopped by its own drawdown limit.
    pub stopped: bool,
}

impl Metrics {
    #[must_use]
    pub fn of(result: &RunResult, exec_bars: &Bars) -> Metrics {
        let net_profit = result.final_equity - result.initial_equity;
        let drawdown = Drawdown::of(&result.equity.time_ms, &result.equity.equity);
        // the first point is the start, before the first day
        let skip = 1.min(result.equity.time_ms.len());
        let days = daily_equity(&result.equity.time_ms[skip..], &result.equity.equity[skip..]);
        let span = result.span;
        Metrics {
            initial_equity: result.initial_equity,
            final_equity: result.final_equity,
            net_profit,
            net_return_pct: net_profit / result.initial_equity * 100.0,
            buy_and_hold_pct: buy_and_hold_pct(result, exec_bars),
            max_drawdown_pct: drawdown.percent,
            max_drawdown: drawdown.amount,
            max_drawdown_days: drawdown.longest_ms as f64 / 86_400_000.0,
            recovery_factor: (drawdown.amount > 0.0).then(|| net_profit / drawdown.amount),
            time_in_market_pct: (span.bars > 0)
                .then(|| span.bars_in_position as f64 / span.bars as f64 * 100.0),
            exposure_pct: exposure_pct(result),
            trades: TradeFigures::of(&result.trades),
            returns: Returns::of(result.initial_equity, &days),
            stopped: matches!(result.stop_reason, StopReason::MaxDrawdown { .. }),
        }
    }
}

fn buy_and_hold_pct(result: &RunResult, bars: &Bars) -> Option<f64> {
    let first = bars.open_time.partition_point(|&t| t < result.span.from_ms);
    let end = bars.open_time.partition_point(|&t| t + bars.timeframe.ms() <= result.span.to_ms);
    (first < end).then(|| (bars.close[end - 1] / bars.open[first] - 1.0) * 100.0)
}

fn exposure_pct(result: &RunResult) -> Option<f64> {
    let span_ms = (result.span.to_ms - result.span.from_ms) as f64;
    let mut equity = result.initial_equity;
    let mut sum = 0.0;
    for trade in &result.trades {
        if equity > 0.0 {
            sum += trade.entry_price / equity * quantity_over_time(trade, &result.fills);
        }
        equity += trade.net_pnl;
    }
    (span_ms > 0.0).then(|| sum / span_ms * 100.0)
}

/// Quantity x milliseconds; less after each partial exit.
fn quantity_over_time(trade: &Trade, fills: &[FillRecord]) -> f64 {
    if trade.fills == 2 && trade.exit_reason != ExitReason::Open {
        return trade.qty * (trade.exit_time - trade.entry_time) as f64;
    }
    let first = trade.first_fill as usize;
    let own = fills.get(first..first + trade.fills as usize).unwrap_or(&[]);
    let (mut open, mut since_ms, mut sum) = (trade.qty, trade.entry_time, 0.0);
    for exit in own.iter().filter(|f| f.exit.is_some()) {
        sum += open * (exit.time_ms - since_ms) as f64;
        (open, since_ms) = (open - exit.qty, exit.time_ms);
    }
    let closed = trade.exit_reason != ExitReason::Open && own.len() > 1;
    if closed { sum } else { sum + open * (trade.exit_time - since_ms) as f64 }
}

/// The deepest and the longest fall; not always the same one.
struct Drawdown {
    percent: f64,
    amount: f64,
    longest_ms: i64,
}

impl Drawdown {
    fn of(time_ms: &[i64], equity: &[f64]) -> Drawdown {
        let mut drawdown = Drawdown { percent: 0.0, amount: 0.0, longest_ms: 0 };
        let Some((&first_ms, &first)) = time_ms.first().zip(equity.first()) else { return drawdown };
        let (mut peak, mut peak_ms) = (first, first_ms);
        for (&time, &value) in time_ms.iter().zip(equity) {
            if value >= peak {
                (peak, peak_ms) = (value, time);
                continue;
            }
            drawdown.amount = drawdown.amount.max(peak - value);
            drawdown.percent = drawdown.percent.max((peak - value) / peak * 100.0);
            drawdown.longest_ms = drawdown.longest_ms.max(time - peak_ms);
        }
        drawdown
    }
}

#[cfg(test)]
mod tests {
    use super::Drawdown;

    /// 100 to 80 is the deepest in percent, 200 to 170 the deepest in USDT, and the longest.
    #[test]
    fn the_deepest_and_the_longest_fall() {
        let d = Drawdown::of(&[0, 1, 2, 3, 4, 5, 9], &[100.0, 80.0, 200.0, 190.0, 170.0, 199.0, 199.5]);
        assert!((d.percent - 20.0).abs() < 1e-12 && (d.amount - 30.0).abs() < 1e-12);
        assert_eq!(d.longest_ms, 7);
    }
}
