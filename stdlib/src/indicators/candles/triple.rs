//! Patterns of three bars: `a` before `b` before `x`.

use super::bars::{Bar, all, either, score};

#[inline(always)]
fn last_three(x: Bar) -> (Bar, Bar) {
    (x.ago(2), x.ago(1))
}

/// The price lies between the ends of the body.
#[inline(always)]
fn inside_body(price: f64, bar: Bar) -> bool {
    (price < bar.top()) & (price > bar.bottom())
}

pub fn two_crows(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let on = all([
        a.white(),
        b.black(),
        x.black(),
        a.long(),
        b.body_gaps_up(a),
        inside_body(x.open(), b),
        inside_body(x.close(), a),
    ]);
    score(on, -100)
}

pub fn three_inside(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let goes_on = either(a.white(), x.black() & (x.close() < a.open()), x.white() & (x.close() > a.open()));
    let on = all([a.long(), b.not_long(), b.top() < a.top(), b.bottom() > a.bottom(), goes_on]);
    score(on, -a.sign() * 100)
}

pub fn three_outside(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let goes_on = either(b.white(), x.close() > b.close(), x.close() < b.close());
    let on = all([b.white() != a.white(), b.top() > a.top(), b.bottom() < a.bottom(), goes_on]);
    score(on, b.sign() * 100)
}

pub fn three_stars_in_the_south(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let on = all([
        a.black(),
        b.black(),
        x.black(),
        a.long(),
        a.long_lower(),
        b.body() < a.body(),
        b.open() > a.close(),
        b.open() <= a.high(),
        b.low() < a.close(),
        b.low() >= a.low(),
        b.lower() > b.sliver(),
        x.short(),
        x.no_lower(),
        x.no_upper(),
        x.low() > b.low(),
        x.high() < b.high(),
    ]);
    score(on, 100)
}

/// Three white bars that close higher and higher.
#[inline(always)]
fn three_white(a: Bar, b: Bar, x: Bar) -> bool {
    all([a.white(), b.white(), x.white(), x.close() > b.close(), b.close() > a.close()])
}

/// Opens within or near the white body before.
#[inline(always)]
fn opens_in_or_near(bar: Bar, before: Bar) -> bool {
    (bar.open() > before.open()) & (bar.open() <= before.close() + before.near())
}

pub fn three_white_soldiers(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let on = all([
        three_white(a, b, x),
        a.no_upper(),
        b.no_upper(),
        x.no_upper(),
        opens_in_or_near(b, a),
        opens_in_or_near(x, b),
        b.body() > a.body() - a.far(),
        x.body() > b.body() - b.far(),
        x.long(),
    ]);
    score(on, 100)
}

pub fn advance_block(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let shrinks_far_then_near = (b.body() < a.body() - a.far()) & (x.body() < b.body() + b.near());
    let shrinks_far_last = x.body() < b.body() - b.far();
    let shrinks_with_shadows = all([
        x.body() < b.body(),
        b.body() < a.body(),
        (x.upper() > x.short_shadow()) | (b.upper() > b.short_shadow()),
    ]);
    let ends_with_shadow = (x.body() < b.body()) & x.long_upper();
    let on = all([
        three_white(a, b, x),
        opens_in_or_near(b, a),
        opens_in_or_near(x, b),
        a.long(),
        a.upper() < a.short_shadow(),
        shrinks_far_then_near | shrinks_far_last | shrinks_with_shadows | ends_with_shadow,
    ]);
    score(on, -100)
}

pub fn stalled_pattern(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let on = all([
        three_white(a, b, x),
        a.long(),
        b.long(),
        b.no_upper(),
        opens_in_or_near(b, a),
        x.short(),
        x.open() >= b.close() - x.body() - b.near(),
    ]);
    score(on, -100)
}

/// How far the last bar must reach into the first one's body.
const STAR_REACH: f64 = 0.3;

#[inline(always)]
fn reaches_down_into(x: Bar, a: Bar) -> bool {
    x.close() < a.close() - a.body() * STAR_REACH
}

#[inline(always)]
fn reaches_up_into(x: Bar, a: Bar) -> bool {
    x.close() > a.close() + a.body() * STAR_REACH
}

