//! Patterns of three bars: `a` before `b` before `x`.

use super::bars::{Bar, all, either, found, found_by};
use super::price::Price;
use crate::wide::Vector;

#[inline(always)]
fn last_three<V: Vector>(x: Bar<V>) -> (Bar<V>, Bar<V>) {
    (x.ago(2), x.ago(1))
}

/// The price lies between the ends of the body.
#[inline(always)]
fn inside_body<V: Vector>(price: Price<V>, bar: Bar<V>) -> V::Mask {
    (price.below(bar.top())) & (price.above(bar.bottom()))
}

#[inline(always)]
pub fn two_crows<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let on = all![
        a.white(),
        b.black(),
        x.black(),
        a.long(),
        b.body_gaps_up(a),
        inside_body(x.open(), b),
        inside_body(x.close(), a),
    ];
    found(on, -100.0)
}

#[inline(always)]
pub fn three_inside<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let goes_on =
        either(a.white(), x.black() & x.close().below(a.open()), x.white() & x.close().above(a.open()));
    let on = all![a.long(), b.not_long(), b.top().below(a.top()), b.bottom().above(a.bottom()), goes_on];
    found_by(on, a.black(), 100.0)
}

#[inline(always)]
pub fn three_outside<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let goes_on = either(b.white(), x.close().above(b.close()), x.close().below(b.close()));
    let on = all![b.unlike(a), b.top().above(a.top()), b.bottom().below(a.bottom()), goes_on];
    found_by(on, b.white(), 100.0)
}

#[inline(always)]
pub fn three_stars_in_the_south<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let on = all![
        a.black(),
        b.black(),
        x.black(),
        a.long(),
        a.long_lower(),
        b.body().below(a.body()),
        b.open().above(a.close()),
        b.open().at_most(a.high()),
        b.low().below(a.close()),
        b.low().at_least(a.low()),
        b.lower().above(b.sliver()),
        x.short(),
        x.no_lower(),
        x.no_upper(),
        x.low().above(b.low()),
        x.high().below(b.high()),
    ];
    found(on, 100.0)
}

/// Three white bars that close higher and higher.
#[inline(always)]
fn three_white<V: Vector>(a: Bar<V>, b: Bar<V>, x: Bar<V>) -> V::Mask {
    all![a.white(), b.white(), x.white(), x.close().above(b.close()), b.close().above(a.close())]
}

/// Opens within or near the white body before.
#[inline(always)]
fn opens_in_or_near<V: Vector>(bar: Bar<V>, before: Bar<V>) -> V::Mask {
    bar.open().above(before.open()) & bar.open().at_most(before.close() + before.near())
}

#[inline(always)]
pub fn three_white_soldiers<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let on = all![
        three_white(a, b, x),
        a.no_upper(),
        b.no_upper(),
        x.no_upper(),
        opens_in_or_near(b, a),
        opens_in_or_near(x, b),
        b.body().above(a.body() - a.far()),
        x.body().above(b.body() - b.far()),
        x.long(),
    ];
    found(on, 100.0)
}

#[inline(always)]
pub fn advance_block<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let shrinks_far_then_near = b.body().below(a.body() - a.far()) & x.body().below(b.body() + b.near());
    let shrinks_far_last = x.body().below(b.body() - b.far());
    let shrinks_with_shadows = all![
        x.body().below(b.body()),
        b.body().below(a.body()),
        x.upper().above(x.short_shadow()) | b.upper().above(b.short_shadow()),
    ];
    let ends_with_shadow = x.body().below(b.body()) & x.long_upper();
    let on = all![
        three_white(a, b, x),
        opens_in_or_near(b, a),
        opens_in_or_near(x, b),
        a.long(),
        a.upper().below(a.short_shadow()),
        shrinks_far_then_near | shrinks_far_last | shrinks_with_shadows | ends_with_shadow,
    ];
    found(on, -100.0)
}

#[inline(always)]
pub fn stalled_pattern<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let on = all![
        three_white(a, b, x),
        a.long(),
        b.long(),
        b.no_upper(),
        opens_in_or_near(b, a),
        x.short(),
        x.open().at_least(b.close() - x.body() - b.near()),
    ];
    found(on, -100.0)
}

/// How far the last bar must reach into the first one's body.
const STAR_REACH: f64 = 0.3;

#[inline(always)]
fn reaches_down_into<V: Vector>(x: Bar<V>, a: Bar<V>) -> V::Mask {
    x.close().below(a.close() - a.body() * STAR_REACH)
}

#[inline(always)]
fn reaches_up_into<V: Vector>(x: Bar<V>, a: Bar<V>) -> V::Mask {
    x.close().above(a.close() + a.body() * STAR_REACH)
}

