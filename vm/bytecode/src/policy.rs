//! Account, risk and orders of a Play, checked and with every default filled in. Rules X1 to X12.

use serde::{Deserialize, Serialize};

use crate::program::NumReg;

// `R` is what a rule reads: a register here, a value in the compiler's IR.

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy<R = NumReg> {
    pub account: Account,
    pub mode: Mode,
    pub exit_mode: ExitMode,
    pub allow_flip: bool,
    pub sizing: Sizing,
    pub stop: Option<StopRule<R>>,
    pub target: Option<TargetRule<R>>,
    pub trailing: Option<Trailing<R>>,
    pub break_even: Option<BreakEven>,
    pub entry: Entry,
    /// How the target is placed: `Limit` fills at its price with the maker fee and no slippage.
    pub target_order: OrderType,
    /// `Limit`: a stop-limit at the stop price; it fills only at that price or better.
    pub stop_order: OrderType,
    pub end_of_data: EndOfData,
    pub instrument: Instrument,
}

/// Rates are in basis points of the notional (1 bps = 0.01 %).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub equity_usdt: f64,
    /// A cap of the sizing's leverage, which is the one that counts for the ROI of stops and targets.
    pub max_leverage: f64,
    /// The run stops when the equity is this much below its peak; 100 never stops.
    pub max_drawdown_pct: f64,
    pub taker_bps: f64,
    pub maker_bps: f64,
    /// Against the trader, on market fills.
    pub slippage_bps: f64,
    pub min_notional_usdt: f64,
    /// First tier, as a fraction; `None` uses the instrument's tiers.
    pub maintenance_margin_rate: Option<f64>,
    pub maintenance_deduction_usdt: f64,
    pub stop_beyond_liquidation: StopBeyondLiquidation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StopBeyondLiquidation {
    /// The entry is refused and counted.
    Reject,
    /// The stop is moved just inside the liquidation price.
    Adjust,
    /// The entry is made and noted.
    Warn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    LongOnly,
    ShortOnly,
    LongShort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExitMode {
    /// Signal exits do nothing.
    StopTargetOnly,
    /// Signal exits; stops are emergency stops.
    Signal,
    FirstHit,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sizing {
    pub model: SizingModel,
    /// Position notional / margin of this Play's positions.
    pub leverage: f64,
    /// Cap of the margin in percent of equity (100 when the Play has none).
    pub max_position_pct: f64,
    /// The entry fee is part of the margin share: notional = margin * leverage / (1 + taker).
    pub include_fees: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum SizingModel {
    /// Margin = this percent of equity.
    PercentEquity(f64),
    /// Hitting the stop loses this percent of equity, fees included.
    RiskBased(f64),
    /// Margin = this many USDT.
    FixedUsdt(f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Basis {
    /// Percent of the margin: price distance = percent / leverage.
    Roi,
    /// Percent of the price.
    Price,
}

/// Registers are on the exec clock and are read at the signal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum StopRule<R = NumReg> {
    Percent {
        percent: f64,
        basis: Basis,
    },
    Atr {
        atr: R,
        multiple: f64,
        buffer_pct: f64,
    },
    /// In price units.
    Points {
        distance: f64,
        buffer_pct: f64,
    },
    /// At a level; `buffer_pct` of the price beyond it.
    Structure {
        long: R,
        short: R,
        buffer_pct: f64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum TargetRule<R = NumReg> {
    Percent {
        percent: f64,
        basis: Basis,
    },
    /// Multiple of the stop's distance.
    RiskReward {
        ratio: f64,
    },
    Atr {
        atr: R,
        multiple: f64,
    },
    Points {
        distance: f64,
    },
}

/// Follows the best close since entry; moves at exec closes, acts from the next minute on (X4).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trailing<R = NumReg> {
    pub distance: TrailDistance<R>,
    /// Price percent in favour before it begins.
    pub activation_pct: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum TrailDistance<R = NumReg> {
    /// Percent of the best close.
    Percent(f64),
    Atr {
        atr: R,
        multiple: f64,
    },
}

/// Once the close is `activation_pct` (price percent) in favour, the stop is at entry plus `offset_pct`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BreakEven {
    pub activation_pct: f64,
    pub offset_pct: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Entry {
    Market,
    Limit(LimitEntry),
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimitEntry {
    /// Percent of the signal bar's close, on the favourable side.
    pub offset_pct: f64,
    pub time_in_force: TimeInForce,
    /// Exec bars; 0 never expires.
    pub expire_after_bars: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeInForce {
    /// Good till cancelled.
    Gtc,
    /// Immediate or cancel.
    Ioc,
    /// Fill or kill.
    Fok,
    /// Cancelled when it would take.
    PostOnly,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderType {
    Market,
    Limit,
}

/// What happens to a position that is open after the last bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndOfData {
    /// Closed at the last close, with slippage and fee.
    Close,
    /// Stays open, marked at the last close; its trade is listed with reason `open`.
    Mark,
}

/// Steps of price and quantity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Instrument {
    /// The shipped table's row for the symbol; without one, no steps (and the fidelity sheet says so).
    Table,
    /// No rounding at all.
    NoSteps,
    /// 0 means no step.
    Custom { tick_size: f64, qty_step: f64, min_qty: f64, min_notional_usdt: f64 },
}

impl<R: Copy> Policy<R> {
    /// The same policy over other references.
    pub fn map<S>(&self, mut to: impl FnMut(R) -> S) -> Policy<S> {
        Policy {
            stop: self.stop.map(|s| s.map(&mut to)),
            target: self.target.map(|t| t.map(&mut to)),
            trailing: self.trailing.map(|t| Trailing {
                distance: match t.distance {
                    TrailDistance::Percent(p) => TrailDistance::Percent(p),
                    TrailDistance::Atr { atr, multiple } => TrailDistance::Atr { atr: to(atr), multiple },
                },
                activation_pct: t.activation_pct,
            }),
            account: self.account.clone(),
            mode: self.mode,
            exit_mode: self.exit_mode,
            allow_flip: self.allow_flip,
            sizing: self.sizing.clone(),
            break_even: self.break_even,
            entry: self.entry,
            target_order: self.target_order,
            stop_order: self.stop_order,
            end_of_data: self.end_of_data,
            instrument: self.instrument,
        }
    }
}

impl<R> StopRule<R> {
    fn map<S>(self, mut to: impl FnMut(R) -> S) -> StopRule<S> {
        match self {
            StopRule::Percent { percent, basis } => StopRule::Percent { percent, basis },
            StopRule::Atr { atr, multiple, buffer_pct } => {
                StopRule::Atr { atr: to(atr), multiple, buffer_pct }
            }
            StopRule::Points { distance, buffer_pct } => StopRule::Points { distance, buffer_pct },
            StopRule::Structure { long, short, buffer_pct } => {
                StopRule::Structure { long: to(long), short: to(short), buffer_pct }
            }
        }
    }
}

impl<R> TargetRule<R> {
    fn map<S>(self, mut to: impl FnMut(R) -> S) -> TargetRule<S> {
        match self {
            TargetRule::Percent { percent, basis } => TargetRule::Percent { percent, basis },
            TargetRule::RiskReward { ratio } => TargetRule::RiskReward { ratio },
            TargetRule::Atr { atr, multiple } => TargetRule::Atr { atr: to(atr), multiple },
            TargetRule::Points { distance } => TargetRule::Points { distance },
        }
    }
}
