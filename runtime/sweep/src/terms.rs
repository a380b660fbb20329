//! What all trades of a variant have in common, found once: prices of the run, rules, and which tests cannot fail.
//!
//! The kernel asks of every entry whether it is too small and where it would be liquidated. Over known prices both are
//! answered for every equity from some level on; below it each entry is asked again.

use bars::Bars;
use bytecode::SizingModel;
use kernel::{Rules, Side};

/// The prices that a run meets.
#[derive(Clone, Copy, Debug)]
pub struct Market<'a> {
    pub open: &'a [f64],
    pub close: &'a [f64],
    lowest: f64,
    highest: f64,
    /// The closes alone, which stand for the mark price.
    lowest_close: f64,
    highest_close: f64,
    /// All are positive numbers.
    is_sound: bool,
}

impl<'a> Market<'a> {
    #[must_use]
    pub fn new(bars: &'a Bars) -> Market<'a> {
        let (open, close) = (&bars.open[..], &bars.close[..]);
        let lowest_close = backtest::search::lowest(close, f64::INFINITY);
        let highest_close = backtest::search::highest(close, f64::NEG_INFINITY);
        let (lowest, highest) =
            (backtest::search::lowest(open, lowest_close), backtest::search::highest(open, highest_close));
        // NaN is neither lowest nor highest, but it is not equal to itself
        let has_nan = |prices: &[f64]| prices.iter().fold(false, |any, price| any | price.is_nan());
        let is_sound = lowest > 0.0 && highest.is_finite() && !has_nan(open) && !has_nan(close);
        Market { open, close, lowest, highest, lowest_close, highest_close, is_sound }
    }

    /// Whether the mark price ever gets there; NaN is nowhere.
    fn reaches(&self, side: Side, liquidation: f64) -> bool {
        match side {
            Side::Long => self.lowest_close <= liquidation,
            Side::Short => self.highest_close >= liquidation,
        }
    }
}

/// The rules of a variant over a market.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    pub rules: Rules,
    pub market: Market<'a>,
    long: Option<Proven>,
    short: Option<Proven>,
}

/// How large an entry is where nothing refuses or liquidates it: a share of the equity.
#[derive(Clone, Copy, Debug)]
pub struct Proven {
    percent: f64,
    leverage: f64,
    with_fee: f64,
    /// Below this equity an entry might be refused.
    least_equity: f64,
    /// Above this equity a position might be liquidated: of large ones more margin is kept.
    most_equity: f64,
}

/// More than rounding can do in the few operations that are compared.
const ROUNDING: f64 = 1e-9;

impl<'a> Terms<'a> {
    #[must_use]
    pub fn new(rules: Rules, market: Market<'a>) -> Terms<'a> {
        let of = |side| Proven::of(&rules, &market, side);
        let (long, short) = (of(Side::Long), of(Side::Short));
        Terms { rules, market, long, short }
    }

    /// What is known of all entries on one side.
    #[must_use]
    pub fn proven(&self, side: Side) -> Option<Proven> {
        match side {
            Side::Long => self.long,
            Side::Short => self.short,
        }
    }

    /// Whether a position might be liquidated at some time of the run.
    #[must_use]
    pub fn might_liquidate(&self, side: Side, qty: f64, entry_price: f64) -> bool {
        self.market.reaches(side, self.rules.liquidation_price(side, qty, entry_price))
    }
}

impl Proven {
    fn of(rules: &Rules, market: &Market<'_>, side: Side) -> Option<Proven> {
        let sizing = &rules.policy.sizing;
        let SizingModel::PercentEquity(percent) = sizing.model else { return None };
        let with_fee = if sizing.include_fees { 1.0 + rules.taker } else { 1.0 };
        let share = percent / 100.0 * rules.leverage / with_fee;
        // The largest position that sizing and margin allow is never less than what is wanted: the first because all
        // of its operations rise with the percentage, the second by more than rounding.
        let affordable = 1.0 / (1.0 / rules.leverage + rules.taker);
        let is_wanted = percent <= sizing.max_position_pct && share * (1.0 + ROUNDING) <= affordable;
        let is_sound = market.is_sound && share > 0.0 && share.is_finite() && rules.taker >= 0.0;
        if !is_wanted || !is_sound || !(0.0..1.0).contains(&rules.slippage) {
            return None;
        }
        let instrument = &rules.instrument;
        let (step, highest) = (instrument.qty_step.size(), market.highest * (1.0 + rules.slippage));
        let least_value = (instrument.min_qty.max(0.0) + 2.0 * step) * highest + instrument.min_notional_usdt;
        let least_equity = (least_value / share * (1.0 + ROUNDING)).max(f64::MIN_POSITIVE / ROUNDING);
        let most_equity = safe_value(rules, market, side)? / share * (1.0 - ROUNDING);
        let leverage = rules.leverage;
        (least_equity < most_equity).then_some(Proven {
            percent,
            leverage,
            with_fee,
            least_equity,
            most_equity,
        })
    }

    /// Whether an entry at this equity is made and never liquidated.
    #[inline(always)]
    #[must_use]
    pub fn holds(&self, equity: f64) -> bool {
        // NaN proves nothing
        (equity >= self.least_equity) & (equity <= self.most_equity)
    }

    /// [`Rules::quantity`] times the price, before it is put on the grid of quantities: the same operations.
    #[inline(always)]
    #[must_use]
    pub fn notional(&self, equity: f64) -> f64 {
        equity * self.percent / 100.0 * self.leverage / self.with_fee
    }
}

/// The largest value at which a position, entered at any price of the market, is not liquidated at any other.
fn safe_value(rules: &Rules, market: &Market<'_>, side: Side) -> Option<f64> {
    let (mut kept, mut safe) = (0.0_f64, None);
    for tier in &rules.instrument.tiers {
        if !(tier.deduction_usdt >= 0.0 && tier.rate >= 0.0) {
            break;
        }
        kept = kept.max(tier.rate);
        // The share of the entry price that the price may go against the position.
        let cushion = 1.0 / rules.leverage - kept - ROUNDING;
        let nearest = match side {
            Side::Long => market.highest * (1.0 + rules.slippage) * (1.0 - cushion),
            Side::Short => market.lowest * (1.0 - rules.slippage) * (1.0 + cushion),
        };
        if market.reaches(side, nearest) {
            break;
        }
        safe = Some(tier.limit_usdt);
    }
    safe
}
