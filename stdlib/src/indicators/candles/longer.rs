//! Patterns of four and five bars; `x` is the last.

use super::bars::{Bar, all, either, found, found_by};
use crate::wide::Vector;

/// Opens within the black body before.
#[inline(always)]
fn opens_in<V: Vector>(bar: Bar<V>, before: Bar<V>) -> V::Mask {
    bar.open().below(before.open()) & bar.open().above(before.close())
}

#[inline(always)]
fn opens_near<V: Vector>(bar: Bar<V>, before: Bar<V>) -> V::Mask {
    let near = before.near();
    bar.open().at_least(before.bottom() - near) & bar.open().at_most(before.top() + near)
}

#[inline(always)]
fn higher<V: Vector>(bar: Bar<V>, than: Bar<V>) -> V::Mask {
    bar.high().above(than.high()) & bar.low().above(than.low())
}

#[inline(always)]
fn lower<V: Vector>(bar: Bar<V>, than: Bar<V>) -> V::Mask {
    bar.high().below(than.high()) & bar.low().below(than.low())
}

/// The body touches the range of the other bar.
#[inline(always)]
fn reaches_into<V: Vector>(bar: Bar<V>, other: Bar<V>) -> V::Mask {
    bar.bottom().below(other.high()) & bar.top().above(other.low())
}

#[inline(always)]
pub fn three_black_crows<V: Vector>(x: Bar<V>) -> V {
    let (before, a, b) = (x.ago(3), x.ago(2), x.ago(1));
    let on = all![
        before.white(),
        a.black(),
        b.black(),
        x.black(),
        a.no_lower(),
        b.no_lower(),
        x.no_lower(),
        opens_in(b, a),
        opens_in(x, b),
        before.high().above(a.close()),
        a.close().above(b.close()),
        b.close().above(x.close()),
    ];
    found(on, -100.0)
}

#[inline(always)]
pub fn three_line_strike<V: Vector>(x: Bar<V>) -> V {
    let (a, b, c) = (x.ago(3), x.ago(2), x.ago(1));
    let up = all![
        c.close().above(b.close()),
        b.close().above(a.close()),
        x.open().above(c.close()),
        x.close().below(a.open())
    ];
    let down = all![
        c.close().below(b.close()),
        b.close().below(a.close()),
        x.open().below(c.close()),
        x.close().above(a.open())
    ];
    let on = all![
        a.like(b),
        b.like(c),
        c.unlike(x),
        either(c.white(), up, down),
        opens_near(b, a),
        opens_near(c, b),
    ];
    found_by(on, c.white(), 100.0)
}

#[inline(always)]
pub fn concealing_baby_swallow<V: Vector>(x: Bar<V>) -> V {
    let (a, b, c) = (x.ago(3), x.ago(2), x.ago(1));
    let on = all![
        a.black(),
        b.black(),
        c.black(),
        x.black(),
        a.bare(),
        b.bare(),
        c.body_gaps_down(b),
        c.upper().above(c.sliver()),
        c.high().above(b.close()),
        x.high().above(c.high()),
        x.low().below(c.low()),
    ];
    found(on, 100.0)
}

#[inline(always)]
pub fn breakaway<V: Vector>(x: Bar<V>) -> V {
    let [a, b, c, d] = [x.ago(4), x.ago(3), x.ago(2), x.ago(1)];
    let up = all![
        b.body_gaps_up(a),
        higher(c, b),
        higher(d, c),
        x.close().below(b.open()),
        x.close().above(a.close())
    ];
    let down = all![
        b.body_gaps_down(a),
        lower(c, b),
        lower(d, c),
        x.close().above(b.open()),
        x.close().below(a.close())
    ];
    let on = all![a.like(b), b.like(d), d.unlike(x), a.long(), either(a.white(), up, down),];
    found_by(on, x.white(), 100.0)
}

#[inline(always)]
pub fn ladder_bottom<V: Vector>(x: Bar<V>) -> V {
    let [a, b, c, d] = [x.ago(4), x.ago(3), x.ago(2), x.ago(1)];
    let on = all![
        a.black(),
        b.black(),
        c.black(),
        d.black(),
        x.white(),
        a.open().above(b.open()),
        b.open().above(c.open()),
        a.close().above(b.close()),
        b.close().above(c.close()),
        d.upper().above(d.sliver()),
        x.open().above(d.open()),
        x.close().above(d.high()),
    ];
    found(on, 100.0)
}

#[inline(always)]
pub fn mat_hold<V: Vector>(x: Bar<V>) -> V {
    let [a, b, c, d] = [x.ago(4), x.ago(3), x.ago(2), x.ago(1)];
    let deepest = a.close() - a.body() * 0.5;
    let on = all![
        a.white(),
        b.black(),
        x.white(),
        a.long(),
        b.short(),
        c.short(),
        d.short(),
        b.body_gaps_up(a),
        c.bottom().below(a.close()),
        c.bottom().above(deepest),
        d.bottom().below(a.close()),
        d.bottom().above(deepest),
        c.top().below(b.open()),
        d.top().below(c.top()),
        x.open().above(d.close()),
        x.close().above(b.high()),
        x.close().above(c.high()),
        x.close().above(d.high()),
    ];
    found(on, 100.0)
}

#[inline(always)]
pub fn rise_fall_three_methods<V: Vector>(x: Bar<V>) -> V {
    let [a, b, c, d] = [x.ago(4), x.ago(3), x.ago(2), x.ago(1)];
    let up = all![
        b.close().above(c.close()),
        c.close().above(d.close()),
        x.open().above(d.close()),
        x.close().above(a.close()),
    ];
    let down = all![
        b.close().below(c.close()),
        c.close().below(d.close()),
        x.open().below(d.close()),
        x.close().below(a.close()),
    ];
    let on = all![
        a.unlike(b),
        b.like(c),
        c.like(d),
        d.unlike(x),
        a.long(),
        b.short(),
        c.short(),
        d.short(),
        x.long(),
        reaches_into(b, a),
        reaches_into(c, a),
        reaches_into(d, a),
        either(a.white(), up, down),
    ];
    found_by(on, a.white(), 100.0)
}
