//! AVX2 and AVX-512.
//!
//! What must hold, and why it does:
//! - **Instructions.** `run` and `at` call a function for AVX2 or AVX-512 only where the processor has said that it
//!   knows them. The vectors are private: only `Work` at their level ever has one.
//!   The numbers of relations are immediate operands, checked when the code is compiled.
//! - **Memory.** Values go through arrays of their own size; no pointer is made.
#![allow(unsafe_code)] // the measured need is in docs/design.md; everything unsafe of this crate is here

mod avx2;
mod avx512;

use std::arch::x86_64::__m256d;
use std::mem::transmute;

use super::{Level, Work};
use avx2::Four;
use avx512::Eight;

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

/// One of the functions below, all of which need only the instructions of their vector.
macro_rules! known {
    ($call:expr) => {
        // SAFETY: there is a value of this vector or `Work` runs at its level, so the processor knows the instruction.
        unsafe { $call }
    };
}
use known;

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
