//! Metrics of the trade list: exact sums over net results, fees and funding included.
//!
//! A trade that is still open (`end_of_data: mark`) counts with its marked result. Without trades everything that
//! would be a mean or a share is `None`.

use backtest::Trade;
use kernel::Side;
use serde::Serialize;

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TradeFigures {
    pub trades: usize,
    /// Net result above 0.
    pub wins: usize,
    /// Net result below 0; a trade of exactly 0 is neither.
    pub losses: usize,
    pub win_rate_pct: Option<f64>,
    /// Sum of the wins' net results.
    pub gross_profit: f64,
    /// Sum of the losses' net results, as a positive number.
    pub gross_loss: f64,
    /// Gross profit over gross loss; `None` without losses.
    pub profit_factor: Option<f64>,
    pub average_win: Option<f64>,
    /// Positive.
    pub average_loss: Option<f64>,
    /// Average win over average loss.
    pub payoff_ratio: Option<f64>,
    /// Mean net result.
    pub expectancy: Option<f64>,
    pub largest_win: Option<f64>,
    /// Positive.
    pub largest_loss: Option<f64>,
    pub consecutive_wins_max: usize,
    pub consecutive_losses_max: usize,
    pub bars_held_average: Option<f64>,
    pub mae_pct_average: Option<f64>,
    pub mfe_pct_average: Option<f64>,
    pub fees: f64,
    /// Received; negative was paid.
    pub funding: f64,
    pub net_profit: f64,
    pub long: SideFigures,
    pub short: SideFigures,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SideFigures {
    pub trades: usize,
    pub win_rate_pct: Option<f64>,
    pub net_profit: f64,
}

impl TradeFigures {
    #[must_use]
    pub fn of(trades: &[Trade]) -> TradeFigures {
        let net: Vec<f64> = trades.iter().map(|t| t.net_pnl).collect();
        let wins: Vec<f64> = net.iter().copied().filter(|n| *n > 0.0).collect();
        let losses: Vec<f64> = net.iter().map(|n| -n).filter(|n| *n > 0.0).collect();
        let (average_win, average_loss) = (mean(&wins), mean(&losses));
        let gross_profit: f64 = wins.iter().sum();
        let gross_loss: f64 = losses.iter().sum();
        let of = |figure: fn(&Trade) -> f64| mean(&trades.iter().map(figure).collect::<Vec<_>>());
        TradeFigures {
            trades: trades.len(),
            wins: wins.len(),
            losses: losses.len(),
            win_rate_pct: share_pct(wins.len(), trades.len()),
            gross_profit,
            gross_loss,
            profit_factor: (gross_loss > 0.0).then(|| gross_profit / gross_loss),
            average_win,
            average_loss,
            payoff_ratio: average_win.zip(average_loss).map(|(win, loss)| win / loss),
            expectancy: mean(&net),
            largest_win: largest(&wins),
            largest_loss: largest(&losses),
            consecutive_wins_max: longest(&net, |n| n > 0.0),
            consecutive_losses_max: longest(&net, |n| n < 0.0),
            bars_held_average: of(|t| f64::from(t.bars_held)),
            mae_pct_average: of(|t| t.mae_pct),
            mfe_pct_average: of(|t| t.mfe_pct),
            fees: trades.iter().map(|t| t.fees).sum(),
            funding: trades.iter().map(|t| t.funding).sum(),
            net_profit: net.iter().sum(),
            long: side(trades, Side::Long),
            short: side(trades, Side::Short),
        }
    }
}

fn side(trades: &[Trade], side: Side) -> SideFigures {
    let net: Vec<f64> = trades.iter().filter(|t| t.side == side).map(|t| t.net_pnl).collect();
    let wins = net.iter().filter(|n| **n > 0.0).count();
    SideFigures { trades: net.len(), win_rate_pct: share_pct(wins, net.len()), net_profit: net.iter().sum() }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn share_pct(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64 * 100.0)
}

fn largest(values: &[f64]) -> Option<f64> {
    values.iter().copied().max_by(f64::total_cmp)
}

/// The longest run of values that satisfy.
fn longest(values: &[f64], satisfies: fn(f64) -> bool) -> usize {
    let runs = values.split(|v| !satisfies(*v));
    runs.map(<[f64]>::len).max().unwrap_or(0)
}
