//! Patterns of two bars: `a` before `x`.

use super::bars::{Bar, all, either, found, found_by};
use crate::wide::Vector;

#[inline(always)]
fn opposite<V: Vector>(a: Bar<V>, x: Bar<V>) -> V::Mask {
    a.unlike(x)
}

#[inline(always)]
pub fn counterattack<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(1);
    let on = all![opposite(a, x), a.long(), x.long(), a.equals(a.close(), x.close())];
    found_by(on, x.white(), 100.0)
}

#[inline(always)]
pub fn dark_cloud_cover<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(1);
    let on = all![
        a.white(),
        a.long(),
        x.black(),
        x.open().above(a.high()),
        x.close().above(a.open()),
        x.close().below(a.close() - a.body() * 0.5),
    ];
    found(on, -100.0)
}

#[inline(always)]
pub fn doji_star<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(1);
    let gap = either(a.white(), x.body_gaps_up(a), x.body_gaps_down(a));
    found_by(all![a.long(), x.doji(), gap], a.black(), 100.0)
}

/// 80 when the bodies share an end.
#[inline(always)]
pub fn engulfing<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(1);
    let (beyond_top, beyond_bottom) = (x.top().above(a.top()), x.bottom().below(a.bottom()));
    let covers = x.top().at_least(a.top()) & x.bottom().at_most(a.bottom()) & (beyond_top | beyond_bottom);
    let on = opposite(a, x) & covers;
    V::pick(beyond_top & beyond_bottom, found_by(on, x.white(), 100.0), found_by(on, x.white(), 80.0))
}

/// Within the body before: 100, sharing an end of it: 80.
#[inline(always)]
fn within<V: Vector>(on: V::Mask, x: Bar<V>, a: Bar<V>) -> V {
    let strictly = x.top().below(a.top()) & x.bottom().above(a.bottom());
    let touching = x.top().at_most(a.top()) & x.bottom().at_least(a.bottom());
    let on = on & touching;
    V::pick(strictly, found_by(on, a.black(), 100.0), found_by(on, a.black(), 80.0))
}

#[inline(always)]
pub fn harami<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(1);
    within(a.long() & x.not_long(), x, a)
}

#[inline(always)]
pub fn harami_cross<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(1);
    within(a.long() & x.doji(), x, a)
}

#[inline(always)]
pub fn homing_pigeon<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(1);
    let inside = x.open().below(a.open()) & x.close().above(a.close());
    found(all![a.black(), x.black(), a.long(), x.not_long(), inside], 100.0)
}

/// A long black bar, then a white one that opens below its low.
#[inline(always)]
fn falls_then_opens_below<V: Vector>(a: Bar<V>, x: Bar<V>) -> V::Mask {
    all![a.black(), x.white(), a.long(), x.open().below(a.low())]
}

#[inline(always)]
pub fn in_neck<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(1);
    let at_close = x.close().at_most(a.close() + a.equal()) & x.close().at_least(a.close());
    found(falls_then_opens_below(a, x) & at_close, -100.0)
}

#[inline(always)]
pub fn on_neck<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(1);
    found(falls_then_opens_below(a, x) & a.equals(a.low(), x.close()), -100.0)
}

#[inline(always)]
pub fn piercing<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(1);
    let on = all![
        falls_then_opens_below(a, x),
        x.long(),
        x.close().below(a.open()),
        x.close().above(a.close() + a.body() * 0.5),
    ];
    found(on, 100.0)
}

#[inline(always)]
pub fn thrusting<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(1);
    let on = all![
        falls_then_opens_below(a, x),
        x.close().above(a.close() + a.equal()),
        x.close().at_most(a.close() + a.body() * 0.5),
    ];
    found(on, -100.0)
}

/// Two long bars without shadows, apart by a gap in the direction of the second.
#[inline(always)]
fn kicks<V: Vector>(a: Bar<V>, x: Bar<V>) -> V::Mask {
    let gap = either(a.black(), x.gaps_up(a), x.gaps_down(a));
    all![opposite(a, x), a.long(), x.long(), a.bare(), x.bare(), gap]
}

#[inline(always)]
pub fn kicking<V: Vector>(x: Bar<V>) -> V {
    found_by(kicks(x.ago(1), x), x.white(), 100.0)
}

#[inline(always)]
pub fn kicking_by_length<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(1);
    let white = either(x.body().above(a.body()), x.white(), a.white());
    found_by(kicks(a, x), white, 100.0)
}

#[inline(always)]
pub fn matching_low<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(1);
    found(all![a.black(), x.black(), a.equals(a.close(), x.close())], 100.0)
}

#[inline(always)]
pub fn separating_lines<V: Vector>(x: Bar<V>) -> V {
    let a = x.ago(1);
    let bare = either(x.white(), x.no_lower(), x.no_upper());
    found_by(all![opposite(a, x), a.equals(a.open(), x.open()), x.long(), bare], x.white(), 100.0)
}
