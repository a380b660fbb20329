//! Patterns of four and five bars; `x` is the last.

use super::bars::Bar;

pub fn three_black_crows(x: Bar) -> i32 {
    let (before, a, b) = (x.ago(3), x.ago(2), x.ago(1));
    let opens_in = |bar: Bar, of: Bar| bar.open() < of.open() && bar.open() > of.close();
    let on = before.white()
        && a.black()
        && b.black()
        && x.black()
        && a.no_lower()
        && b.no_lower()
        && x.no_lower()
        && opens_in(b, a)
        && opens_in(x, b)
        && before.high() > a.close()
        && a.close() > b.close()
        && b.close() > x.close();
    if on { -100 } else { 0 }
}

pub fn three_line_strike(x: Bar) -> i32 {
    let (a, b, c) = (x.ago(3), x.ago(2), x.ago(1));
    let opens_near =
        |bar: Bar, of: Bar| bar.open() >= of.bottom() - of.near() && bar.open() <= of.top() + of.near();
    if a.white() != b.white() || b.white() != c.white() || c.white() == x.white() {
        return 0;
    }
    let strikes = if c.white() {
        c.close() > b.close() && b.close() > a.close() && x.open() > c.close() && x.close() < a.open()
    } else {
        c.close() < b.close() && b.close() < a.close() && x.open() < c.close() && x.close() > a.open()
    };
    if strikes && opens_near(b, a) && opens_near(c, b) { c.sign() * 100 } else { 0 }
}

pub fn concealing_baby_swallow(x: Bar) -> i32 {
    let (a, b, c) = (x.ago(3), x.ago(2), x.ago(1));
    let bare = |bar: Bar| bar.no_lower() && bar.no_upper();
    let on = a.black()
        && b.black()
        && c.black()
        && x.black()
        && bare(a)
        && bare(b)
        && c.body_gaps_down(b)
        && c.upper() > c.sliver()
        && c.high() > b.close()
        && x.high() > c.high()
        && x.low() < c.low();
    if on { 100 } else { 0 }
}

pub fn breakaway(x: Bar) -> i32 {
    let [a, b, c, d] = [x.ago(4), x.ago(3), x.ago(2), x.ago(1)];
    if a.white() != b.white() || b.white() != d.white() || d.white() == x.white() || !a.long() {
        return 0;
    }
    let higher = |bar: Bar, than: Bar| bar.high() > than.high() && bar.low() > than.low();
    let lower = |bar: Bar, than: Bar| bar.high() < than.high() && bar.low() < than.low();
    let on = if a.white() {
        b.body_gaps_up(a) && higher(c, b) && higher(d, c) && x.close() < b.open() && x.close() > a.close()
    } else {
        b.body_gaps_down(a) && lower(c, b) && lower(d, c) && x.close() > b.open() && x.close() < a.close()
    };
    if on { x.sign() * 100 } else { 0 }
}

pub fn ladder_bottom(x: Bar) -> i32 {
    let [a, b, c, d] = [x.ago(4), x.ago(3), x.ago(2), x.ago(1)];
    let on = a.black()
        && b.black()
        && c.black()
        && d.black()
        && x.white()
        && a.open() > b.open()
        && b.open() > c.open()
        && a.close() > b.close()
        && b.close() > c.close()
        && d.upper() > d.sliver()
        && x.open() > d.open()
        && x.close() > d.high();
    if on { 100 } else { 0 }
}

pub fn mat_hold(x: Bar) -> i32 {
    let [a, b, c, d] = [x.ago(4), x.ago(3), x.ago(2), x.ago(1)];
    let deepest = a.close() - a.body() * 0.5;
    let holds = |bar: Bar| bar.bottom() < a.close() && bar.bottom() > deepest;
    let on = a.white()
        && b.black()
        && x.white()
        && a.long()
        && b.short()
        && c.short()
        && d.short()
        && b.body_gaps_up(a)
        && holds(c)
        && holds(d)
        && c.top() < b.open()
        && d.top() < c.top()
        && x.open() > d.close()
        && x.close() > b.high().max(c.high()).max(d.high());
    if on { 100 } else { 0 }
}

pub fn rise_fall_three_methods(x: Bar) -> i32 {
    let [a, b, c, d] = [x.ago(4), x.ago(3), x.ago(2), x.ago(1)];
    if a.white() == b.white() || b.white() != c.white() || c.white() != d.white() || d.white() == x.white() {
        return 0;
    }
    let sign = f64::from(a.sign());
    let within = |bar: Bar| bar.bottom() < a.high() && bar.top() > a.low();
    let on = a.long()
        && b.short()
        && c.short()
        && d.short()
        && x.long()
        && within(b)
        && within(c)
        && within(d)
        && c.close() * sign < b.close() * sign
        && d.close() * sign < c.close() * sign
        && x.open() * sign > d.close() * sign
        && x.close() * sign > a.close() * sign;
    if on { a.sign() * 100 } else { 0 }
}
