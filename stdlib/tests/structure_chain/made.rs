//! Bars and swings made by hand.
#![allow(dead_code, reason = "each test that includes it uses its part")]

use super::{Chain, Columns, Instance};

/// Bars of open, high, low, close.
pub fn candles(bars: &[[f64; 4]]) -> Columns {
    let names = ["open", "high", "low", "close"];
    names.iter().enumerate().map(|(k, n)| ((*n).to_string(), bars.iter().map(|b| b[k]).collect())).collect()
}

/// Bars of one price each.
pub fn prices(path: &[f64]) -> Columns {
    candles(&path.iter().map(|&p| [p; 4]).collect::<Vec<_>>())
}

/// The same bars with a column beside them.
pub fn with(mut bars: Columns, name: &str, column: &[f64]) -> Columns {
    bars.insert(name.into(), column.to_vec());
    bars
}

/// A chain that already holds a structure with these columns, under its type as key.
pub fn chain_with(parts: Vec<(&str, Columns)>) -> Chain {
    let mut chain = Chain::default();
    for (ty, columns) in parts {
        chain.done.insert(ty.into(), (Instance::new(ty, ty, &[], &[]), columns));
    }
    chain
}

pub struct Pivot {
    pub known: usize,
    pub high: bool,
    pub level: f64,
    pub bar: usize,
}

pub fn high(known: usize, level: f64, bar: usize) -> Pivot {
    Pivot { known, high: true, level, bar }
}

pub fn low(known: usize, level: f64, bar: usize) -> Pivot {
    Pivot { known, high: false, level, bar }
}

/// The columns of a swing with these pivots; every pivot that follows the other side completes a pair.
pub fn swing(bars: usize, pivots: &[Pivot]) -> Columns {
    let mut columns = Columns::new();
    let mut push = |name: &str, value: f64| columns.entry(name.to_string()).or_default().push(value);
    for t in 0..bars {
        let so_far: Vec<&Pivot> = pivots.iter().filter(|p| p.known <= t).collect();
        for (side, is_high) in [("high", true), ("low", false)] {
            let mine: Vec<_> = so_far.iter().filter(|p| p.high == is_high).collect();
            push(&format!("{side}_version"), mine.len() as f64);
            push(&format!("{side}_level"), mine.last().map_or(f64::NAN, |p| p.level));
            push(&format!("{side}_idx"), mine.last().map_or(f64::NAN, |p| p.bar as f64));
        }
        push("version", so_far.len() as f64);
        let pairs: Vec<_> = so_far.windows(2).filter(|w| w[0].high != w[1].high).collect();
        let pair = pairs
            .last()
            .map(|w| if w[1].high { (w[1].level, w[0].level, 0.0) } else { (w[0].level, w[1].level, 1.0) });
        push("pair_version", pairs.len() as f64);
        push("pair_high_level", pair.map_or(f64::NAN, |p| p.0));
        push("pair_low_level", pair.map_or(f64::NAN, |p| p.1));
        push("pair_direction", pair.map_or(f64::NAN, |p| p.2));
        push("pair_anchor_hash", pairs.len() as f64);
    }
    columns
}

/// Adds one structure, with its own type as key, to a chain; its outputs are then read by [`Chain::column`].
pub fn add(chain: &mut Chain, ty: &str, uses: &[&str], params: &[(&str, &str)], bars: &Columns) {
    chain.add(&Instance::new(ty, ty, uses, params), bars);
}

/// Bars on which a flag is on.
pub fn on(column: &[f64]) -> Vec<usize> {
    (0..column.len()).filter(|&t| column[t] == 1.0).collect()
}

pub fn last(column: &[f64]) -> f64 {
    column[column.len() - 1]
}
