//! What compiling costs and what it saves, so that it is done only where it pays.

use bytecode::Section;

use crate::schedule::Shape;

/// Nanoseconds; measured by `benches/src/bin/jit.rs` on 2.x GHz x86-64, where both sides scale alike.
const COMPILE_CHAIN: f64 = 250_000.0;

/// Whether machine code for the chain pays over so many bars.
#[must_use]
pub fn chain_pays(_shape: &Shape, bars: usize) -> bool {
    bars as f64 > COMPILE_CHAIN
}

#[must_use]
pub fn position_pays(_section: &Section, steps: usize) -> bool {
    steps > 10_000
}
