//! Prices of several bars, a lane each.

use std::ops::{Add, Mul, Sub};

use crate::wide::Vector;

/// Prices, or distances of prices, of several bars.
#[derive(Clone, Copy)]
pub struct Price<V>(pub V);

impl<V: Vector> Price<V> {
    /// Without its sign.
    #[inline(always)]
    pub fn size(self) -> Price<V> {
        Price(self.0.abs())
    }

    #[inline(always)]
    pub fn above(self, other: Price<V>) -> V::Mask {
        self.0.above(other.0)
    }

    #[inline(always)]
    pub fn below(self, other: Price<V>) -> V::Mask {
        other.0.above(self.0)
    }

    #[inline(always)]
    pub fn at_least(self, other: Price<V>) -> V::Mask {
        self.0.at_least(other.0)
    }

    #[inline(always)]
    pub fn at_most(self, other: Price<V>) -> V::Mask {
        other.0.at_least(self.0)
    }
}

impl<V: Vector> Add for Price<V> {
    type Output = Price<V>;

    #[inline(always)]
    fn add(self, other: Price<V>) -> Price<V> {
        Price(Vector::add(self.0, other.0))
    }
}

impl<V: Vector> Sub for Price<V> {
    type Output = Price<V>;

    #[inline(always)]
    fn sub(self, other: Price<V>) -> Price<V> {
        Price(Vector::sub(self.0, other.0))
    }
}

impl<V: Vector> Mul<f64> for Price<V> {
    type Output = Price<V>;

    #[inline(always)]
    fn mul(self, part: f64) -> Price<V> {
        Price(Vector::mul(self.0, V::splat(part)))
    }
}
