//! What is left of a variant: its figures.

use backtest::RunResult;
use bars::Bars;
use report::Metrics;
use serde::{Deserialize, Serialize};

/// A figure that a row has, its name and whether more of it is better.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    pub name: &'static str,
    pub doc: &'static str,
    pub more_is_better: bool,
    of: fn(&Metrics) -> Option<f64>,
}

/// The figures that a sweep for the return alone finds.
pub const RETURN_FIGURES: [&str; 3] = ["net_return_pct", "final_equity", "trades"];

const fn figure(
    name: &'static str,
    more_is_better: bool,
    of: fn(&Metrics) -> Option<f64>,
    doc: &'static str,
) -> Figure {
    Figure { name, doc, more_is_better, of }
}

/// All of them, in the order of the result file's columns. Figures that need the equity at every bar are not here:
/// drawdowns are of the daily curve.
pub const FIGURES: &[Figure] = &[
    figure(
        "net_return_pct",
        true,
        |m| Some(m.net_return_pct),
        "net profit in percent of the starting equity",
    ),
    figure("final_equity", true, |m| Some(m.final_equity), "in USDT"),
    figure("trades", true, |m| Some(m.trades.trades as f64), "how many"),
    figure("sharpe", true, |m| m.returns.sharpe, "of daily returns, annual"),
    figure("sortino", true, |m| m.returns.sortino, "of daily returns, annual"),
    figure("calmar", true, |m| m.returns.calmar, "CAGR over the largest daily drawdown"),
    figure("omega", true, |m| m.returns.omega, "gains over losses of daily returns"),
    figure("cagr_pct", true, |m| m.returns.cagr_pct, "compound annual growth"),
    figure("volatility_pct", false, |m| m.returns.volatility_pct, "annual, of daily returns"),
    figure("max_daily_drawdown_pct", false, |m| m.returns.max_daily_drawdown_pct, "of the daily equity"),
    figure("ulcer_index", false, |m| m.returns.ulcer_index, "of the daily equity"),
    figure("win_rate_pct", true, |m| m.trades.win_rate_pct, "trades with a net profit"),
    figure("profit_factor", true, |m| m.trades.profit_factor, "gross profit over gross loss"),
    figure("expectancy", true, |m| m.trades.expectancy, "mean net result of a trade, in USDT"),
    figure("payoff_ratio", true, |m| m.trades.payoff_ratio, "average win over average loss"),
    figure("bars_held_average", false, |m| m.trades.bars_held_average, "of a trade"),
    figure("time_in_market_pct", false, |m| m.time_in_market_pct, "of the evaluated bars"),
    figure("fees", false, |m| Some(m.trades.fees), "paid, in USDT"),
];

/// The figure of this name.
#[must_use]
pub fn find_figure(name: &str) -> Option<usize> {
    FIGURES.iter().position(|f| f.name == name)
}

/// One variant's line of the result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub variant: u64,
    /// In the order of the axes.
    pub values: Vec<f64>,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    Ran {
        /// By [`FIGURES`]; NaN where a figure is undefined.
        figures: Vec<f64>,
        /// BLAKE3 over trades and fills, as `result.json` has it.
        trades_hash: Option<[u8; 32]>,
        /// Stopped by its own drawdown limit.
        stopped: Option<bool>,
    },
    /// These values make no Play, or one that cannot run: why.
    Refused(String),
}

impl Outcome {
    #[must_use]
    pub fn of(result: &RunResult, exec_bars: &Bars) -> Outcome {
        let metrics = Metrics::of(result, exec_bars);
        let figures = FIGURES.iter().map(|f| (f.of)(&metrics).unwrap_or(f64::NAN)).collect();
        Outcome::Ran { figures, trades_hash: Some(result.trades_hash()), stopped: Some(metrics.stopped) }
    }

    /// Of a sweep for the return alone.
    #[must_use]
    pub fn of_return(initial_equity: f64, final_equity: f64, trades: usize) -> Outcome {
        let net_return_pct = (final_equity - initial_equity) / initial_equity * 100.0;
        let known = [net_return_pct, final_equity, trades as f64];
        let figures = FIGURES.iter().map(|f| {
            let at = RETURN_FIGURES.iter().position(|name| *name == f.name);
            at.map_or(f64::NAN, |at| known[at])
        });
        Outcome::Ran { figures: figures.collect(), trades_hash: None, stopped: None }
    }
}

impl Row {
    /// NaN where it is undefined.
    #[must_use]
    pub fn figure(&self, figure: usize) -> f64 {
        match &self.outcome {
            Outcome::Ran { figures, .. } => figures[figure],
            Outcome::Refused(_) => f64::NAN,
        }
    }
}
