//! Eight numbers at a time.

use std::arch::x86_64::*;
use std::mem::transmute;

use super::avx2::Four;
use super::{known, word};
use crate::wide::{GROUP, Group, LANES_MAX, Mask, Vector, relation};

#[derive(Clone, Copy)]
pub struct Eight(__m512d);

impl Mask for __mmask8 {
    #[inline(always)]
    fn bits(self) -> u32 {
        u32::from(self)
    }
}

impl Vector for Eight {
    type Mask = __mmask8;
    type Group = Eight;
    const LANES: usize = 8;

    #[inline(always)]
    fn load(values: &[f64]) -> Eight {
        Eight(eight(values.first_chunk().expect("there are `LANES` values")))
    }

    #[inline(always)]
    fn store(self, slots: &mut [f64]) {
        let slots: &mut [f64; 8] = slots.first_chunk_mut().expect("there are `LANES` slots");
        *slots = known!(transmute::<__m512d, [f64; 8]>(self.0));
    }

    #[inline(always)]
    fn abs(self) -> Eight {
        known!(Eight(_mm512_abs_pd(self.0)))
    }

    #[inline(always)]
    fn greater(self, other: Eight) -> Eight {
        known!(Eight(_mm512_max_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn lesser(self, other: Eight) -> Eight {
        known!(Eight(_mm512_min_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn above(self, other: Eight) -> __mmask8 {
        known!(_mm512_cmp_pd_mask::<{ relation::GT }>(self.0, other.0))
    }

    #[inline(always)]
    fn at_least(self, other: Eight) -> __mmask8 {
        known!(_mm512_cmp_pd_mask::<{ relation::GE }>(self.0, other.0))
    }

    #[inline(always)]
    fn pick(mask: __mmask8, then: Eight, otherwise: Eight) -> Eight {
        known!(Eight(_mm512_mask_blend_pd(mask, otherwise.0, then.0)))
    }

    #[inline(always)]
    fn add_up(groups: &mut [[f64; 4]]) {
        let (pairs, rest) = groups.as_chunks_mut::<2>();
        for pair in pairs.as_flattened_mut().as_flattened_mut().as_chunks_mut::<8>().0 {
            *pair = known!(transmute::<__m512d, [f64; 8]>(sums_of_fours(eight(pair))));
        }
        Four::add_up(rest);
    }

    #[inline(always)]
    fn splat(x: f64) -> Eight {
        known!(Eight(_mm512_set1_pd(x)))
    }

    #[inline(always)]
    fn add(self, other: Eight) -> Eight {
        known!(Eight(_mm512_add_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, other: Eight) -> Eight {
        known!(Eight(_mm512_sub_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn mul(self, other: Eight) -> Eight {
        known!(Eight(_mm512_mul_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn lanes(self) -> [f64; LANES_MAX] {
        known!(transmute::<__m512d, [f64; 8]>(self.0))
    }

    #[inline(always)]
    fn compare<const RELATION: i32>(a: &[[f64; 64]], b: &[[f64; 64]], out: &mut [u64]) {
        for (word, (a, b)) in out.iter_mut().zip(a.iter().zip(b)) {
            *word = Eight::word::<RELATION>(a, b);
        }
    }

    #[inline(always)]
    fn order(a: &[[f64; 64]], b: &[[f64; 64]], greater: &mut [u64], less: &mut [u64]) {
        for ((greater, less), (a, b)) in greater.iter_mut().zip(less).zip(a.iter().zip(b)) {
            (*greater, *less) =
                (Eight::word::<{ relation::GT }>(a, b), Eight::word::<{ relation::LT }>(a, b));
        }
    }
}

impl Eight {
    #[inline(always)]
    fn word<const RELATION: i32>(a: &[f64; 64], b: &[f64; 64]) -> u64 {
        word(a, b, |a, b| known!(_mm512_cmp_pd_mask::<RELATION>(eight(a), eight(b))))
    }
}

impl Group for Eight {
    #[inline(always)]
    fn splat(x: f64) -> Eight {
        Vector::splat(x)
    }

    #[inline(always)]
    fn of(values: &[f64; GROUP]) -> Eight {
        Eight(eight(values))
    }

    #[inline(always)]
    fn values(self) -> [f64; GROUP] {
        self.lanes()
    }

    #[inline(always)]
    fn add(self, other: Eight) -> Eight {
        Vector::add(self, other)
    }

    #[inline(always)]
    fn sub(self, other: Eight) -> Eight {
        Vector::sub(self, other)
    }

    #[inline(always)]
    fn mul(self, other: Eight) -> Eight {
        Vector::mul(self, other)
    }

    #[inline(always)]
    fn over(self, other: Eight) -> Eight {
        known!(Eight(_mm512_div_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn greater(self, other: Eight) -> Eight {
        Vector::greater(self, other)
    }

    #[inline(always)]
    fn lesser(self, other: Eight) -> Eight {
        Vector::lesser(self, other)
    }

    #[inline(always)]
    fn carry_or<const HALF: usize>(self, first: Eight) -> Eight {
        Eight(match HALF {
            1 => known!(_mm512_mask_movedup_pd(first.0, 0b1010_1010, self.0)),
            2 => known!(_mm512_mask_permutex_pd::<0b01_01_01_01>(first.0, 0b1100_1100, self.0)),
            _ => known!(_mm512_mask_permutexvar_pd(first.0, 0b1111_0000, _mm512_set1_epi64(3), self.0)),
        })
    }

    #[inline(always)]
    fn last(self) -> Eight {
        known!(Eight(_mm512_permutexvar_pd(_mm512_set1_epi64(7), self.0)))
    }
}

#[inline(always)]
fn eight(values: &[f64; 8]) -> __m512d {
    known!(transmute::<[f64; 8], __m512d>(*values))
}

/// Each number with those before it in its four, added one after the other.
#[target_feature(enable = "avx512f")]
#[inline]
fn sums_of_fours(x: __m512d) -> __m512d {
    let two = _mm512_mask_add_pd(x, 0b0010_0010, x, _mm512_movedup_pd(x));
    let three = _mm512_mask_add_pd(two, 0b0100_0100, two, _mm512_permutex_pd::<0b01_00_00>(two));
    _mm512_mask_add_pd(three, 0b1000_1000, three, _mm512_movedup_pd(three))
}
