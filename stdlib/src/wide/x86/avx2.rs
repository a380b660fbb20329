//! Four numbers at a time.

use std::arch::x86_64::*;
use std::mem::transmute;
use std::ops::{BitAnd, BitOr, BitXor, Not};

use super::{fours, known, word};
use crate::wide::{GROUP, Group, LANES_MAX, Mask, Vector, relation};

#[derive(Clone, Copy)]
pub struct Four(__m256d);

/// All bits of a lane, or none.
#[derive(Clone, Copy)]
pub struct FourBits(__m256d);

impl BitAnd for FourBits {
    type Output = FourBits;

    #[inline(always)]
    fn bitand(self, other: FourBits) -> FourBits {
        known!(FourBits(_mm256_and_pd(self.0, other.0)))
    }
}

impl BitOr for FourBits {
    type Output = FourBits;

    #[inline(always)]
    fn bitor(self, other: FourBits) -> FourBits {
        known!(FourBits(_mm256_or_pd(self.0, other.0)))
    }
}

impl BitXor for FourBits {
    type Output = FourBits;

    #[inline(always)]
    fn bitxor(self, other: FourBits) -> FourBits {
        known!(FourBits(_mm256_xor_pd(self.0, other.0)))
    }
}

impl Not for FourBits {
    type Output = FourBits;

    #[inline(always)]
    fn not(self) -> FourBits {
        self ^ known!(FourBits(_mm256_castsi256_pd(_mm256_set1_epi64x(-1))))
    }
}

impl Mask for FourBits {
    #[inline(always)]
    fn bits(self) -> u32 {
        known!(_mm256_movemask_pd(self.0)) as u32
    }
}

impl Vector for Four {
    type Mask = FourBits;
    type Group = Fours;
    const LANES: usize = 4;

    #[inline(always)]
    fn load(values: &[f64]) -> Four {
        let values: &[f64; 4] = values.first_chunk().expect("there are `LANES` values");
        known!(Four(transmute::<[f64; 4], __m256d>(*values)))
    }

    #[inline(always)]
    fn store(self, slots: &mut [f64]) {
        let slots: &mut [f64; 4] = slots.first_chunk_mut().expect("there are `LANES` slots");
        *slots = known!(transmute::<__m256d, [f64; 4]>(self.0));
    }

    #[inline(always)]
    fn abs(self) -> Four {
        known!(Four(_mm256_andnot_pd(_mm256_set1_pd(-0.0), self.0)))
    }