#[inline(always)]
pub fn abandoned_baby<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let falls = all![reaches_down_into(x, a), b.gaps_up(a), x.gaps_down(b)];
    let rises = all![reaches_up_into(x, a), b.gaps_down(a), x.gaps_up(b)];
    let on = all![a.long(), b.doji(), x.long(), a.unlike(x), either(a.white(), falls, rises)];
    found_by(on, x.white(), 100.0)
}

#[inline(always)]
fn evening<V: Vector>(a: Bar<V>, b: Bar<V>, x: Bar<V>) -> V::Mask {
    all![a.white(), x.black(), a.long(), b.body_gaps_up(a), x.long(), reaches_down_into(x, a)]
}

#[inline(always)]
fn morning<V: Vector>(a: Bar<V>, b: Bar<V>, x: Bar<V>) -> V::Mask {
    all![a.black(), x.white(), a.long(), b.body_gaps_down(a), x.long(), reaches_up_into(x, a)]
}

#[inline(always)]
pub fn evening_doji_star<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    found(evening(a, b, x) & b.doji(), -100.0)
}

#[inline(always)]
pub fn evening_star<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    found(evening(a, b, x) & b.not_long(), -100.0)
}

#[inline(always)]
pub fn morning_doji_star<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    found(morning(a, b, x) & b.doji(), 100.0)
}

#[inline(always)]
pub fn morning_star<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    found(morning(a, b, x) & b.not_long(), 100.0)
}

#[inline(always)]
pub fn gap_side_by_side_white<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let up = b.body_gaps_up(a) & x.body_gaps_up(a);
    let down = b.body_gaps_down(a) & x.body_gaps_down(a);
    let on = all![
        up | down,
        b.white(),
        x.white(),
        x.body().at_least(b.body() - b.near()),
        x.body().at_most(b.body() + b.near()),
        b.equals(b.open(), x.open()),
    ];
    found_by(on, up, 100.0)
}

#[inline(always)]
pub fn identical_three_crows<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let on = all![
        a.black(),
        b.black(),
        x.black(),
        a.no_lower(),
        b.no_lower(),
        x.no_lower(),
        a.close().above(b.close()),
        b.close().above(x.close()),
        a.equals(a.close(), b.open()),
        b.equals(b.close(), x.open()),
    ];
    found(on, -100.0)
}

#[inline(always)]
pub fn stick_sandwich<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let on = all![a.black(), b.white(), x.black(), b.low().above(a.close()), a.equals(a.close(), x.close())];
    found(on, 100.0)
}

#[inline(always)]
pub fn tasuki_gap<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let up = all![b.white(), b.body_gaps_up(a), x.close().below(b.open()), x.close().above(a.top())];
    let down = all![b.black(), b.body_gaps_down(a), x.close().above(b.open()), x.close().below(a.bottom())];
    let on =
        all![b.unlike(x), inside_body(x.open(), b), (b.body() - x.body()).size().below(b.near()), up | down,];
    found_by(on, b.white(), 100.0)
}

/// All three are measured by the doji size of the first.
#[inline(always)]
pub fn tristar<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let size = a.doji_size();
    let dojis = all![a.body().at_most(size), b.body().at_most(size), x.body().at_most(size)];
    let up = b.body_gaps_down(a) & x.bottom().above(b.bottom());
    let down = b.body_gaps_up(a) & x.top().below(b.top());
    found_by(dojis & (up | down), up, 100.0)
}

#[inline(always)]
pub fn unique_three_river<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let on = all![
        a.black(),
        b.black(),
        x.white(),
        a.long(),
        b.close().above(a.close()),
        b.open().at_most(a.open()),
        b.low().below(a.low()),
        x.short(),
        x.open().above(b.low()),
    ];
    found(on, 100.0)
}

#[inline(always)]
pub fn upside_gap_two_crows<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let on = all![
        a.white(),
        b.black(),
        x.black(),
        a.long(),
        b.not_long(),
        b.body_gaps_up(a),
        x.open().above(b.open()),
        x.close().below(b.close()),
        x.close().above(a.close()),
    ];
    found(on, -100.0)
}

#[inline(always)]
pub fn gap_three_methods<V: Vector>(x: Bar<V>) -> V {
    let (a, b) = last_three(x);
    let on = all![
        a.like(b),
        b.unlike(x),
        inside_body(x.open(), b),
        inside_body(x.close(), a),
        either(a.white(), b.body_gaps_up(a), b.body_gaps_down(a)),
    ];
    found_by(on, a.white(), 100.0)
}
