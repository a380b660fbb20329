//! Numbers to conditions, 64 bars at a time: relations of two numbers in wide vectors, the rarer ones to bytes, which
//! the compiler vectorises and which are then packed.

use stdlib::wide::{self, Vector, Work, relation};

use crate::registers::BitsMut;

/// Bits beyond the end are 0.
#[inline(always)]
fn each_word<const N: usize>(
    inputs: [&[f64]; N],
    out: &mut BitsMut<'_>,
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
    if !bars.is_multiple_of(64) {
        let last = inputs.map(|input| &input[bars / 64 * 64..]);
        (out.known[bars / 64], out.truth[bars / 64]) = rest(last, &known, &truth);
    }
}

/// Fewer than 64 bars, one by one: it is the whole work when bars come singly.
#[inline(always)]
fn rest<const N: usize>(
    inputs: [&[f64]; N],
    known: &impl Fn([f64; N]) -> bool,
    truth: &impl Fn([f64; N]) -> bool,
) -> (u64, u64) {
    let (mut known_bits, mut truth_bits) = (0, 0);
    for bar in 0..inputs[0].len() {
        let values = inputs.map(|input| input[bar]);
        known_bits |= u64::from(known(values)) << bar;
        truth_bits |= u64::from(known(values) & truth(values)) << bar;
    }
    (known_bits, truth_bits)
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

/// The block's values of two numbers.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    pub a: &'a [f64],
    pub b: &'a [f64],
    /// None of them is missing.
    pub complete: bool,
}

/// Bits of whole words, in the widest vectors there are.
struct Words<'a, const RELATION: i32> {
    a: &'a [[f64; 64]],
    b: &'a [[f64; 64]],
    complete: bool,
    known: &'a mut [u64],
    truth: &'a mut [u64],
}

impl<const RELATION: i32> Work for Words<'_, RELATION> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        V::compare::<RELATION>(self.a, self.b, self.truth);
        if self.complete {
            self.known.fill(u64::MAX);
            return;
        }
        V::compare::<{ relation::ORDERED }>(self.a, self.b, self.known);
        self.truth.iter_mut().zip(self.known).for_each(|(truth, known)| *truth &= *known);
    }
}

#[inline(always)]
fn two<const RELATION: i32>(pair: Pair<'_>, out: &mut BitsMut<'_>, truth: impl Fn(f64, f64) -> bool) {
    let Pair { a, b, complete } = pair;
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<64>(), b.as_chunks::<64>());
    let words = a.len();
    if words > 0 {
        let (known, truth) = (&mut out.known[..words], &mut out.truth[..words]);
        wide::run(Words::<RELATION> { a, b, complete, known, truth });
    }
    if !a_rest.is_empty() {
        let known = |[a, b]: [f64; 2]| !a.is_nan() & !b.is_nan();
        (out.known[words], out.truth[words]) =
            rest([a_rest, b_rest], &known, &|[a, b]: [f64; 2]| truth(a, b));
    }
}

/// Greater and less at once, with the same bits as `gt` and `lt`.
pub fn order<'b>(pair: Pair<'_>, greater: &mut BitsMut<'b>, less: &mut BitsMut<'b>) {
    let Pair { a, b, complete } = pair;
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<64>(), b.as_chunks::<64>());
    let words = a.len();
    if words > 0 {
        wide::run(Order { a, b, complete, greater, less });
    }
    if !a_rest.is_empty() {
        let known = |[a, b]: [f64; 2]| !a.is_nan() & !b.is_nan();
        let rest = |truth: fn(f64, f64) -> bool| rest([a_rest, b_rest], &known, &|[a, b]| truth(a, b));
        (greater.known[words], greater.truth[words]) = rest(|a, b| a > b);
        (less.known[words], less.truth[words]) = rest(|a, b| a < b);
    }
}

struct Order<'a, 'b> {
    a: &'a [[f64; 64]],
    b: &'a [[f64; 64]],
    complete: bool,
    greater: &'a mut BitsMut<'b>,
    less: &'a mut BitsMut<'b>,
}

impl Work for Order<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let words = self.a.len();
        let known = &mut self.greater.known[..words];
        // Where a number is missing neither relation holds.
        V::order(self.a, self.b, &mut self.greater.truth[..words], &mut self.less.truth[..words]);
        if self.complete {
            known.fill(u64::MAX);
        } else {
            V::compare::<{ relation::ORDERED }>(self.a, self.b, known);
        }
        self.less.known[..words].copy_from_slice(known);
    }
}

pub fn gt(pair: Pair<'_>, out: &mut BitsMut<'_>) {
    two::<{ relation::GT }>(pair, out, |a, b| a > b);
}

pub fn ge(pair: Pair<'_>, out: &mut BitsMut<'_>) {
    two::<{ relation::GE }>(pair, out, |a, b| a >= b);
}

pub fn lt(pair: Pair<'_>, out: &mut BitsMut<'_>) {
    two::<{ relation::LT }>(pair, out, |a, b| a < b);
}

pub fn le(pair: Pair<'_>, out: &mut BitsMut<'_>) {
    two::<{ relation::LE }>(pair, out, |a, b| a <= b);
}

pub fn eq(pair: Pair<'_>, out: &mut BitsMut<'_>) {
    two::<{ relation::EQ }>(pair, out, |a, b| a == b);
}

pub fn ne(pair: Pair<'_>, out: &mut BitsMut<'_>) {
    two::<{ relation::NE }>(pair, out, |a, b| a != b);
}

pub fn near_abs(a: &[f64], b: &[f64], tolerance: &[f64], out: &mut BitsMut<'_>) {
    let known = |[a, b, t]: [f64; 3]| !a.is_nan() & !b.is_nan() & !t.is_nan();
    each_word([a, b, tolerance], out, known, |[a, b, t]| (a - b).abs() <= t);
}

/// `tolerance` in percent of `b`; nothing is near 0 or far from it.
pub fn near_pct(a: &[f64], b: &[f64], tolerance: &[f64], out: &mut BitsMut<'_>) {
    let known = |[a, b, t]: [f64; 3]| !a.is_nan() & !b.is_nan() & !t.is_nan() & (b != 0.0);
    each_word([a, b, tolerance], out, known, |[a, b, t]| (a - b).abs() / b.abs() <= t / 100.0);
}

pub fn truthy(a: &[f64], out: &mut BitsMut<'_>) {
    each_word([a], out, |[a]| !a.is_nan(), |[a]| a != 0.0);
}
