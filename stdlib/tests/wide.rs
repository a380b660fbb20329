//! Every width of vectors that the machine has gives the bits of the portable code.

use std::array::from_fn;

use stdlib::wide::{self, GROUP, Group, Level, Vector, Work, relation};

/// Numbers of every kind, in no order.
fn numbers(seed: u64, count: usize) -> Vec<f64> {
    const SPECIAL: [f64; 10] = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        -0.0,
        f64::MAX,
        f64::MIN_POSITIVE,
        5e-324,
        1.0,
        -1.0,
    ];
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 16
    };
    let pick = |n: u64, any: u64| match n % 4 {
        0 => SPECIAL[(n / 4 % 10) as usize],
        1 => f64::from_bits((any << 16) | (n & 0xffff)),
        _ => (n / 4 % 5) as f64,
    };
    (0..count).map(|_| pick(next(), next())).collect()
}

struct Compare<'a>(&'a [[f64; 64]], &'a [[f64; 64]], usize);

impl Work for Compare<'_> {
    type Output = Vec<u64>;

    #[inline(always)]
    fn run<V: Vector>(self) -> Vec<u64> {
        let mut out = vec![0; self.0.len()];
        match self.2 {
            0 => V::compare::<{ relation::EQ }>(self.0, self.1, &mut out),
            1 => V::compare::<{ relation::NE }>(self.0, self.1, &mut out),
            2 => V::compare::<{ relation::LT }>(self.0, self.1, &mut out),
            3 => V::compare::<{ relation::LE }>(self.0, self.1, &mut out),
            4 => V::compare::<{ relation::GT }>(self.0, self.1, &mut out),
            5 => V::compare::<{ relation::GE }>(self.0, self.1, &mut out),
            _ => V::compare::<{ relation::ORDERED }>(self.0, self.1, &mut out),
        }
        out
    }
}

struct Order<'a>(&'a [[f64; 64]], &'a [[f64; 64]]);

impl Work for Order<'_> {
    type Output = (Vec<u64>, Vec<u64>);

    #[inline(always)]
    fn run<V: Vector>(self) -> Self::Output {
        let mut out = (vec![0; self.0.len()], vec![0; self.0.len()]);
        V::order(self.0, self.1, &mut out.0, &mut out.1);
        out
    }
}

#[test]
fn comparisons_are_those_of_the_language() {
    let of: [fn(f64, f64) -> bool; 7] = [
        |a, b| a == b,
        |a, b| a != b,
        |a, b| a < b,
        |a, b| a <= b,
        |a, b| a > b,
        |a, b| a >= b,
        |a, b| !a.is_nan() && !b.is_nan(),
    ];
    for words in 0..9 {
        let (a, b) = (numbers(words, words as usize * 64), numbers(words + 100, words as usize * 64));
        for (which, of) in of.iter().enumerate() {
            let mut expected = vec![0_u64; words as usize];
            for (at, (&a, &b)) in a.iter().zip(&b).enumerate() {
                expected[at / 64] |= u64::from(of(a, b)) << (at % 64);
            }
            for level in Level::ALL {
                let (a, b) = (a.as_chunks().0, b.as_chunks().0);
                let found = wide::at(level, Compare(a, b, which));
                assert_eq!(found, expected, "relation {which}, {}, {words} words", level.name());
                let (greater, less) = wide::at(level, Order(a, b));
                assert_eq!(greater, wide::at(Level::Portable, Compare(a, b, 4)), "{}", level.name());
                assert_eq!(less, wide::at(Level::Portable, Compare(a, b, 2)), "{}", level.name());
            }
        }
    }
}

struct Arithmetic([[f64; GROUP]; 2]);

impl Work for Arithmetic {
    type Output = [[f64; GROUP]; 15];

    #[inline(always)]
    fn run<V: Vector>(self) -> Self::Output {
        let [a, b] = [V::Group::of(&self.0[0]), V::Group::of(&self.0[1])];
        [
            a,
            a.add(b),
            a.sub(b),
            a.mul(b),
            a.over(b),
            a.greater(b),
            a.lesser(b),
            a.carry::<1>(),
            a.carry::<2>(),
            a.carry::<4>(),
            a.carry_or::<1>(b),
            a.carry_or::<2>(b),
            a.carry_or::<4>(b),
            a.last(),
            V::Group::splat(self.0[0][0]),
        ]
        .map(V::Group::values)
    }
}

#[test]
fn arithmetic_and_carries_are_the_same_at_every_width() {
    let a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
    let b = [0.1, -0.0, 1e300, 5e-324, -3.0, 0.0, 1e-5, 0.7];
    for level in Level::ALL {
        let expected = [
            a,
            from_fn(|i| a[i] + b[i]),
            from_fn(|i| a[i] - b[i]),
            from_fn(|i| a[i] * b[i]),
            from_fn(|i| a[i] / b[i]),
            from_fn(|i| if a[i] > b[i] { a[i] } else { b[i] }),
            from_fn(|i| if a[i] < b[i] { a[i] } else { b[i] }),
            [0.0, 1.0, 0.0, 3.0, 0.0, 5.0, 0.0, 7.0],
            [0.0, 0.0, 2.0, 2.0, 0.0, 0.0, 6.0, 6.0],
            [0.0, 0.0, 0.0, 0.0, 4.0, 4.0, 4.0, 4.0],
            [b[0], 1.0, b[2], 3.0, b[4], 5.0, b[6], 7.0],
            [b[0], b[1], 2.0, 2.0, b[4], b[5], 6.0, 6.0],
            [b[0], b[1], b[2], b[3], 4.0, 4.0, 4.0, 4.0],
            [8.0; GROUP],
            [1.0; GROUP],
        ];
        let found = wide::at(level, Arithmetic([a, b]));
        let bits = |rows: [[f64; GROUP]; 15]| rows.map(|row| row.map(f64::to_bits));
        assert_eq!(bits(found), bits(expected), "{}", level.name());
    }
}
