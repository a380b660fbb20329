//! Patterns of four and five bars; `x` is the last.

use super::bars::{Bar, all, either, score};

pub fn three_black_crows(x: Bar) -> i32 {
    let (before, a, b) = (x.ago(3), x.ago(2), x.ago(1));
    let opens_in = |bar: Bar, of: Bar| (bar.open() < of.open()) & (bar.open() > of.close());
    let on = all([
        before.white(),
        a.black(),
        b.black(),
        x.black(),
        a.no_lower(),
        b.no_lower(),
        x.no_lower(),
        opens_in(b, a),
        opens_in(x, b),
        before.high() > a.close(),
        a.close() > b.close(),
        b.close() > x.close(),
    ]);
    score(on, -100)
}

pub fn three_line_strike(x: Bar) -> i32 {
    let (a, b, c) = (x.ago(3), x.ago(2), x.ago(1));
    let opens_near =
        |bar: Bar, of: Bar| (bar.open() >= of.bottom() - of.near()) & (bar.open() <= of.top() + of.near());
    let up = all([c.close() > b.close(), b.close() > a.close(), x.open() > c.close(), x.close() < a.open()]);
    let down =
        all([c.close() < b.close(), b.close() < a.close(), x.open() < c.close(), x.close() > a.open()]);
    let on = all([
        a.white() == b.white(),
        b.white() == c.white(),
        c.white() != x.white(),
        either(c.white(), up, down),
        opens_near(b, a),
        opens_near(c, b),
    ]);
    score(on, c.sign() * 100)
}

pub fn concealing_baby_swallow(x: Bar) -> i32 {
    let (a, b, c) = (x.ago(3), x.ago(2), x.ago(1));
    let bare = |bar: Bar| bar.no_lower() & bar.no_upper();
    let on = all([
        a.black(),
        b.black(),
        c.black(),
        x.black(),
        bare(a),
        bare(b),
        c.body_gaps_down(b),
        c.upper() > c.sliver(),
        c.high() > b.close(),
        x.high() > c.high(),
        x.low() < c.low(),
    ]);
    score(on, 100)
}

pub fn breakaway(x: Bar) -> i32 {
    let [a, b, c, d] = [x.ago(4), x.ago(3), x.ago(2), x.ago(1)];
    let higher = |bar: Bar, than: Bar| (bar.high() > than.high()) & (bar.low() > than.low());
    let lower = |bar: Bar, than: Bar| (bar.high() < than.high()) & (bar.low() < than.low());
    let up =
        all([b.body_gaps_up(a), higher(c, b), higher(d, c), x.close() < b.open(), x.close() > a.close()]);
    let down =
        all([b.body_gaps_down(a), lower(c, b), lower(d, c), x.close() > b.open(), x.close() < a.close()]);
    let on = all([
        a.white() == b.white(),
        b.white() == d.white(),
        d.white() != x.white(),
        a.long(),
        either(a.white(), up, down),
    ]);
    score(on, x.sign() * 100)
}

pub fn ladder_bottom(x: Bar) -> i32 {
    let [a, b, c, d] = [x.ago(4), x.ago(3), x.ago(2), x.ago(1)];
    let on = all([
        a.black(),
        b.black(),
        c.black(),
        d.black(),
        x.white(),
        a.open() > b.open(),
        b.open() > c.open(),
        a.close() > b.close(),
        b.close() > c.close(),
        d.upper() > d.sliver(),
        x.open() > d.open(),
        x.close() > d.high(),
    ]);
    score(on, 100)
}

pub fn mat_hold(x: Bar) -> i32 {
    let [a, b, c, d] = [x.ago(4), x.ago(3), x.ago(2), x.ago(1)];
    let deepest = a.close() - a.body() * 0.5;
    let holds = |bar: Bar| (bar.bottom() < a.close()) & (bar.bottom() > deepest);
    let on = all([
        a.white(),
        b.black(),
        x.white(),
        a.long(),
        b.short(),
        c.short(),
        d.short(),
        b.body_gaps_up(a),
        holds(c),
        holds(d),
        c.top() < b.open(),
        d.top() < c.top(),
        x.open() > d.close(),
        x.close() > b.high(),
        x.close() > c.high(),
        x.close() > d.high(),
    ]);
    score(on, 100)
}

pub fn rise_fall_three_methods(x: Bar) -> i32 {
    let [a, b, c, d] = [x.ago(4), x.ago(3), x.ago(2), x.ago(1)];
    let rising = a.white();
    let within = |bar: Bar| (bar.bottom() < a.high()) & (bar.top() > a.low());
    let beyond = |price: f64, other: f64| either(rising, price > other, price < other);
    let on = all([
        a.white() != b.white(),
        b.white() == c.white(),
        c.white() == d.white(),
        d.white() != x.white(),
        a.long(),
        b.short(),
        c.short(),
        d.short(),
        x.long(),
        within(b),
        within(c),
        within(d),
        beyond(b.close(), c.close()),
        beyond(c.close(), d.close()),
        beyond(x.open(), d.close()),
        beyond(x.close(), a.close()),
    ]);
    score(on, a.sign() * 100)
}