pub fn abandoned_baby(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let falls = all([reaches_down_into(x, a), b.gaps_up(a), x.gaps_down(b)]);
    let rises = all([reaches_up_into(x, a), b.gaps_down(a), x.gaps_up(b)]);
    let on = all([a.long(), b.doji(), x.long(), a.white() != x.white(), either(a.white(), falls, rises)]);
    score(on, x.sign() * 100)
}

#[inline(always)]
fn evening(a: Bar, b: Bar, x: Bar) -> bool {
    all([a.white(), x.black(), a.long(), b.body_gaps_up(a), x.long(), reaches_down_into(x, a)])
}

#[inline(always)]
fn morning(a: Bar, b: Bar, x: Bar) -> bool {
    all([a.black(), x.white(), a.long(), b.body_gaps_down(a), x.long(), reaches_up_into(x, a)])
}

pub fn evening_doji_star(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    score(evening(a, b, x) & b.doji(), -100)
}

pub fn evening_star(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    score(evening(a, b, x) & b.not_long(), -100)
}

pub fn morning_doji_star(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    score(morning(a, b, x) & b.doji(), 100)
}

pub fn morning_star(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    score(morning(a, b, x) & b.not_long(), 100)
}

pub fn gap_side_by_side_white(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let up = b.body_gaps_up(a) & x.body_gaps_up(a);
    let down = b.body_gaps_down(a) & x.body_gaps_down(a);
    let on = all([
        up | down,
        b.white(),
        x.white(),
        x.body() >= b.body() - b.near(),
        x.body() <= b.body() + b.near(),
        b.equals(b.open(), x.open()),
    ]);
    score(on, if up { 100 } else { -100 })
}

pub fn identical_three_crows(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let on = all([
        a.black(),
        b.black(),
        x.black(),
        a.no_lower(),
        b.no_lower(),
        x.no_lower(),
        a.close() > b.close(),
        b.close() > x.close(),
        a.equals(a.close(), b.open()),
        b.equals(b.close(), x.open()),
    ]);
    score(on, -100)
}

pub fn stick_sandwich(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let on = all([a.black(), b.white(), x.black(), b.low() > a.close(), a.equals(a.close(), x.close())]);
    score(on, 100)
}

pub fn tasuki_gap(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let up = all([b.white(), b.body_gaps_up(a), x.close() < b.open(), x.close() > a.top()]);
    let down = all([b.black(), b.body_gaps_down(a), x.close() > b.open(), x.close() < a.bottom()]);
    let on = all([
        b.white() != x.white(),
        inside_body(x.open(), b),
        (b.body() - x.body()).abs() < b.near(),
        up | down,
    ]);
    score(on, b.sign() * 100)
}

/// All three are measured by the doji size of the first.
pub fn tristar(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let size = a.doji_size();
    let dojis = all([a.body() <= size, b.body() <= size, x.body() <= size]);
    let up = b.body_gaps_down(a) & (x.bottom() > b.bottom());
    let down = b.body_gaps_up(a) & (x.top() < b.top());
    score(dojis & (up | down), if up { 100 } else { -100 })
}

pub fn unique_three_river(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let on = all([
        a.black(),
        b.black(),
        x.white(),
        a.long(),
        b.close() > a.close(),
        b.open() <= a.open(),
        b.low() < a.low(),
        x.short(),
        x.open() > b.low(),
    ]);
    score(on, 100)
}

pub fn upside_gap_two_crows(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let on = all([
        a.white(),
        b.black(),
        x.black(),
        a.long(),
        b.not_long(),
        b.body_gaps_up(a),
        x.open() > b.open(),
        x.close() < b.close(),
        x.close() > a.close(),
    ]);
    score(on, -100)
}

pub fn gap_three_methods(x: Bar) -> i32 {
    let (a, b) = last_three(x);
    let on = all([
        a.white() == b.white(),
        b.white() != x.white(),
        inside_body(x.open(), b),
        inside_body(x.close(), a),
        either(a.white(), b.body_gaps_up(a), b.body_gaps_down(a)),
    ]);
    score(on, a.sign() * 100)
}
