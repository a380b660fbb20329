//! AVX2 and AVX-512.
//!
//! What must hold, and why it does:
//! - **Instructions.** `run` and `at` call a function for AVX2 or AVX-512 only where the processor has said that it
//!   knows them. The vectors are private: only `Work` at their level ever has one.
//!   The numbers of relations are immediate operands, checked when the code is compiled.
//! - **Memory.** Values go through arrays of their own size; no pointer is made.
#![allow(unsafe_code)] // the measured need is in docs/design.md; everything unsafe of this crate is here

use std::arch::x86_64::*;
use std::mem::transmute;

use super::{GROUP, Level, Vector, Work, relation};

/// The widest that this processor and the system have.
pub fn best() -> Level {
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl");
    let avx2 = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2");
    match (avx2, avx512) {
        (true, true) => Level::Avx512,
        (true, false) => Level::Avx2,
        _ => Level::Portable,
    }
}

#[inline]
pub fn run<W: Work>(work: W) -> W::Output {
    // SAFETY: `limit` chooses nothing wider than `best`.
    unsafe { compiled_for(super::level(), work) }
}

#[inline]
pub fn at<W: Work>(level: Level, work: W) -> W::Output {
    // SAFETY: the processor has what `best` has found.
    unsafe { compiled_for(level.min(best()), work) }
}

/// The processor must have this level.
#[inline]
unsafe fn compiled_for<W: Work>(level: Level, work: W) -> W::Output {
    match level {
        Level::Portable => super::portable::run(work),
        // SAFETY: the caller has it.
        Level::Avx2 => unsafe { avx2(work) },
        // SAFETY: the same.
        Level::Avx512 => unsafe { avx512(work) },
    }
}

#[target_feature(enable = "avx2,bmi1,bmi2")]
fn avx2<W: Work>(work: W) -> W::Output {
    work.run::<Fours>()
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,bmi1,bmi2")]
fn avx512<W: Work>(work: W) -> W::Output {
    work.run::<Eight>()
}

/// The lower four and the upper four.
#[derive(Clone, Copy)]
struct Fours(__m256d, __m256d);

#[derive(Clone, Copy)]
struct Eight(__m512d);

/// One of the functions below, all of which need only the instructions of their vector.
macro_rules! known {
    ($call:expr) => {
        // SAFETY: there is a value of this vector or `Work` runs at its level, so the processor knows the instruction.
        unsafe { $call }
    };
}

impl Vector for Fours {
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
    fn carry<const HALF: usize>(self) -> Fours {
        let zero = known!(_mm256_setzero_pd());
        match HALF {
            1 => known!(Fours(_mm256_unpacklo_pd(zero, self.0), _mm256_unpacklo_pd(zero, self.1))),
            2 => known!(Fours(second_to_upper(self.0), second_to_upper(self.1))),
            _ => known!(Fours(zero, _mm256_permute4x64_pd::<0b11_11_11_11>(self.0))),
        }
    }

    #[inline(always)]
    fn last(self) -> Fours {
        let last = known!(_mm256_permute4x64_pd::<0b11_11_11_11>(self.1));
        Fours(last, last)
    }

    #[inline(always)]
    fn compare<const RELATION: i32>(a: &[[f64; 64]], b: &[[f64; 64]], out: &mut [u64]) {
        for (byte, (a, b)) in bytes(out).iter_mut().zip(eights(a).iter().zip(eights(b))) {
            *byte = known!(compare_four::<RELATION>(fours(a), fours(b)));
        }
    }

    #[inline(always)]
    fn order(a: &[[f64; 64]], b: &[[f64; 64]], greater: &mut [u64], less: &mut [u64]) {
        let out = bytes(greater).iter_mut().zip(bytes(less));
        for ((greater, less), (a, b)) in out.zip(eights(a).iter().zip(eights(b))) {
            let (a, b) = (fours(a), fours(b));
            *greater = known!(compare_four::<{ relation::GT }>(a, b));
            *less = known!(compare_four::<{ relation::LT }>(a, b));
        }
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn compare_four<const RELATION: i32>(a: [__m256d; 2], b: [__m256d; 2]) -> u8 {
    let low = _mm256_movemask_pd(_mm256_cmp_pd::<RELATION>(a[0], b[0]));
    let high = _mm256_movemask_pd(_mm256_cmp_pd::<RELATION>(a[1], b[1]));
    (low | (high << 4)) as u8
}

/// 0 in the lower two.
#[target_feature(enable = "avx2")]
#[inline]
fn second_to_upper(x: __m256d) -> __m256d {
    _mm256_blend_pd::<0b1100>(_mm256_setzero_pd(), _mm256_permute4x64_pd::<0b01_01_01_01>(x))
}

impl Vector for Eight {
    #[inline(always)]
    fn splat(x: f64) -> Eight {
        known!(Eight(_mm512_set1_pd(x)))
    }

    #[inline(always)]
    fn of(values: &[f64; GROUP]) -> Eight {
        known!(Eight(transmute::<[f64; 8], __m512d>(*values)))
    }

    #[inline(always)]
    fn values(self) -> [f64; GROUP] {
        known!(transmute::<__m512d, [f64; 8]>(self.0))
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
    fn carry<const HALF: usize>(self) -> Eight {
        Eight(match HALF {
            1 => known!(_mm512_maskz_movedup_pd(0b1010_1010, self.0)),
            2 => known!(_mm512_maskz_permutex_pd::<0b01_01_01_01>(0b1100_1100, self.0)),
            _ => known!(_mm512_maskz_permutexvar_pd(0b1111_0000, _mm512_set1_epi64(3), self.0)),
        })
    }

    #[inline(always)]
    fn last(self) -> Eight {
        known!(Eight(_mm512_permutexvar_pd(_mm512_set1_epi64(7), self.0)))
    }

    #[inline(always)]
    fn compare<const RELATION: i32>(a: &[[f64; 64]], b: &[[f64; 64]], out: &mut [u64]) {
        for (byte, (a, b)) in bytes(out).iter_mut().zip(eights(a).iter().zip(eights(b))) {
            *byte = known!(_mm512_cmp_pd_mask::<RELATION>(Eight::of(a).0, Eight::of(b).0));
        }
    }

    #[inline(always)]
    fn order(a: &[[f64; 64]], b: &[[f64; 64]], greater: &mut [u64], less: &mut [u64]) {
        let out = bytes(greater).iter_mut().zip(bytes(less));
        for ((greater, less), (a, b)) in out.zip(eights(a).iter().zip(eights(b))) {
            let (a, b) = (Eight::of(a).0, Eight::of(b).0);
            *greater = known!(_mm512_cmp_pd_mask::<{ relation::GT }>(a, b));
            *less = known!(_mm512_cmp_pd_mask::<{ relation::LT }>(a, b));
        }
    }
}

#[inline(always)]
fn eights(words: &[[f64; 64]]) -> &[[f64; 8]] {
    words.as_flattened().as_chunks().0
}

#[inline(always)]
fn fours(eight: &[f64; 8]) -> [__m256d; 2] {
    known!(transmute::<[f64; 8], [__m256d; 2]>(*eight))
}

/// The bars of byte `i` are 8 * i to 8 * i + 7: this processor's words begin with their lowest byte.
#[inline(always)]
fn bytes(words: &mut [u64]) -> &mut [u8] {
    // SAFETY: any bytes are words and any words bytes; bytes need no alignment.
    unsafe { words.align_to_mut::<u8>().1 }
}
