//! Arithmetic over slices, in loops that the compiler turns into vector code.
//!
//! What is not finite becomes the one canonical NaN, so that neither infinities nor the payload of a NaN
//! (which depends on whether a bar fell into the vector part or the rest of a loop) can be seen.

use crate::source::Source;
use stdlib::Field;
use stdlib::wide::{self, Vector, Work};

/// The value, or missing when it is not a finite number.
#[inline(always)]
#[must_use]
pub fn finite(value: f64) -> f64 {
    if value.abs() < f64::INFINITY { value } else { f64::NAN }
}

/// Makes every infinity and every other NaN the canonical NaN.
pub fn canonical(values: &mut [f64]) {
    wide::run(Canonical(values));
}

struct Canonical<'a>(&'a mut [f64]);

impl Work for Canonical<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        for value in self.0 {
            *value = finite(*value);
        }
    }
}

#[inline(always)]
fn unary(a: &[f64], out: &mut [f64], f: impl Fn(f64) -> f64) {
    for (out, &a) in out.iter_mut().zip(a) {
        *out = finite(f(a));
    }
}

#[inline(always)]
fn binary(a: &[f64], b: &[f64], out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    for ((out, &a), &b) in out.iter_mut().zip(a).zip(b) {
        *out = finite(f(a, b));
    }
}

pub fn add(a: &[f64], b: &[f64], out: &mut [f64]) {
    binary(a, b, out, |a, b| a + b);
}

pub fn sub(a: &[f64], b: &[f64], out: &mut [f64]) {
    binary(a, b, out, |a, b| a - b);
}

pub fn mul(a: &[f64], b: &[f64], out: &mut [f64]) {
    binary(a, b, out, |a, b| a * b);
}

/// `x / 0` is infinite or NaN, hence missing.
pub fn div(a: &[f64], b: &[f64], out: &mut [f64]) {
    binary(a, b, out, |a, b| a / b);
}

/// Floored, with the sign of the divisor, as in Python.
pub fn rem(a: &[f64], b: &[f64], out: &mut [f64]) {
    binary(a, b, out, floored_rem);
}

/// Of one pair; the caller makes what is not finite missing.
#[must_use]
pub fn floored_rem(a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest == 0.0 {
        return 0.0_f64.copysign(b);
    }
    if (rest < 0.0) == (b < 0.0) { rest } else { rest + b }
}

pub fn neg(a: &[f64], out: &mut [f64]) {
    unary(a, out, |a| -a);
}

pub fn abs(a: &[f64], out: &mut [f64]) {
    unary(a, out, f64::abs);
}

pub fn min(a: &[f64], b: &[f64], out: &mut [f64]) {
    binary(a, b, out, lesser);
}

pub fn max(a: &[f64], b: &[f64], out: &mut [f64]) {
    binary(a, b, out, greater);
}

#[inline(always)]
#[must_use]
pub fn lesser(a: f64, b: f64) -> f64 {
    if a.is_nan() || a < b { a } else { b }
}

#[inline(always)]
#[must_use]
pub fn greater(a: f64, b: f64) -> f64 {
    if a.is_nan() || a > b { a } else { b }
}

/// A field that is not a column of the bars. `source` holds the block alone.
pub fn derived_field(field: Field, source: &Source<'_>, out: &mut [f64]) {
    let Source { open, high, low, close, .. } = *source;
    match field {
        Field::Hl2 => binary(high, low, out, |h, l| (h + l) / 2.0),
        Field::Hlc3 => {
            for (((out, &h), &l), &c) in out.iter_mut().zip(high).zip(low).zip(close) {
                *out = finite((h + l + c) / 3.0);
            }
        }
        Field::Ohlc4 => {
            for ((((out, &o), &h), &l), &c) in out.iter_mut().zip(open).zip(high).zip(low).zip(close) {
                *out = finite((o + h + l + c) / 4.0);
            }
        }
        Field::Hlcc4 => {
            for (((out, &h), &l), &c) in out.iter_mut().zip(high).zip(low).zip(close) {
                *out = finite((h + l + 2.0 * c) / 4.0);
            }
        }
        Field::Time => {
            for (out, &time) in out.iter_mut().zip(source.open_time) {
                *out = time as f64;
            }
        }
        Field::Open | Field::High | Field::Low | Field::Close | Field::Volume => {
            out.copy_from_slice(source.column(field).expect("these are columns"));
        }
    }
}
