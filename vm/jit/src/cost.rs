//! What compiling costs and what it saves, so that it is done only where it pays.
//!
//! Nanoseconds, measured with `benches/src/bin/engines.rs` on an x86-64 server; what matters is the
//! ratio of the two, which
//! changes less from machine to machine than they do.

/// Compiling one op of a chain.
const COMPILE_OP: f64 = 55_000.0;
/// Making any function at all.
const COMPILE_FUNCTION: f64 = 200_000.0;
/// What an op of a chain saves on each bar.
const SAVED_BY_OP: f64 = 0.2;
/// Compiling one op of position code.
const COMPILE_POSITION_OP: f64 = 40_000.0;
/// What an op of position code saves at each close.
const SAVED_BY_POSITION_OP: f64 = 13.0;
/// So much more must be saved than spent: where the two come close, being wrong costs nothing.
const MARGIN: f64 = 1.2;

/// Whether machine code for a chain of so many ops pays over so many bars.
#[must_use]
pub fn chain_pays(ops: usize, bars: usize) -> bool {
    let ops = ops as f64;
    ops * SAVED_BY_OP * bars as f64 > MARGIN * (COMPILE_FUNCTION + ops * COMPILE_OP)
}

/// Whether machine code for position code of so many ops pays over so many closes.
#[must_use]
pub fn position_pays(ops: usize, steps: usize) -> bool {
    let ops = ops as f64;
    ops * SAVED_BY_POSITION_OP * steps as f64 > MARGIN * (COMPILE_FUNCTION + ops * COMPILE_POSITION_OP)
}

#[cfg(test)]
mod tests {
    use super::{chain_pays, position_pays};

    #[test]
    fn long_runs_are_compiled_and_short_ones_are_not() {
        assert!(chain_pays(30, 1_000_000) && !chain_pays(30, 100_000));
        assert!(position_pays(20, 20_000) && !position_pays(20, 1_000));
        assert!(!chain_pays(0, usize::MAX) && !position_pays(0, usize::MAX));
    }
}
