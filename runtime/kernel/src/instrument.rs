//! What a venue allows for one contract: steps of price and quantity, minima, margin tiers.

use bytecode::{Account, Instrument as Choice};
use serde::Serialize;

/// Linear USDT perpetuals of Bybit as listed in August 2026.
const INSTRUMENTS: &str = include_str!("../data/instruments.csv");
/// Maintenance margin tiers, as far as they are shipped.
const TIERS: &str = include_str!("../data/tiers.csv");
/// Tier 1 of a contract that is not in the table: that of 100x contracts.
const DEFAULT_RATE: f64 = 0.005;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Instrument {
    pub symbol: String,
    pub tick: Step,
    pub qty_step: Step,
    pub min_qty: f64,
    pub min_notional_usdt: f64,
    /// Infinite where unknown.
    pub max_leverage: f64,
    /// By rising limit; the last one has no end.
    pub tiers: Vec<Tier>,
    pub steps_from: StepsFrom,
    pub tiers_from: TiersFrom,
}

/// Where the steps come from, for the fidelity sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum StepsFrom {
    Table,
    Play,
    /// No rounding was asked for.
    Nowhere,
    /// The table has no such symbol: no rounding.
    UnknownSymbol,
}

/// Where the maintenance margin comes from, for the fidelity sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TiersFrom {
    Table,
    Play,
    /// Half the initial margin at the contract's highest leverage, at any size.
    FirstTierOnly,
    /// 0.5 %.
    Default,
}

/// Maintenance margin of positions worth up to `limit_usdt`: value x rate - deduction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tier {
    pub limit_usdt: f64,
    pub rate: f64,
    pub deduction_usdt: f64,
}

impl Instrument {
    /// The instrument of a Play: its choice of steps, its margin rate where it names one, else the shipped tables.
    #[must_use]
    pub fn resolve(symbol: &str, choice: &Choice, account: &Account) -> Instrument {
        let row = table_row(symbol);
        let (tick, qty_step, min_qty, min_notional_usdt, steps_from) = match (*choice, &row) {
            (Choice::Table, Some(r)) => (r[0], r[1], r[2], r[3], StepsFrom::Table),
            (Choice::Table, None) => (0.0, 0.0, 0.0, 0.0, StepsFrom::UnknownSymbol),
            (Choice::NoSteps, _) => (0.0, 0.0, 0.0, 0.0, StepsFrom::Nowhere),
            (Choice::Custom { tick_size, qty_step, min_qty, min_notional_usdt }, _) => {
                (tick_size, qty_step, min_qty, min_notional_usdt, StepsFrom::Play)
            }
        };
        let max_leverage = row.as_ref().map_or(f64::INFINITY, |r| r[4]);
        let (tiers, tiers_from) = tiers(symbol, account, max_leverage);
        Instrument {
            symbol: symbol.to_owned(),
            tick: Step::new(tick),
            qty_step: Step::new(qty_step),
            min_qty,
            min_notional_usdt: min_notional_usdt.max(account.min_notional_usdt),
            max_leverage,
            tiers,
            steps_from,
            tiers_from,
        }
    }

    /// What a position of this value must keep as margin.
    #[must_use]
    #[inline]
    pub fn maintenance_margin(&self, value_usdt: f64) -> f64 {
        let tier = self.tiers.iter().find(|t| value_usdt <= t.limit_usdt).or(self.tiers.last());
        tier.map_or(0.0, |t| (value_usdt * t.rate - t.deduction_usdt).max(0.0))
    }
}

fn table_row(symbol: &str) -> Option<Vec<f64>> {
    INSTRUMENTS.lines().skip(1).find_map(|line| {
        let (name, rest) = line.split_once(',')?;
        (name == symbol).then(|| rest.split(',').filter_map(|n| n.parse().ok()).collect())
    })
}

fn tiers(symbol: &str, account: &Account, max_leverage: f64) -> (Vec<Tier>, TiersFrom) {
    let flat = |rate, deduction_usdt| vec![Tier { limit_usdt: f64::INFINITY, rate, deduction_usdt }];
    if let Some(rate) = account.maintenance_margin_rate {
        return (flat(rate, account.maintenance_deduction_usdt), TiersFrom::Play);
    }
    let mut listed: Vec<Tier> = TIERS
        .lines()
        .skip(1)
        .filter(|line| line.split(',').next() == Some(symbol))
        .filter_map(|line| {
            let mut numbers = line.split(',').skip(1).filter_map(|n| n.parse::<f64>().ok());
            Some(Tier {
                limit_usdt: numbers.next()?,
                rate: numbers.next()? / 100.0,
                deduction_usdt: numbers.next()?,
            })
        })
        .collect();
    if let Some(last) = listed.last_mut() {
        last.limit_usdt = f64::INFINITY;
        return (listed, TiersFrom::Table);
    }
    if max_leverage.is_finite() {
        return (flat(0.5 / max_leverage, 0.0), TiersFrom::FirstTierOnly);
    }
    (flat(DEFAULT_RATE, 0.0), TiersFrom::Default)
}

