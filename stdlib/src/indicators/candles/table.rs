//! The 61 patterns: one row each.

use std::marker::PhantomData;

use super::bars::{Bar, Bars, HISTORY, STRETCH};
use super::means::{BODY, FIVE, NOTHING, RANGE, SHADOWS};
use super::{double as d, longer as l, single as s, trap, triple as t};
use crate::wide::{self, Vector, Work};

/// One pattern.
pub struct Pattern {
    /// TA-Lib's name without `CDL`, in lower case.
    pub name: &'static str,
    pub title: &'static str,
    /// The first bar on which it is defined.
    pub first: usize,
    /// The means it reads: `BODY`, `RANGE`, `SHADOWS`, `FIVE` of `bars`.
    pub means: u8,
    pub rule: Rule,
}

#[derive(Clone, Copy)]
pub enum Rule {
    /// Writes the values of the bars from `HISTORY` on.
    Shape(fn(&Bars<'_>, &mut [f64])),
    /// The same; what it finds is confirmed on a later bar.
    Trap(fn(&Bars<'_>, &mut [f64])),
}

/// A loop for each pattern, so that its tests stand in it without a call, at each width of vectors.
macro_rules! scan {
    ($test:path) => {{
        struct Only;
        impl Test for Only {
            #[inline(always)]
            fn of<V: Vector>(x: Bar<V>) -> V {
                $test(x)
            }
        }
        |bars, out| wide::run(Scan::<Only> { bars, out, test: PhantomData })
    }};
}

trait Test {
    /// The values of these bars.
    fn of<V: Vector>(x: Bar<V>) -> V;
}

struct Scan<'a, T> {
    bars: &'a Bars<'a>,
    out: &'a mut [f64],
    test: PhantomData<T>,
}

impl<T: Test> Work for Scan<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        // No more than a stretch: every place is then within the columns, without a test.
        let mut groups = self.out.chunks_exact_mut(V::LANES);
        let mut at = HISTORY;
        for slots in groups.by_ref().take(STRETCH / V::LANES) {
            T::of::<V>(self.bars.at(at)).store(slots);
            at += V::LANES;
        }
        let rest = groups.into_remainder();
        if !rest.is_empty() {
            rest.copy_from_slice(&T::of::<V>(self.bars.at(at)).lanes()[..rest.len()]);
        }
    }
}

macro_rules! shape {
    ($rule:path) => {
        Rule::Shape(scan!($rule))
    };
}

macro_rules! trap {
    ($rule:path) => {
        Rule::Trap(scan!($rule))
    };
}

const fn row(name: &'static str, title: &'static str, first: usize, means: u8, rule: Rule) -> Pattern {
    Pattern { name, title, first, means, rule }
}

pub static PATTERNS: [Pattern; 61] = TABLE;

/// The names, in the order of the table.
pub static NAMES: [&str; 61] = {
    let mut names = [""; 61];
    let mut i = 0;
    while i < names.len() {
        names[i] = TABLE[i].name;
        i += 1;
    }
    names
};

#[rustfmt::skip]
const TABLE: [Pattern; 61] = [
    row("2crows", "Two Crows", 12, BODY, shape!(t::two_crows)),
    row("3blackcrows", "Three Black Crows", 13, RANGE, shape!(l::three_black_crows)),
    row("3inside", "Three Inside Up/Down", 12, BODY, shape!(t::three_inside)),
    row("3linestrike", "Three-Line Strike", 8, FIVE, shape!(l::three_line_strike)),
    row("3outside", "Three Outside Up/Down", 3, NOTHING, shape!(t::three_outside)),
    row("3starsinsouth", "Three Stars In The South", 12, BODY | RANGE, shape!(t::three_stars_in_the_south)),
    row("3whitesoldiers", "Three White Soldiers", 12, BODY | RANGE | FIVE, shape!(t::three_white_soldiers)),
    row("abandonedbaby", "Abandoned Baby", 12, BODY | RANGE, shape!(t::abandoned_baby)),
    row("advanceblock", "Advance Block", 12, BODY | SHADOWS | FIVE, shape!(t::advance_block)),
    row("belthold", "Belt-hold", 10, BODY | RANGE, shape!(s::belt_hold)),
    row("breakaway", "Breakaway", 14, BODY, shape!(l::breakaway)),
    row("closingmarubozu", "Closing Marubozu", 10, BODY | RANGE, shape!(s::closing_marubozu)),
    row("concealbabyswall", "Concealing Baby Swallow", 13, RANGE, shape!(l::concealing_baby_swallow)),
    row("counterattack", "Counterattack", 11, BODY | FIVE, shape!(d::counterattack)),
    row("darkcloudcover", "Dark Cloud Cover", 11, BODY, shape!(d::dark_cloud_cover)),
    row("doji", "Doji", 10, RANGE, shape!(s::doji)),
    row("dojistar", "Doji Star", 11, BODY | RANGE, shape!(d::doji_star)),
    row("dragonflydoji", "Dragonfly Doji", 10, RANGE, shape!(s::dragonfly_doji)),
    row("engulfing", "Engulfing Pattern", 2, NOTHING, shape!(d::engulfing)),
    row("eveningdojistar", "Evening Doji Star", 12, BODY | RANGE, shape!(t::evening_doji_star)),
    row("eveningstar", "Evening Star", 12, BODY, shape!(t::evening_star)),
    row("gapsidesidewhite", "Gap side-by-side white lines", 7, FIVE, shape!(t::gap_side_by_side_white)),
    row("gravestonedoji", "Gravestone Doji", 10, RANGE, shape!(s::gravestone_doji)),
    row("hammer", "Hammer", 11, BODY | RANGE | FIVE, shape!(s::hammer)),
    row("hangingman", "Hanging Man", 11, BODY | RANGE | FIVE, shape!(s::hanging_man)),
    row("harami", "Harami Pattern", 11, BODY, shape!(d::harami)),
    row("haramicross", "Harami Cross Pattern", 11, BODY | RANGE, shape!(d::harami_cross)),
    row("highwave", "High-Wave Candle", 10, BODY, shape!(s::high_wave)),
    row("hikkake", "Hikkake Pattern", 5, NOTHING, trap!(trap::hikkake)),
    row("hikkakemod", "Modified Hikkake Pattern", 10, FIVE, trap!(trap::modified_hikkake)),
    row("homingpigeon", "Homing Pigeon", 11, BODY, shape!(d::homing_pigeon)),
    row("identical3crows", "Identical Three Crows", 12, RANGE | FIVE, shape!(t::identical_three_crows)),
    row("inneck", "In-Neck Pattern", 11, BODY | FIVE, shape!(d::in_neck)),
    row("invertedhammer", "Inverted Hammer", 11, BODY | RANGE, shape!(s::inverted_hammer)),
    row("kicking", "Kicking", 11, BODY | RANGE, shape!(d::kicking)),
    row("kickingbylength", "Kicking by the longer bar", 11, BODY | RANGE, shape!(d::kicking_by_length)),
    row("ladderbottom", "Ladder Bottom", 14, RANGE, shape!(l::ladder_bottom)),
    row("longleggeddoji", "Long Legged Doji", 10, RANGE, shape!(s::long_legged_doji)),
    row("longline", "Long Line Candle", 10, BODY | SHADOWS, shape!(s::long_line)),
    row("marubozu", "Marubozu", 10, BODY | RANGE, shape!(s::marubozu)),
    row("matchinglow", "Matching Low", 6, FIVE, shape!(d::matching_low)),
    row("mathold", "Mat Hold", 14, BODY, shape!(l::mat_hold)),
    row("morningdojistar", "Morning Doji Star", 12, BODY | RANGE, shape!(t::morning_doji_star)),
    row("morningstar", "Morning Star", 12, BODY, shape!(t::morning_star)),
    row("onneck", "On-Neck Pattern", 11, BODY | FIVE, shape!(d::on_neck)),
    row("piercing", "Piercing Pattern", 11, BODY, shape!(d::piercing)),
    row("rickshawman", "Rickshaw Man", 10, RANGE | FIVE, shape!(s::rickshaw_man)),
    row("risefall3methods", "Rising/Falling Three Methods", 14, BODY, shape!(l::rise_fall_three_methods)),
    row("separatinglines", "Separating Lines", 11, BODY | RANGE | FIVE, shape!(d::separating_lines)),
    row("shootingstar", "Shooting Star", 11, BODY | RANGE, shape!(s::shooting_star)),
    row("shortline", "Short Line Candle", 10, BODY | SHADOWS, shape!(s::short_line)),
    row("spinningtop", "Spinning Top", 10, BODY, shape!(s::spinning_top)),
    row("stalledpattern", "Stalled Pattern", 12, BODY | RANGE | FIVE, shape!(t::stalled_pattern)),
    row("sticksandwich", "Stick Sandwich", 7, FIVE, shape!(t::stick_sandwich)),
    row("takuri", "Takuri: dragonfly doji with a very long lower shadow", 10, RANGE, shape!(s::takuri)),
    row("tasukigap", "Tasuki Gap", 7, FIVE, shape!(t::tasuki_gap)),
    row("thrusting", "Thrusting Pattern", 11, BODY | FIVE, shape!(d::thrusting)),
    row("tristar", "Tristar Pattern", 12, RANGE, shape!(t::tristar)),
    row("unique3river", "Unique 3 River", 12, BODY, shape!(t::unique_three_river)),
    row("upsidegap2crows", "Upside Gap Two Crows", 12, BODY, shape!(t::upside_gap_two_crows)),
    row("xsidegap3methods", "Upside/Downside Gap Three Methods", 2, NOTHING, shape!(t::gap_three_methods)),
];
