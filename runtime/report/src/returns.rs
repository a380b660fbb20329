//! Return-based metrics of an equity curve: daily (UTC) returns, 365 periods a year.
//!
//! Formulas are those of the public `quantstats` and `empyrical` packages, with which a test compares them. Where both
//! have a figure they agree, but for value at risk and expected shortfall: there we take empyrical's, which are read
//! off the returns as they were, while quantstats fits a normal distribution to them.
//! Whatever is undefined (too few days, no losing day, a total loss) is `None`, never a pretty number; so are skewness
//! and kurtosis of returns that are all the same, which pandas calls 0. UTC days without a bar are no days here.

use serde::Serialize;

const PERIODS_PER_YEAR: f64 = 365.0;
const DAY_MS: i64 = 86_400_000;
/// From fewer days, figures scaled to a year are mostly luck.
const DAYS_FEW: usize = 60;

/// Figures of the daily returns. Percentages are hundredths, ratios are annualised.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Returns {
    /// UTC days with an equity point.
    pub days: usize,
    /// Compound annual growth: `(end / start) ^ (365 / days) - 1`.
    pub cagr_pct: Option<f64>,
    /// Standard deviation of daily returns (n - 1), times sqrt(365).
    pub volatility_pct: Option<f64>,
    /// Mean over standard deviation (n - 1), times sqrt(365); no risk-free rate.
    pub sharpe: Option<f64>,
    /// Mean over downside deviation (all n days in the mean square), times sqrt(365).
    pub sortino: Option<f64>,
    /// CAGR over the largest daily drawdown.
    pub calmar: Option<f64>,
    /// Sum of gains over sum of losses.
    pub omega: Option<f64>,
    /// Bias-corrected, as pandas.
    pub skewness: Option<f64>,
    /// Excess, bias-corrected, as pandas.
    pub kurtosis: Option<f64>,
    /// The 5th percentile of daily returns (linear interpolation); negative is a loss.
    pub var_95_pct: Option<f64>,
    /// Mean of the daily returns at or below the 5 % cut-off, as empyrical.
    pub cvar_95_pct: Option<f64>,
    /// `sqrt(sum(drawdown^2) / (n - 1))` of daily drawdowns, as quantstats; a fraction.
    pub ulcer_index: Option<f64>,
    /// Largest drawdown of the daily curve.
    pub max_daily_drawdown_pct: Option<f64>,
    pub best_day_pct: Option<f64>,
    pub worst_day_pct: Option<f64>,
}

/// The last equity of each UTC day: (day's start in ms, equity).
#[must_use]
pub fn daily_equity(time_ms: &[i64], equity: &[f64]) -> Vec<(i64, f64)> {
    let mut days: Vec<(i64, f64)> = Vec::new();
    for (&time, &value) in time_ms.iter().zip(equity) {
        // a point at midnight is the close of the day before
        let day = (time - 1).div_euclid(DAY_MS) * DAY_MS;
        match days.last_mut() {
            Some(last) if last.0 == day => last.1 = value,
            _ => days.push((day, value)),
        }
    }
    days
}

/// The change of each day, the first one from the starting equity.
#[must_use]
pub fn daily_returns(start_equity: f64, days: &[(i64, f64)]) -> Vec<f64> {
    let before = std::iter::once(start_equity).chain(days.iter().map(|d| d.1));
    before.zip(days).filter(|(before, _)| *before > 0.0).map(|(before, day)| day.1 / before - 1.0).collect()
}

impl Returns {
    /// Whether so few days were scaled to a year that the reader should be told.
    #[must_use]
    pub fn annualised_says_little(&self) -> bool {
        (1..DAYS_FEW).contains(&self.days)
    }

    #[must_use]
    pub fn of(start_equity: f64, days: &[(i64, f64)]) -> Returns {
        let r = daily_returns(start_equity, days);
        let n = r.len() as f64;
        let mut out = Returns { days: days.len(), ..Returns::default() };
        if r.len() < 2 {
            return out;
        }
        let mean = r.iter().sum::<f64>() / n;
        let deviation = central(&r, mean, 2).map(|sum| (sum / (n - 1.0)).sqrt());
        let spread = deviation.filter(|d| *d > 0.0);
        let year = PERIODS_PER_YEAR.sqrt();
        let downside = (r.iter().filter(|x| **x < 0.0).map(|x| x * x).sum::<f64>() / n).sqrt();
        let end = days.last().map_or(start_equity, |d| d.1);
        let drawdowns = drawdowns(start_equity, days);
        let deepest = drawdowns.iter().copied().fold(0.0, f64::min);
        let cagr = (end > 0.0).then(|| libm::pow(end / start_equity, PERIODS_PER_YEAR / n) - 1.0);

        out.cagr_pct = percent(cagr);
        out.volatility_pct = percent(deviation.map(|d| d * year));
        out.sharpe = finite(spread.map(|d| mean / d * year));
        out.sortino = finite((downside > 0.0).then(|| mean / downside * year));
        out.calmar = finite(cagr.filter(|_| deepest < 0.0).map(|c| c / -deepest));
        out.omega = omega(&r);
        out.skewness = skewness(&r, mean);
        out.kurtosis = kurtosis(&r, mean);
        let sorted = sorted(&r);
        out.var_95_pct = percent(Some(percentile(&sorted, 0.05)));
        out.cvar_95_pct = percent(Some(tail_mean(&sorted, 0.05)));
        out.ulcer_index = finite(Some((drawdowns.iter().map(|d| d * d).sum::<f64>() / (n - 1.0)).sqrt()));
        out.max_daily_drawdown_pct = percent(Some(0.0 - deepest));
        out.best_day_pct = percent(sorted.last().copied());
        out.worst_day_pct = percent(sorted.first().copied());
        out
    }
}