    #[inline(always)]
    fn greater(self, other: Four) -> Four {
        known!(Four(_mm256_max_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn lesser(self, other: Four) -> Four {
        known!(Four(_mm256_min_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn above(self, other: Four) -> FourBits {
        known!(FourBits(_mm256_cmp_pd::<{ relation::GT }>(self.0, other.0)))
    }

    #[inline(always)]
    fn at_least(self, other: Four) -> FourBits {
        known!(FourBits(_mm256_cmp_pd::<{ relation::GE }>(self.0, other.0)))
    }

    #[inline(always)]
    fn pick(mask: FourBits, then: Four, otherwise: Four) -> Four {
        known!(Four(_mm256_blendv_pd(otherwise.0, then.0, mask.0)))
    }

    #[inline(always)]
    fn add_up(groups: &mut [[f64; 4]]) {
        for group in groups {
            *group =
                known!(transmute::<__m256d, [f64; 4]>(sums_of_four(transmute::<[f64; 4], __m256d>(*group))));
        }
    }

    #[inline(always)]
    fn splat(x: f64) -> Four {
        known!(Four(_mm256_set1_pd(x)))
    }

    #[inline(always)]
    fn add(self, other: Four) -> Four {
        known!(Four(_mm256_add_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, other: Four) -> Four {
        known!(Four(_mm256_sub_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn mul(self, other: Four) -> Four {
        known!(Four(_mm256_mul_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn lanes(self) -> [f64; LANES_MAX] {
        known!(transmute::<[__m256d; 2], [f64; 8]>([self.0, self.0]))
    }

    #[inline(always)]
    fn compare<const RELATION: i32>(a: &[[f64; 64]], b: &[[f64; 64]], out: &mut [u64]) {
        for (word, (a, b)) in out.iter_mut().zip(a.iter().zip(b)) {
            *word = Four::word::<RELATION>(a, b);
        }
    }

    #[inline(always)]
    fn order(a: &[[f64; 64]], b: &[[f64; 64]], greater: &mut [u64], less: &mut [u64]) {
        for ((greater, less), (a, b)) in greater.iter_mut().zip(less).zip(a.iter().zip(b)) {
            (*greater, *less) = (Four::word::<{ relation::GT }>(a, b), Four::word::<{ relation::LT }>(a, b));
        }
    }
}

impl Four {
    #[inline(always)]
    fn word<const RELATION: i32>(a: &[f64; 64], b: &[f64; 64]) -> u64 {
        word(a, b, |a, b| known!(compare_four::<RELATION>(fours(a), fours(b))))
    }
}

/// The lower four and the upper four.
#[derive(Clone, Copy)]
pub struct Fours(__m256d, __m256d);

impl Group for Fours {
    #[inline(always)]
    fn splat(x: f64) -> Fours {
        let four = known!(_mm256_set1_pd(x));
        Fours(four, four)
    }

    #[inline(always)]
    fn of(values: &[f64; GROUP]) -> Fours {
        let [low, high] = fours(values);
        Fours(low, high)
    }

    #[inline(always)]
    fn values(self) -> [f64; GROUP] {
        known!(transmute::<[__m256d; 2], [f64; 8]>([self.0, self.1]))
    }

    #[inline(always)]
    fn add(self, other: Fours) -> Fours {
        known!(Fours(_mm256_add_pd(self.0, other.0), _mm256_add_pd(self.1, other.1)))
    }

    #[inline(always)]
    fn sub(self, other: Fours) -> Fours {
        known!(Fours(_mm256_sub_pd(self.0, other.0), _mm256_sub_pd(self.1, other.1)))
    }

    #[inline(always)]
    fn mul(self, other: Fours) -> Fours {
        known!(Fours(_mm256_mul_pd(self.0, other.0), _mm256_mul_pd(self.1, other.1)))
    }

    #[inline(always)]
    fn over(self, other: Fours) -> Fours {
        known!(Fours(_mm256_div_pd(self.0, other.0), _mm256_div_pd(self.1, other.1)))
    }

    #[inline(always)]
    fn greater(self, other: Fours) -> Fours {
        known!(Fours(_mm256_max_pd(self.0, other.0), _mm256_max_pd(self.1, other.1)))
    }

    #[inline(always)]
    fn lesser(self, other: Fours) -> Fours {
        known!(Fours(_mm256_min_pd(self.0, other.0), _mm256_min_pd(self.1, other.1)))
    }

    #[inline(always)]
    fn carry_or<const HALF: usize>(self, first: Fours) -> Fours {
        match HALF {
            1 => known!(Fours(first_to_second(first.0, self.0), first_to_second(first.1, self.1))),
            2 => known!(Fours(second_to_upper(first.0, self.0), second_to_upper(first.1, self.1))),
            _ => known!(Fours(first.0, _mm256_permute4x64_pd::<0b11_11_11_11>(self.0))),
        }
    }

    #[inline(always)]
    fn last(self) -> Fours {
        let last = known!(_mm256_permute4x64_pd::<0b11_11_11_11>(self.1));
        Fours(last, last)
    }
}

/// Of each two; the first is that of `first`.
#[target_feature(enable = "avx2")]
#[inline]
fn first_to_second(first: __m256d, x: __m256d) -> __m256d {
    _mm256_blend_pd::<0b1010>(first, _mm256_movedup_pd(x))
}

/// The lower two are those of `first`.
#[target_feature(enable = "avx2")]
#[inline]
fn second_to_upper(first: __m256d, x: __m256d) -> __m256d {
    _mm256_blend_pd::<0b1100>(first, _mm256_permute4x64_pd::<0b01_01_01_01>(x))
}

#[target_feature(enable = "avx2")]
#[inline]
fn compare_four<const RELATION: i32>(a: [__m256d; 2], b: [__m256d; 2]) -> u8 {
    let low = _mm256_movemask_pd(_mm256_cmp_pd::<RELATION>(a[0], b[0]));
    let high = _mm256_movemask_pd(_mm256_cmp_pd::<RELATION>(a[1], b[1]));
    (low | (high << 4)) as u8
}

/// Each number with those before it, added one after the other.
#[target_feature(enable = "avx2")]
#[inline]
fn sums_of_four(x: __m256d) -> __m256d {
    let two = _mm256_blend_pd::<0b0010>(x, _mm256_add_pd(x, _mm256_movedup_pd(x)));
    let three = _mm256_blend_pd::<0b0100>(two, _mm256_add_pd(two, _mm256_permute4x64_pd::<0b01_00_00>(two)));
    _mm256_blend_pd::<0b1000>(three, _mm256_add_pd(three, _mm256_movedup_pd(three)))
}
