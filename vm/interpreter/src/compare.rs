//! Numbers to conditions, 64 bars at a time: compares to bytes, which the compiler vectorises, then packs the bytes.

use crate::registers::Bits;

/// Bars beyond the end are missing, hence unknown, hence 0 bits.
#[inline(always)]
fn each_word<const N: usize>(
    inputs: [&[f64]; N],
    out: &mut Bits,
    known: impl Fn([f64; N]) -> bool,
    truth: impl Fn([f64; N]) -> bool,
) {
    let bars = inputs[0].len();
    for word in 0..bars / 64 {
        let chunks = inputs.map(|input| {
            <&[f64; 64]>::try_from(&input[word * 64..word * 64 + 64]).expect("64 bars of a whole word")
        });
        (out.known[word], out.truth[word]) = one_word(chunks, &known, &truth);
    }
    let rest = bars % 64;
    if rest > 0 {
        let word = bars / 64;
        let padded = inputs.map(|input| {
            let mut chunk = [f64::NAN; 64];
            chunk[..rest].copy_from_slice(&input[word * 64..bars]);
            chunk
        });
        (out.known[word], out.truth[word]) = one_word(padded.each_ref(), &known, &truth);
    }
}

#[inline(always)]
fn one_word<const N: usize>(
    inputs: [&[f64; 64]; N],
    known: &impl Fn([f64; N]) -> bool,
    truth: &impl Fn([f64; N]) -> bool,
) -> (u64, u64) {
    let (mut known_bytes, mut truth_bytes) = ([0_u8; 64], [0_u8; 64]);
    for bar in 0..64 {
        let values = inputs.map(|input| input[bar]);
        known_bytes[bar] = u8::from(known(values));
        truth_bytes[bar] = u8::from(truth(values));
    }
    let known = pack(&known_bytes);
    (known, known & pack(&truth_bytes))
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

#[inline(always)]
fn two(a: &[f64], b: &[f64], out: &mut Bits, truth: impl Fn(f64, f64) -> bool) {
    each_word([a, b], out, |[a, b]| !a.is_nan() & !b.is_nan(), |[a, b]| truth(a, b));
}

pub fn gt(a: &[f64], b: &[f64], out: &mut Bits) {
    two(a, b, out, |a, b| a > b);
}

pub fn ge(a: &[f64], b: &[f64], out: &mut Bits) {
    two(a, b, out, |a, b| a >= b);
}

pub fn lt(a: &[f64], b: &[f64], out: &mut Bits) {
    two(a, b, out, |a, b| a < b);
}

pub fn le(a: &[f64], b: &[f64], out: &mut Bits) {
    two(a, b, out, |a, b| a <= b);
}

pub fn eq(a: &[f64], b: &[f64], out: &mut Bits) {
    two(a, b, out, |a, b| a == b);
}

pub fn ne(a: &[f64], b: &[f64], out: &mut Bits) {
    two(a, b, out, |a, b| a != b);
}

pub fn near_abs(a: &[f64], b: &[f64], tolerance: &[f64], out: &mut Bits) {
    let known = |[a, b, t]: [f64; 3]| !a.is_nan() & !b.is_nan() & !t.is_nan();
    each_word([a, b, tolerance], out, known, |[a, b, t]| (a - b).abs() <= t);
}

/// `tolerance` in percent of `b`; nothing is near 0 or far from it.
pub fn near_pct(a: &[f64], b: &[f64], tolerance: &[f64], out: &mut Bits) {
    let known = |[a, b, t]: [f64; 3]| !a.is_nan() & !b.is_nan() & !t.is_nan() & (b != 0.0);
    each_word([a, b, tolerance], out, known, |[a, b, t]| (a - b).abs() / b.abs() <= t / 100.0);
}

pub fn truthy(a: &[f64], out: &mut Bits) {
    each_word([a], out, |[a]| !a.is_nan(), |[a]| a != 0.0);
}
