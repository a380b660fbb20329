//! Work that is compiled for several widths of vectors and runs at the widest that the machine has.
//!
//! Every operation rounds as IEEE 754 says and none is fused or reordered, so the bits are the same at each width.
//! SSE2 and NEON belong to their targets, so there the portable code is vector code already.

use std::ops::{BitAnd, BitOr, BitXor, Not};
use std::sync::atomic::{AtomicU8, Ordering};

mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

/// Bars that are written from one value.
pub const GROUP: usize = 8;
/// The most lanes of a vector.
pub const LANES_MAX: usize = 8;

/// What the machine offers; each includes the ones before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    Portable = 1,
    Avx2,
    Avx512,
}

impl Level {
    /// From the narrowest to the widest.
    pub const ALL: [Level; 3] = [Level::Portable, Level::Avx2, Level::Avx512];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Portable => "portable",
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
        }
    }

    /// The widest that this machine has.
    #[must_use]
    pub fn best() -> Level {
        #[cfg(target_arch = "x86_64")]
        {
            x86::best()
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            Level::Portable
        }
    }
}

/// The level at which work runs; 0 until the machine was asked.
static CHOSEN: AtomicU8 = AtomicU8::new(0);

#[must_use]
pub fn level() -> Level {
    match CHOSEN.load(Ordering::Relaxed) {
        1 => Level::Portable,
        2 => Level::Avx2,
        3 => Level::Avx512,
        _ => limit(Level::Avx512),
    }
}

/// Uses nothing wider from now on, in the whole process: to compare speeds. Gives the level that is used.
pub fn limit(widest: Level) -> Level {
    let level = widest.min(Level::best());
    CHOSEN.store(level as u8, Ordering::Relaxed);
    level
}

/// What is compiled for every width. `run` and what it calls must be `#[inline(always)]`: what is not inlined is
/// compiled for the machine that every program runs on.
pub trait Work {
    type Output;
    fn run<V: Vector>(self) -> Self::Output;
}

/// Runs it at the level in use.
#[inline]
pub fn run<W: Work>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    {
        x86::run(work)
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        portable::run(work)
    }
}

/// Runs it at this level, or at the best that there is below.
#[inline]
pub fn at<W: Work>(level: Level, work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    {
        x86::at(level, work)
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = level;
        portable::run(work)
    }
}

/// Yes or no for each lane.
pub trait Mask:
    Copy + BitAnd<Output = Self> + BitOr<Output = Self> + BitXor<Output = Self> + Not<Output = Self>
{
    /// Lane `i` in bit `i`.
    fn bits(self) -> u32;
}

/// Several numbers that are worked on at once.
pub trait Vector: Copy {
    type Mask: Mask;
    /// Eight consecutive numbers in vectors of this width.
    type Group: Group;
    const LANES: usize;
    fn splat(x: f64) -> Self;
    /// The first `LANES` of the values.
    fn load(values: &[f64]) -> Self;
    /// To the first `LANES` of the slots.
    fn store(self, slots: &mut [f64]);
    fn abs(self) -> Self;
    /// The other where neither is greater: equal, or one is NaN.
    fn greater(self, other: Self) -> Self;
    /// The other where neither is less.
    fn lesser(self, other: Self) -> Self;
    /// Greater than the other; not where one is NaN.
    fn above(self, other: Self) -> Self::Mask;
    /// Greater or equal; not where one is NaN.
    fn at_least(self, other: Self) -> Self::Mask;
    fn pick(mask: Self::Mask, then: Self, otherwise: Self) -> Self;
    /// Replaces each number of a group by the sum of those up to it, added one after the other.
    fn add_up(groups: &mut [[f64; 4]]);
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn lanes(self) -> [f64; LANES_MAX];
    /// Bit `i` of the words is set where `RELATION` holds between the numbers at `i`; for whole words.
    fn compare<const RELATION: i32>(a: &[[f64; 64]], b: &[[f64; 64]], out: &mut [u64]);
    /// Greater and less at once.
    fn order(a: &[[f64; 64]], b: &[[f64; 64]], greater: &mut [u64], less: &mut [u64]);
}

/// Numbers of eight consecutive bars that are worked on at once.
pub trait Group: Copy {
    fn splat(x: f64) -> Self;
    fn of(values: &[f64; GROUP]) -> Self;
    fn values(self) -> [f64; GROUP];
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn over(self, other: Self) -> Self;
    /// The other where neither is greater: equal, or one is NaN.
    fn greater(self, other: Self) -> Self;
    /// The other where neither is less.
    fn lesser(self, other: Self) -> Self;
    /// Of each `2 * HALF` numbers: in the second half the last of the first half, in the first half those of `first`.
    /// `HALF` is 1, 2 or 4.
    fn carry_or<const HALF: usize>(self, first: Self) -> Self;
    /// The same with 0 in the first half.
    #[inline(always)]
    fn carry<const HALF: usize>(self) -> Self {
        self.carry_or::<HALF>(Self::splat(0.0))
    }
    /// The last of them in every place.
    fn last(self) -> Self;
}

/// Relations of two numbers, numbered as x86 does. None but `NE` holds where one of them is NaN.
pub mod relation {
    pub const EQ: i32 = 0;
    /// Neither is NaN.
    pub const ORDERED: i32 = 7;
    /// Also where one is NaN.
    pub const NE: i32 = 4;
    pub const LT: i32 = 17;
    pub const LE: i32 = 18;
    pub const GE: i32 = 29;
    pub const GT: i32 = 30;
}
