//! Metrics of the trade list: exact sums over net results, fees and funding included.
//!
//! A trade that is still open (`end_of_data: mark`) counts with its marked result. Without trades everything that
//! would be a mean or a share is `None`.

use backtest::Trade;
use kernel::{ExitReason, Side};
use serde::Serialize;

/// All of them, in the kernel's order.
pub const REASONS: [ExitReason; 10] = [
    ExitReason::StopLoss,
    ExitReason::TakeProfit,
    ExitReason::TrailingStop,
    ExitReason::BreakEven,
    ExitReason::Signal,
    ExitReason::Flip,
    ExitReason::Liquidation,
    ExitReason::MaxDrawdown,
    ExitReason::EndOfData,
    ExitReason::Open,
];

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
    /// By reason of the last exit, in the order of the kernel's list; reasons that never came up are absent.
    pub exits: Vec<ExitFigures>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExitFigures {
    pub reason: ExitReason,
    pub trades: usize,
    pub win_rate_pct: Option<f64>,
    pub net_profit: f64,
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
        let gross_profit = total(&wins);
        let gross_loss = total(&losses);
        let of = |figure: fn(&Trade) -> f64| mean(&trades.iter().map(figure).collect::<Vec<_>>());
        // Missing where the run did not measure them.
        let excursion = |figure| of(figure).filter(|mean| mean.is_finite());
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
            mae_pct_average: excursion(|t: &Trade| t.mae_pct),
            mfe_pct_average: excursion(|t: &Trade| t.mfe_pct),
            fees: total(&trades.iter().map(|t| t.fees).collect::<Vec<_>>()),
            funding: total(&trades.iter().map(|t| t.funding).collect::<Vec<_>>()),
            net_profit: total(&net),
            long: side(trades, Side::Long),
            short: side(trades, Side::Short),
            exits: exits(trades),
        }
    }
}

fn side(trades: &[Trade], side: Side) -> SideFigures {
    let net: Vec<f64> = trades.iter().filter(|t| t.side == side).map(|t| t.net_pnl).collect();
    let wins = net.iter().filter(|n| **n > 0.0).count();
    SideFigures { trades: net.len(), win_rate_pct: share_pct(wins, net.len()), net_profit: total(&net) }
}

fn exits(trades: &[Trade]) -> Vec<ExitFigures> {
    let one = |reason: ExitReason| {
        let net: Vec<f64> = trades.iter().filter(|t| t.exit_reason == reason).map(|t| t.net_pnl).collect();
        let wins = net.iter().filter(|n| **n > 0.0).count();
        let win_rate_pct = share_pct(wins, net.len());
        (!net.is_empty()).then(|| ExitFigures {
            reason,
            trades: net.len(),
            win_rate_pct,
            net_profit: total(&net),
        })
    };
    REASONS.into_iter().filter_map(one).collect()
}

/// Of nothing it is 0: a sum of no numbers is -0, which nobody wants to read.
fn total(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() + 0.0
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn share_pct(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 * 100.0 / whole as f64)
}

fn largest(values: &[f64]) -> Option<f64> {
    values.iter().copied().max_by(f64::total_cmp)
}

/// The longest run of values that satisfy.
fn longest(values: &[f64], satisfies: fn(f64) -> bool) -> usize {
    let runs = values.split(|v| !satisfies(*v));
    runs.map(<[f64]>::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{REASONS, TradeFigures};
    use backtest::Trade;
    use kernel::{ExitReason, Fired, Side};

    fn trade(side: Side, net_pnl: f64, exit_reason: ExitReason, bars_held: u32) -> Trade {
        Trade {
            id: 1,
            side,
            entry_signal_time: 0,
            entry_time: 0,
            entry_price: 100.0,
            qty: 1.0,
            exit_time: 1,
            exit_price: 100.0,
            exit_reason,
            gross_pnl: net_pnl + 0.75,
            fees: 0.5,
            funding: -0.25,
            net_pnl,
            bars_held,
            mae_pct: 1.0,
            mfe_pct: 3.0,
            stop: f64::NAN,
            stop_final: f64::NAN,
            target: f64::NAN,
            leverage: 1.0,
            margin: 100.0,
            liquidation_price: f64::NAN,
            signal: Fired { block: 0, case: 0 },
            first_fill: 0,
            fills: 2,
        }
    }

    /// Net: 10, 6, -4, 0, -8, -2, 20. Wins 36 of three, losses 14 of three, the zero breaks both rows.
    #[test]
    fn exact_sums_by_hand() {
        let net = [10.0, 6.0, -4.0, 0.0, -8.0, -2.0, 20.0];
        let side = |i: usize| if i < 3 { Side::Long } else { Side::Short };
        let reason = |i: usize| if i == 6 { ExitReason::TakeProfit } else { ExitReason::Signal };
        let trades: Vec<Trade> =
            net.iter().enumerate().map(|(i, &n)| trade(side(i), n, reason(i), i as u32)).collect();
        let f = TradeFigures::of(&trades);
        assert_eq!((f.trades, f.wins, f.losses), (7, 3, 3));
        assert_eq!((f.gross_profit, f.gross_loss, f.net_profit), (36.0, 14.0, 22.0));
        assert_eq!((f.win_rate_pct, f.profit_factor), (Some(300.0 / 7.0), Some(36.0 / 14.0)));
        assert_eq!((f.average_win, f.average_loss), (Some(12.0), Some(14.0 / 3.0)));
        assert_eq!(f.payoff_ratio, Some(12.0 / (14.0 / 3.0)));
        assert_eq!(f.expectancy, Some(22.0 / 7.0));
        assert_eq!((f.largest_win, f.largest_loss), (Some(20.0), Some(8.0)));
        assert_eq!((f.consecutive_wins_max, f.consecutive_losses_max), (2, 2));
        assert_eq!(
            (f.bars_held_average, f.mae_pct_average, f.mfe_pct_average),
            (Some(3.0), Some(1.0), Some(3.0))
        );
        assert_eq!((f.fees, f.funding), (3.5, -1.75));
        assert_eq!((f.long.trades, f.long.net_profit, f.long.win_rate_pct), (3, 12.0, Some(200.0 / 3.0)));
        assert_eq!((f.short.trades, f.short.net_profit, f.short.win_rate_pct), (4, 10.0, Some(25.0)));
        let exits: Vec<_> = f.exits.iter().map(|e| (e.reason, e.trades, e.net_profit)).collect();
        assert_eq!(exits, [(ExitReason::TakeProfit, 1, 20.0), (ExitReason::Signal, 6, 2.0)]);
    }

    #[test]
    fn without_trades_and_without_losses() {
        let none = TradeFigures::of(&[]);
        assert_eq!(none, TradeFigures::default());
        assert_eq!(
            (none.win_rate_pct, none.profit_factor, none.expectancy, none.largest_win),
            (None, None, None, None)
        );
        let won = TradeFigures::of(&[trade(Side::Long, 5.0, ExitReason::Open, 1)]);
        assert_eq!(
            (won.profit_factor, won.payoff_ratio, won.average_loss, won.largest_loss),
            (None, None, None, None)
        );
    }

    #[test]
    fn every_reason_is_in_the_list_once() {
        for (place, reason) in REASONS.iter().enumerate() {
            assert_eq!(*reason as usize, place);
        }
        assert_eq!(ExitReason::Open as usize + 1, REASONS.len());
    }
}
