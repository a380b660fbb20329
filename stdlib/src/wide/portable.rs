//! One number at a time; comparisons to bytes, which the compiler vectorises.

use std::array::from_fn;

use super::{GROUP, Group, LANES_MAX, Mask, Vector, Work, relation};

#[inline]
pub fn run<W: Work>(work: W) -> W::Output {
    work.run::<f64>()
}

impl Mask for bool {
    #[inline(always)]
    fn bits(self) -> u32 {
        u32::from(self)
    }
}

impl Vector for f64 {
    type Mask = bool;
    type Group = [f64; GROUP];
    const LANES: usize = 1;

    #[inline(always)]
    fn splat(x: f64) -> f64 {
        x
    }

    #[inline(always)]
    fn load(values: &[f64]) -> f64 {
        values[0]
    }

    #[inline(always)]
    fn store(self, slots: &mut [f64]) {
        slots[0] = self;
    }

    #[inline(always)]
    fn abs(self) -> f64 {
        f64::abs(self)
    }

    #[inline(always)]
    fn greater(self, other: f64) -> f64 {
        if self > other { self } else { other }
    }

    #[inline(always)]
    fn lesser(self, other: f64) -> f64 {
        if self < other { self } else { other }
    }

    #[inline(always)]
    fn above(self, other: f64) -> bool {
        self > other
    }

    #[inline(always)]
    fn at_least(self, other: f64) -> bool {
        self >= other
    }

    #[inline(always)]
    fn pick(mask: bool, then: f64, otherwise: f64) -> f64 {
        if mask { then } else { otherwise }
    }

    #[inline(always)]
    fn add_up(groups: &mut [[f64; 4]]) {
        for group in groups {
            for i in 1..4 {
                group[i] += group[i - 1];
            }
        }
    }

    #[inline(always)]
    fn add(self, other: f64) -> f64 {
        self + other
    }

    #[inline(always)]
    fn sub(self, other: f64) -> f64 {
        self - other
    }

    #[inline(always)]
    fn mul(self, other: f64) -> f64 {
        self * other
    }

    #[inline(always)]
    fn lanes(self) -> [f64; LANES_MAX] {
        [self; LANES_MAX]
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

impl Group for [f64; GROUP] {
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
    fn over(self, other: Self) -> Self {
        from_fn(|i| self[i] / other[i])
    }

    #[inline(always)]
    fn greater(self, other: Self) -> Self {
        from_fn(|i| Vector::greater(self[i], other[i]))
    }

    #[inline(always)]
    fn lesser(self, other: Self) -> Self {
        from_fn(|i| Vector::lesser(self[i], other[i]))
    }

    #[inline(always)]
    fn carry_or<const HALF: usize>(self, first: Self) -> Self {
        from_fn(|i| if i & HALF == 0 { first[i] } else { self[(i & !(2 * HALF - 1)) + HALF - 1] })
    }

    #[inline(always)]
    fn last(self) -> Self {
        [self[GROUP - 1]; GROUP]
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
