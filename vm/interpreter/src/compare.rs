//! Numbers to conditions, 64 bars at a time: compares to bytes, which the compiler vectorises, then packs the
//! bytes.

use crate::registers::Bits;

/// Bits beyond the end are 0.
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
    // The rest one by one: it is the whole work when bars come singly.
    if !bars.is_multiple_of(64) {
        let (mut known_bits, mut truth_bits) = (0, 0);
        for bar in bars / 64 * 64..bars {
            let values = inputs.map(|input| input[bar]);
            known_bits |= u64::from(known(values)) << (bar % 64);
            truth_bits |= u64::from(known(values) & truth(values)) << (bar % 64);
        }
        (out.known[bars / 64], out.truth[bars / 64]) = (known_bits, truth_bits);
    }
}

/// Most words lack nothing: that is found out by one cheap pass, so that only the truth must be packed.
#[inline(always)]
fn one_word<const N: usize>(
    inputs: [&[f64; 64]; N],
    known: &impl Fn([f64; N]) -> bool,
    truth: &impl Fn([f64; N]) -> bool,
) -> (u64, u64) {
    let mut truth_bytes = [0_u8; 64];
    let mut unknown = 0_u64;
    for bar in 0..64 {
        let values = inputs.map(|input| input[bar]);
        truth_bytes[bar] = u8::from(truth(values));
        unknown |= u64::from(!known(values));
    }
    let truth = pack(&truth_bytes);
    if unknown == 0 {
        return (u64::MAX, truth);
    }
    let mut known_bytes = [0_u8; 64];
    for bar in 0..64 {
        known_bytes[bar] = u8::from(known(inputs.map(|input| input[bar])));
    }
    let known = pack(&known_bytes);
    (known, known & truth)
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