fn finite(x: Option<f64>) -> Option<f64> {
    x.filter(|x| x.is_finite())
}

fn percent(fraction: Option<f64>) -> Option<f64> {
    finite(fraction.map(|f| f * 100.0))
}

fn sorted(r: &[f64]) -> Vec<f64> {
    let mut sorted = r.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// Sum of the deviations' powers.
fn central(r: &[f64], mean: f64, power: u32) -> Option<f64> {
    let raised = |x: f64| (0..power).fold(1.0, |product, _| product * (x - mean));
    finite(Some(r.iter().map(|&x| raised(x)).sum()))
}

/// Each day's distance from the highest equity so far, as a negative fraction; the start counts as a high.
fn drawdowns(start_equity: f64, days: &[(i64, f64)]) -> Vec<f64> {
    let mut peak = start_equity;
    let mut one = |equity: f64| {
        peak = peak.max(equity);
        equity / peak - 1.0
    };
    days.iter().map(|d| one(d.1)).collect()
}

fn omega(r: &[f64]) -> Option<f64> {
    let gains: f64 = r.iter().filter(|x| **x > 0.0).sum();
    let losses: f64 = -r.iter().filter(|x| **x < 0.0).sum::<f64>();
    (losses > 0.0).then(|| gains / losses)
}

/// Adjusted Fisher-Pearson coefficient.
fn skewness(r: &[f64], mean: f64) -> Option<f64> {
    let n = r.len() as f64;
    if n < 3.0 {
        return None;
    }
    let (m2, m3) = (central(r, mean, 2)? / n, central(r, mean, 3)? / n);
    finite((m2 > 0.0).then(|| (n * (n - 1.0)).sqrt() / (n - 2.0) * m3 / (m2 * m2.sqrt())))
}

/// Excess kurtosis, bias-corrected (G2).
fn kurtosis(r: &[f64], mean: f64) -> Option<f64> {
    let n = r.len() as f64;
    if n < 4.0 {
        return None;
    }
    let (m2, m4) = (central(r, mean, 2)?, central(r, mean, 4)?);
    let spread = n * (n + 1.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0));
    let centre = 3.0 * (n - 1.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0));
    finite((m2 > 0.0).then(|| spread * m4 / (m2 * m2) - centre))
}

/// Linear interpolation between the neighbours, as numpy.
fn percentile(sorted: &[f64], at: f64) -> f64 {
    let place = at * (sorted.len() - 1) as f64;
    let (low, share) = (place.floor() as usize, place.fract());
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + (sorted[high] - sorted[low]) * share
}

fn tail_mean(sorted: &[f64], at: f64) -> f64 {
    let last = ((sorted.len() - 1) as f64 * at) as usize;
    sorted[..=last].iter().sum::<f64>() / (last + 1) as f64
}

#[cfg(test)]
mod tests {
    use super::{Returns, daily_equity, daily_returns};

    const DAY: i64 = 86_400_000;

    #[test]
    fn a_day_ends_at_the_midnight_after_it() {
        let days = daily_equity(&[1, DAY / 2, DAY, DAY + 1], &[100.0, 101.0, 102.0, 103.0]);
        assert_eq!(days, vec![(0, 102.0), (DAY, 103.0)]);
        let returns = daily_returns(100.0, &days);
        assert!((returns[0] - 0.02).abs() < 1e-15 && (returns[1] - 1.0 / 102.0).abs() < 1e-15);
    }

    #[test]
    fn what_is_undefined_is_absent() {
        assert_eq!(Returns::of(100.0, &[]), Returns::default());
        let flat = Returns::of(100.0, &[(0, 100.0), (DAY, 100.0), (2 * DAY, 100.0)]);
        assert_eq!((flat.sharpe, flat.sortino, flat.calmar, flat.omega), (None, None, None, None));
        assert_eq!(flat.max_daily_drawdown_pct, Some(0.0));
        let ruined = Returns::of(100.0, &[(0, 50.0), (DAY, 0.0), (2 * DAY, 0.0)]);
        assert_eq!(ruined.cagr_pct, None);
    }

    /// By hand: returns +10 %, -10 %, +10 %; mean 1/30, deviation sqrt((2*(1/15)^2 + (2/15)^2) / 2) = 0.11547.
    #[test]
    fn sharpe_by_hand() {
        let of = Returns::of(100.0, &[(0, 110.0), (DAY, 99.0), (2 * DAY, 108.9)]);
        let expected = (1.0 / 30.0) / (0.04_f64 / 3.0).sqrt() * 365.0_f64.sqrt();
        assert!((of.sharpe.unwrap() - expected).abs() < 1e-9);
        assert!((of.omega.unwrap() - 2.0).abs() < 1e-9);
        assert!((of.max_daily_drawdown_pct.unwrap() - 10.0).abs() < 1e-9);
    }
}
