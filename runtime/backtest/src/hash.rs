//! Hashes of what was decided and of what came of it: the last links of a run's chain.

use crate::record::{Decision, DecisionKind, FillRecord, Trade};
use crate::result::RunResult;

impl RunResult {
    /// BLAKE3 over the decisions, in order.
    #[must_use]
    pub fn decisions_hash(&self) -> [u8; 32] {
        hash(&self.decisions, 32, decision)
    }

    /// BLAKE3 over trades and fills, in order.
    #[must_use]
    pub fn trades_hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&hash(&self.trades, 192, trade)).update(&hash(&self.fills, 64, fill));
        *hasher.finalize().as_bytes()
    }
}

/// Numbers little-endian, missing ones as one pattern, with a count in front: no two lists give the same bytes.
fn hash<T>(items: &[T], bytes_each: usize, write: impl Fn(&T, &mut Bytes)) -> [u8; 32] {
    let mut bytes = Bytes(Vec::with_capacity(8 + items.len() * bytes_each));
    bytes.int(items.len() as i64);
    items.iter().for_each(|item| write(item, &mut bytes));
    *blake3::hash(&bytes.0).as_bytes()
}

struct Bytes(Vec<u8>);

impl Bytes {
    fn int(&mut self, value: i64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn num(&mut self, value: f64) {
        let bits = if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() };
        self.0.extend_from_slice(&bits.to_le_bytes());
    }
}

fn decision(d: &Decision, to: &mut Bytes) {
    let kind = match d.kind {
        DecisionKind::EnterLong => 0,
        DecisionKind::EnterShort => 1,
        DecisionKind::Protect => 2,
        DecisionKind::CancelEntry => 3,
        DecisionKind::Halt => 4,
        DecisionKind::Exit(reason) => 16 + reason as i64,
    };
    let signal = d.signal.map_or(-1, |s| i64::from(s.block) << 16 | i64::from(s.case));
    to.int(d.time_ms);
    to.int(kind);
    to.int(signal);
    to.num(d.price);
    to.num(d.amount);
}

fn trade(t: &Trade, to: &mut Bytes) {
    to.int(i64::from(t.id));
    to.int(t.side as i64);
    to.int(t.exit_reason as i64);
    to.int(i64::from(t.bars_held));
    for time in [t.entry_signal_time, t.entry_time, t.exit_time] {
        to.int(time);
    }
    for number in [
        t.entry_price,
        t.qty,
        t.exit_price,
        t.gross_pnl,
        t.fees,
        t.funding,
        t.net_pnl,
        t.mae_pct,
        t.mfe_pct,
        t.stop,
        t.stop_final,
        t.target,
        t.leverage,
        t.margin,
        t.liquidation_price,
    ] {
        to.num(number);
    }
}

fn fill(f: &FillRecord, to: &mut Bytes) {
    to.int(i64::from(f.trade));
    to.int(f.time_ms);
    to.int(f.exit.map_or(-1, |reason| reason as i64));
    to.int(i64::from(f.bought) | i64::from(f.maker) << 1);
    for number in [f.price, f.base_price, f.qty, f.fee] {
        to.num(number);
    }
}
