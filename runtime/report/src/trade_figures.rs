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
    /// In one pass: a sweep asks for the figures of many long lists. Each sum is taken in the order of the trades.
    #[must_use]
    pub fn of(trades: &[Trade]) -> TradeFigures {
        let mut all = Tally::default();
        let (mut wins, mut losses) = (Run::default(), Run::default());
        let (mut fees, mut funding, mut held, mut mae, mut mfe) =
            (NOTHING, NOTHING, NOTHING, NOTHING, NOTHING);
        let mut sides = [Tally::default(); 2];
        let mut exits = [Tally::default(); REASONS.len()];
        for trade in trades {
            let net = trade.net_pnl;
            all.add(net);
            wins.add(net);
            losses.add(-net);
            sides[usize::from(trade.side == Side::Short)].add(net);
            exits[trade.exit_reason as usize].add(net);
            fees += trade.fees;
            funding += trade.funding;
            held += f64::from(trade.bars_held);
            mae += trade.mae_pct;
            mfe += trade.mfe_pct;
        }
        let mean = |sum: f64| mean(sum, trades.len());
        let (average_win, average_loss) = (wins.mean(), losses.mean());
        let (gross_profit, gross_loss) = (total(wins.sum), total(losses.sum));
        let [long, short] = sides.map(Tally::figures);
        let exits = REASONS.into_iter().zip(exits).filter(|(_, exits)| exits.trades > 0);
        TradeFigures {
            trades: trades.len(),
            wins: wins.count,
            losses: losses.count,
            win_rate_pct: share_pct(wins.count, trades.len()),
            gross_profit,
            gross_loss,
            profit_factor: (gross_loss > 0.0).then(|| gross_profit / gross_loss),
            average_win,
            average_loss,
            payoff_ratio: average_win.zip(average_loss).map(|(win, loss)| win / loss),
            expectancy: mean(all.net),
            largest_win: wins.largest(),
            largest_loss: losses.largest(),
            consecutive_wins_max: wins.longest,
            consecutive_losses_max: losses.longest,
            bars_held_average: mean(held),
            // Missing where the run did not measure them.
            mae_pct_average: mean(mae).filter(|mean| mean.is_finite()),
            mfe_pct_average: mean(mfe).filter(|mean| mean.is_finite()),
            fees: total(fees),
            funding: total(funding),
            net_profit: total(all.net),
            long,
            short,
            exits: exits.map(|(reason, exits)| exits.of_exit(reason)).collect(),
        }
    }
}

/// What a sum begins with: unlike 0 it leaves a sum of -0 as it is.
const NOTHING: f64 = -0.0;

/// Some of the trades.
#[derive(Clone, Copy, Debug)]
struct Tally {
    trades: usize,
    wins: usize,
    net: f64,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally { trades: 0, wins: 0, net: NOTHING }
    }
}

impl Tally {
    fn add(&mut self, net: f64) {
        self.trades += 1;
        self.wins += usize::from(net > 0.0);
        self.net += net;
    }

    fn figures(self) -> SideFigures {
        let Tally { trades, wins, net } = self;
        SideFigures { trades, win_rate_pct: share_pct(wins, trades), net_profit: total(net) }
    }

    fn of_exit(self, reason: ExitReason) -> ExitFigures {
        let SideFigures { trades, win_rate_pct, net_profit } = self.figures();
        ExitFigures { reason, trades, win_rate_pct, net_profit }
    }
}

/// The wins, or the losses as positive numbers.
#[derive(Clone, Copy, Debug)]
struct Run {
    count: usize,
    sum: f64,
    largest: f64,
    /// In a row: up to now, and at the most.
    row: usize,
    longest: usize,
}

impl Default for Run {
    fn default() -> Run {
        Run { count: 0, sum: NOTHING, largest: 0.0, row: 0, longest: 0 }
    }
}

impl Run {
    /// Without a branch on the value: which trades win cannot be guessed.
    fn add(&mut self, value: f64) {
        let counts = value > 0.0;
        self.count += usize::from(counts);
        self.sum += if counts { value } else { NOTHING };
        self.largest = if value > self.largest { value } else { self.largest };
        self.row = if counts { self.row + 1 } else { 0 };
        self.longest = self.longest.max(self.row);
    }

    fn mean(&self) -> Option<f64> {
        mean(self.sum, self.count)
    }

    fn largest(&self) -> Option<f64> {
        (self.count > 0).then_some(self.largest)
    }
}

/// Of nothing it is 0: a sum of no numbers is -0, which nobody wants to read.
fn total(sum: f64) -> f64 {
    sum + 0.0
}

fn mean(sum: f64, count: usize) -> Option<f64> {
    (count > 0).then(|| sum / count as f64)
}

fn share_pct(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 * 100.0 / whole as f64)
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
