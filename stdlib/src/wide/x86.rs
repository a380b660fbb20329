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

use super::{GROUP, LANES_MAX, Level, Vector, Work, relation};

/// The widest that this processor and the system have.
pub fn best() -> Level {
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl");
    let avx2 = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt");
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

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn avx2<W: Work>(work: W) -> W::Output {
    work.run::<Four>()
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,bmi1,bmi2,popcnt")]
fn avx512<W: Work>(work: W) -> W::Output {
    work.run::<Eight>()
}

#[derive(Clone, Copy)]
struct Four(__m256d);

#[derive(Clone, Copy)]
struct Eight(__m512d);

/// One of the functions below, all of which need only the instructions of their vector.
macro_rules! known {
    ($call:expr) => {
        // SAFETY: there is a value of this vector or `Work` runs at its level, so the processor knows the instruction.
        unsafe { $call }
    };
}

impl Vector for Four {
    const LANES: usize = 4;

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
    fn rows(groups: &[[f64; GROUP]]) -> [Four; GROUP] {
        let groups: &[[f64; GROUP]; 4] = groups.first_chunk().expect("a tile has `LANES` groups");
        let halves = groups.each_ref().map(fours);
        let low = known!(four_by_four(halves.map(|[low, _]| low)));
        let high = known!(four_by_four(halves.map(|[_, high]| high)));
        let ([a, b, c, d], [e, f, g, h]) = (low, high);
        [Four(a), Four(b), Four(c), Four(d), Four(e), Four(f), Four(g), Four(h)]
    }

    #[inline(always)]
    fn groups([a, b, c, d, e, f, g, h]: [Four; GROUP], groups: &mut [[f64; GROUP]]) {
        let low = known!(four_by_four([a.0, b.0, c.0, d.0]));
        let high = known!(four_by_four([e.0, f.0, g.0, h.0]));
        for ((group, low), high) in groups[..4].iter_mut().zip(low).zip(high) {
            *group = known!(transmute::<[__m256d; 2], [f64; 8]>([low, high]));
        }
    }

    #[inline(always)]
    fn lanes(self) -> [f64; LANES_MAX] {
        known!(transmute::<[__m256d; 2], [f64; 8]>([self.0, self.0]))
    }

    #[inline(always)]
    fn of_lanes(lanes: &[f64; LANES_MAX]) -> Four {
        Four(fours(lanes)[0])
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

#[target_feature(enable = "avx2")]
#[inline]
fn compare_four<const RELATION: i32>(a: [__m256d; 2], b: [__m256d; 2]) -> u8 {
    let low = _mm256_movemask_pd(_mm256_cmp_pd::<RELATION>(a[0], b[0]));
    let high = _mm256_movemask_pd(_mm256_cmp_pd::<RELATION>(a[1], b[1]));
    (low | (high << 4)) as u8
}

#[target_feature(enable = "avx2")]
#[inline]
fn four_by_four([a, b, c, d]: [__m256d; 4]) -> [__m256d; 4] {
    let (even_ab, odd_ab) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
    let (even_cd, odd_cd) = (_mm256_unpacklo_pd(c, d), _mm256_unpackhi_pd(c, d));
    [
        _mm256_permute2f128_pd::<0x20>(even_ab, even_cd),
        _mm256_permute2f128_pd::<0x20>(odd_ab, odd_cd),
        _mm256_permute2f128_pd::<0x31>(even_ab, even_cd),
        _mm256_permute2f128_pd::<0x31>(odd_ab, odd_cd),
    ]
}

impl Vector for Eight {
    const LANES: usize = 8;

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
    fn rows(groups: &[[f64; GROUP]]) -> [Eight; GROUP] {
        let groups: &[[f64; 8]; 8] = groups.first_chunk().expect("a tile has `LANES` groups");
        known!(eight_by_eight(groups.each_ref().map(Eight::of)).map(Eight))
    }

    #[inline(always)]
    fn groups(rows: [Eight; GROUP], groups: &mut [[f64; GROUP]]) {
        let turned = known!(eight_by_eight(rows.map(|row| row.0)));
        for (group, turned) in groups[..8].iter_mut().zip(turned) {
            *group = known!(transmute::<__m512d, [f64; 8]>(turned));
        }
    }

    #[inline(always)]
    fn lanes(self) -> [f64; LANES_MAX] {
        known!(transmute::<__m512d, [f64; 8]>(self.0))
    }

    #[inline(always)]
    fn of_lanes(lanes: &[f64; LANES_MAX]) -> Eight {
        Eight(Eight::of(lanes))
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
    fn of(values: &[f64; 8]) -> __m512d {
        known!(transmute::<[f64; 8], __m512d>(*values))
    }

    #[inline(always)]
    fn word<const RELATION: i32>(a: &[f64; 64], b: &[f64; 64]) -> u64 {
        word(a, b, |a, b| known!(_mm512_cmp_pd_mask::<RELATION>(Eight::of(a), Eight::of(b))))
    }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn eight_by_eight([a, b, c, d, e, f, g, h]: [__m512d; 8]) -> [__m512d; 8] {
    let pairs = |x, y| (_mm512_unpacklo_pd(x, y), _mm512_unpackhi_pd(x, y));
    // Quarters 0 and 2, or 1 and 3, of both.
    let even = |x, y| _mm512_shuffle_f64x2::<0x88>(x, y);
    let odd = |x, y| _mm512_shuffle_f64x2::<0xdd>(x, y);
    let ((ab0, ab1), (cd0, cd1), (ef0, ef1), (gh0, gh1)) =
        (pairs(a, b), pairs(c, d), pairs(e, f), pairs(g, h));
    // ab0 has columns 0, 2, 4, 6 of rows a and b in its quarters.
    let (ac04, ac26) = (even(ab0, cd0), odd(ab0, cd0));
    let (ac15, ac37) = (even(ab1, cd1), odd(ab1, cd1));
    let (eg04, eg26) = (even(ef0, gh0), odd(ef0, gh0));
    let (eg15, eg37) = (even(ef1, gh1), odd(ef1, gh1));
    [
        even(ac04, eg04),
        even(ac15, eg15),
        even(ac26, eg26),
        even(ac37, eg37),
        odd(ac04, eg04),
        odd(ac15, eg15),
        odd(ac26, eg26),
        odd(ac37, eg37),
    ]
}

/// The bits of eight bars at a time, the last first: a word that is stored byte by byte cannot be read at once.
#[inline(always)]
fn word(a: &[f64; 64], b: &[f64; 64], eight: impl Fn(&[f64; 8], &[f64; 8]) -> u8) -> u64 {
    let eights = a.as_chunks().0.iter().zip(b.as_chunks().0);
    eights.rev().fold(0, |word, (a, b)| word << 8 | u64::from(eight(a, b)))
}

#[inline(always)]
fn fours(eight: &[f64; 8]) -> [__m256d; 2] {
    known!(transmute::<[f64; 8], [__m256d; 2]>(*eight))
}
