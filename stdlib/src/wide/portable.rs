//! Plain numbers, and comparisons to bytes, which the compiler vectorises.

use std::array::from_fn;

use super::{GROUP, Vector, Work, relation};

#[inline]
pub fn run<W: Work>(work: W) -> W::Output {
    work.run::<[f64; GROUP]>()
}

impl Vector for [f64; GROUP] {
    #[inline(always)]
    fn splat(x: f64) -> Self {
        [x; GROUP]
    }

    #[inline(always)]
    fn of(values: &[f64; GROUP]) -> Self {
        *values
    }

    #[inline(always)]
    fn values(self) -> [f64; GROUP] {
        self
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        from_fn(|i| self[i] + other[i])
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        from_fn(|i| self[i] - other[i])
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        from_fn(|i| self[i] * other[i])
    }

    #[inline(always)]
    fn carry<const HALF: usize>(self) -> Self {
        from_fn(|i| if i & HALF == 0 { 0.0 } else { self[(i & !(2 * HALF - 1)) + HALF - 1] })
    }

    #[inline(always)]
    fn last(self) -> Self {
        [self[GROUP - 1]; GROUP]
    }

    #[inline(always)]
    fn compare<const RELATION: i32>(a: &[[f64; 64]], b: &[[f64; 64]], out: &mut [u64]) {
        for ((a, b), word) in a.iter().zip(b).zip(out) {
            let mut bytes = [0_u8; 64];
            for ((byte, &a), &b) in bytes.iter_mut().zip(a).zip(b) {
                *byte = u8::from(match RELATION {
                    relation::EQ => a == b,
                    relation::NE => a != b,
                    relation::LT => a < b,
                    relation::LE => a <= b,
                    relation::GE => a >= b,
                    relation::GT => a > b,
                    _ => !a.is_nan() & !b.is_nan(),
                });
            }
            *word = pack(&bytes);
        }
    }

    #[inline(always)]
    fn order(a: &[[f64; 64]], b: &[[f64; 64]], greater: &mut [u64], less: &mut [u64]) {
        Self::compare::<{ relation::GT }>(a, b, greater);
        Self::compare::<{ relation::LT }>(a, b, less);
    }
}

/// 64 bytes of 0 or 1 to 64 bits, eight at a time: the product moves byte i's bit to bit 56 + i.
#[inline(always)]
fn pack(bytes: &[u8; 64]) -> u64 {
    let mut bits = 0;
    for (at, chunk) in bytes.as_chunks::<8>().0.iter().enumerate() {
        let eight = u64::from_le_bytes(*chunk).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= eight << (8 * at);
    }
    bits
}