/// A grid of allowed values; 0 allows every value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    size: f64,
    /// 1 / size where that is whole: dividing by it gives the decimal nearest to the grid point, multiplying does not.
    per_unit: f64,
}

impl Step {
    /// So that 0.3 / 0.1 = 2.9999999999999996 counts as 3.
    const SLACK: f64 = 1e-9;

    #[must_use]
    pub fn new(size: f64) -> Step {
        let inverse = 1.0 / size;
        let whole = size > 0.0 && (inverse - inverse.round()).abs() < 1e-6 && inverse >= 1.0;
        Step { size: size.max(0.0), per_unit: if whole { inverse.round() } else { 0.0 } }
    }

    #[must_use]
    pub fn size(self) -> f64 {
        self.size
    }

    /// The grid point at or below.
    #[must_use]
    #[inline]
    pub fn down(self, value: f64) -> f64 {
        if self.size == 0.0 { value } else { self.point((self.count(value) + Self::SLACK).floor()) }
    }

    /// The grid point at or above.
    #[must_use]
    #[inline]
    pub fn up(self, value: f64) -> f64 {
        if self.size == 0.0 { value } else { self.point((self.count(value) - Self::SLACK).ceil()) }
    }

    #[inline]
    fn count(self, value: f64) -> f64 {
        if self.per_unit > 0.0 { value * self.per_unit } else { value / self.size }
    }

    #[inline]
    fn point(self, count: f64) -> f64 {
        if self.per_unit > 0.0 { count / self.per_unit } else { count * self.size }
    }
}

#[cfg(test)]
mod tests {
    use super::{Instrument, Step, StepsFrom, TiersFrom};
    use crate::testing;
    use bytecode::Instrument as Choice;

    #[test]
    fn steps_land_on_decimals() {
        let tick = Step::new(0.1);
        assert_eq!((tick.down(0.3), tick.up(0.3)), (0.3, 0.3));
        assert_eq!((tick.down(61_234.56), tick.up(61_234.56)), (61_234.5, 61_234.6));
        let quarter = Step::new(2.5);
        assert_eq!((quarter.down(9.9), quarter.up(9.9)), (7.5, 10.0));
        assert_eq!(Step::new(0.0).down(1.234), 1.234);
    }

    #[test]
    fn tables_give_steps_and_tiers() {
        let account = testing::account();
        let btc = Instrument::resolve("BTCUSDT", &Choice::Table, &account);
        assert_eq!((btc.tick.size(), btc.qty_step.size(), btc.min_qty), (0.1, 0.001, 0.001));
        assert_eq!((btc.steps_from, btc.tiers_from), (StepsFrom::Table, TiersFrom::Table));
        // 1,000,000 x 0.5 %; 2,500,000 x 0.56 % - 1,200
        assert_eq!(btc.maintenance_margin(1_000_000.0), 5_000.0);
        assert!((btc.maintenance_margin(2_500_000.0) - 12_800.0).abs() < 1e-6);
        // Margin never jumps where a tier ends: that is what the deductions are for.
        for pair in btc.tiers.windows(2) {
            let at = pair[0].limit_usdt;
            let below = at * pair[0].rate - pair[0].deduction_usdt;
            let above = at * pair[1].rate - pair[1].deduction_usdt;
            assert!((below - above).abs() < 1e-3, "tiers meet at {at}: {below} and {above}");
        }
        let doge = Instrument::resolve("DOGEUSDT", &Choice::Table, &account);
        // 75x: half of 1/75.
        assert!((doge.maintenance_margin(75_000.0) - 500.0).abs() < 1e-9);
        let unknown = Instrument::resolve("NOSUCHUSDT", &Choice::Table, &account);
        assert_eq!((unknown.steps_from, unknown.tiers_from), (StepsFrom::UnknownSymbol, TiersFrom::Default));
    }
}
