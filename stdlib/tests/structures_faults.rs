//! The reference's faults in swing, trend, market_structure and fibonacci, by their numbers: its output (in
//! the comments), ours, and the reason. Numbers without a test change no output: 59 is two fields that
//! nobody reads.

mod structure_chain;

use stdlib::{Kind, Params, Value, builtin, lookup};
use structure_chain::made::{add, chain_with, high, last, low, on, prices, swing, with};
use structure_chain::{Chain, Columns, Instance};

fn swing_of(bars: &Columns, params: &[(&str, &str)]) -> Chain {
    let mut all = vec![("left", "1"), ("right", "1")];
    all.extend(params);
    Chain::run(&[Instance::new("s", "swing", &[], &all)], bars)
}

/// Reference: a double top has no pivot at all. Ours: the same by default, as TA-Lib; `ties` takes one of
/// the two.
#[test]
fn fault_49_equal_highs() {
    let bars = prices(&[1.0, 2.0, 5.0, 5.0, 2.0, 1.0]);
    let pivots = |ties: &str| {
        let chain = swing_of(&bars, &[("ties", ties)]);
        (last(chain.column("s", "high_version")), last(chain.column("s", "high_idx")))
    };
    assert_eq!(pivots("strict").0, 0.0);
    assert_eq!(pivots("first"), (1.0, 2.0));
    assert_eq!(pivots("last"), (1.0, 3.0));
}

/// Reference: the missing bar becomes a pivot of level NaN. Ours: it is no part of the window, and the bars
/// around it are neighbours.
#[test]
fn fault_50_missing_bars_are_no_pivots() {
    let chain = swing_of(&prices(&[1.0, 5.0, f64::NAN, 2.0, 1.0, 3.0]), &[]);
    assert_eq!(on(chain.column("s", "high_accepted")), [3]);
    assert_eq!((chain.column("s", "high_level")[3], chain.column("s", "high_idx")[3]), (5.0, 1.0));
    assert!(chain.column("s", "high_level")[2].is_nan(), "a skipped bar has no outputs");
    assert_eq!(last(chain.column("s", "low_level")), 1.0);
}

/// L90 H110 H105 L95. Reference: the lower high replaces the higher one, pair 105/95. Ours: 110/95.
#[test]
fn fault_51_a_less_extreme_pivot_does_not_replace() {
    let chain = swing_of(&prices(&[95.0, 90.0, 100.0, 110.0, 100.0, 100.0, 105.0, 100.0, 95.0, 100.0]), &[]);
    assert_eq!(last(chain.column("s", "high_level")), 105.0, "the pivot itself is still reported");
    assert_eq!(last(chain.column("s", "pair_high_level")), 110.0);
    assert_eq!(last(chain.column("s", "pair_low_level")), 95.0);
}

/// L90 H110 H115. Reference: the pair stays 110/90. Ours: the leg grew to 115; `hold` keeps the old way.
#[test]
fn fault_52_a_more_extreme_pivot_extends_the_pair() {
    let bars = prices(&[95.0, 90.0, 100.0, 110.0, 100.0, 100.0, 115.0, 100.0]);
    let pair = |update: &str| {
        let chain = swing_of(&bars, &[("pair_update", update)]);
        ["pair_high_level", "pair_high_idx", "pair_low_level", "pair_version"]
            .map(|n| last(chain.column("s", n)))
    };
    assert_eq!(pair("extend"), [115.0, 6.0, 90.0, 2.0]);
    assert_eq!(pair("hold"), [110.0, 3.0, 90.0, 1.0]);
}

/// A market that begins with a rise. Reference: assumes a rise is already known, so the low it began from
/// is never a pivot. Ours: it is, once price is far enough above it.
#[test]
fn fault_53_the_first_leg_of_a_zigzag_is_not_assumed() {
    let path = [100.0, 99.0, 101.0, 104.0, 108.0, 104.0];
    let bars = with(prices(&path), "atr", &[1.0; 6]);
    let chain = swing_of(&bars, &[("mode", "atr_zigzag"), ("atr_key", "atr"), ("atr_multiplier", "3")]);
    assert_eq!(on(chain.column("s", "low_accepted")), [3]);
    assert_eq!(last(chain.column("s", "low_idx")), 1.0);
    assert_eq!(on(chain.column("s", "high_accepted")), [5]);
    assert_eq!(last(chain.column("s", "high_idx")), 4.0);
}

/// Reference: divides by a negative level, so the gate rejects every pivot; and without ATR the ATR gate
/// lets every pivot through. Ours: the size of the level counts, and a move that cannot be measured is not
/// far enough.
#[test]
fn fault_54_gates() {
    let bars = prices(&[-20.0, -10.0, -20.0, -12.0, -5.0, -12.0]);
    let chain = swing_of(&bars, &[("min_pct_move", "20")]);
    assert_eq!(last(chain.column("s", "high_level")), -5.0);
    let bars = with(prices(&[20.0, 30.0, 20.0, 25.0, 40.0, 25.0]), "atr", &[f64::NAN; 6]);
    let chain = swing_of(&bars, &[("min_atr_move", "1"), ("atr_key", "atr")]);
    assert_eq!(last(chain.column("s", "high_level")), 30.0);
}

fn trend_of(bars: usize, pivots: &[structure_chain::made::Pivot], size: &str) -> Chain {
    let mut chain = chain_with(vec![("swing", swing(bars, pivots))]);
    add(&mut chain, "trend", &["swing"], &[("wave_history_size", size)], &prices(&vec![1.0; bars]));
    chain
}

/// L90 H110 H105 L95 H107. Reference: 107 is a higher high, against the raw pivot 105 that its own waves
/// dropped. Ours: a lower high against 110. A later H120 moves the wave's end, which is then a higher high.
#[test]
fn fault_55_waves_are_compared_with_turning_points() {
    let pivots = [
        low(1, 90.0, 0),
        high(2, 110.0, 1),
        high(3, 105.0, 2),
        low(4, 95.0, 3),
        high(5, 107.0, 4),
        high(7, 120.0, 6),
    ];
    let chain = trend_of(8, &pivots, "4");
    let at = |name: &str, t: usize| chain.column("trend", name)[t];
    assert_eq!((at("last_hh", 5), at("last_lh", 5)), (0.0, 1.0));
    assert_eq!((at("last_hh", 7), at("last_lh", 7)), (1.0, 0.0));
    assert_eq!((at("direction", 5), at("direction", 7)), (0.0, 1.0), "LH and HL range, HH and HL rise");
}

/// Three waves. Reference: counts the pair (2, 1), which shares wave 2 with the pair (3, 2): two pairs,
/// strong. Ours: one pair, normal.
#[test]
fn fault_56_pairs_share_no_wave() {
    let pivots = [low(1, 90.0, 0), high(2, 100.0, 1), low(3, 95.0, 2), high(4, 110.0, 3)];
    let chain = trend_of(5, &pivots, "6");
    let end = ["direction", "wave_count", "strength"].map(|n| last(chain.column("trend", n)));
    assert_eq!(end, [1.0, 1.0, 1.0]);
    let pivots = [pivots, [low(5, 105.0, 4), high(6, 120.0, 5), low(7, 115.0, 6), high(8, 130.0, 7)]]
        .into_iter()
        .flatten();
    let chain = trend_of(9, &pivots.collect::<Vec<_>>(), "6");
    assert_eq!(last(chain.column("trend", "wave_count")), 3.0);
}

/// Reference: bars_in_trend stands still on a bar whose pivot completes no wave (0, 1, 1, 2). Ours: it
/// counts bars.
#[test]
fn fault_57_bars_in_trend_counts_every_bar() {
    let pivots = [low(1, 90.0, 0), high(3, 110.0, 2), high(5, 100.0, 4)];
    let chain = trend_of(8, &pivots, "4");
    assert_eq!(chain.column("trend", "bars_in_trend"), [0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 3.0, 4.0]);
}

/// Up through H110, down through the low to hold at 100, then up again through H115. Reference: the change
/// of character leaves no level to hold, so the way up is only a BOS, or nothing. Ours: it is a change of
/// character. And the armed low of 95, newer than the level to hold and unbroken, stays armed.
#[test]
fn fault_58_a_change_of_character_leaves_a_level_to_hold() {
    let pivots = [high(1, 110.0, 0), low(2, 100.0, 1), high(4, 115.0, 3), low(5, 95.0, 4)];
    let bars = prices(&[105.0, 105.0, 105.0, 112.0, 105.0, 105.0, 98.0, 105.0, 118.0]);
    let mut chain = chain_with(vec![("swing", swing(9, &pivots))]);
    add(&mut chain, "market_structure", &["swing"], &[], &bars);
    let column = |name| chain.column("market_structure", name);
    assert_eq!(on(column("bos_this_bar")), [3]);
    assert_eq!(on(column("choch_this_bar")), [6, 8]);
    assert_eq!(column("choch_level")[6], 115.0);
    assert_eq!(column("break_level_low")[6], 95.0);
    assert_eq!((column("last_choch_idx")[8], column("last_choch_pivot_idx")[8]), (8.0, 3.0));
    assert_eq!(column("bias"), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, -1.0, -1.0, 1.0]);
}

fn fib_params(levels: &[f64], mode: u16, paired: bool, trend: bool) -> Params {
    Params(vec![Value::List(levels.to_vec()), Value::Choice(mode), Value::Bool(paired), Value::Bool(trend)])
}

/// Reference: `use_trend_anchor: true` is refused unless `use_paired_anchor: false` is written beside it.
#[test]
fn fault_60_the_trend_anchor_stands_alone() {
    let row = builtin(lookup(Kind::Structure, "fibonacci").expect("it is there"));
    assert!((row.check)(&fib_params(&[0.5], 1, true, true)).is_ok());
    let pivots = [low(1, 90.0, 0), high(2, 110.0, 1)];
    let mut chain = trend_of(3, &pivots, "4");
    let bars = prices(&[1.0; 3]);
    add(
        &mut chain,
        "fibonacci",
        &["swing", "trend"],
        &[("use_trend_anchor", "true"), ("levels", "[0.5]")],
        &bars,
    );
    assert_eq!(last(chain.column("fibonacci", "level_0.5")), 100.0);
    assert_eq!(last(chain.column("fibonacci", "anchor_trend_direction")), 1.0);
}

/// Reference: six digits, so both are level_0.123457 and one is lost. Ours: the shortest decimal form.
#[test]
fn fault_61_ratios_keep_their_names() {
    let row = builtin(lookup(Kind::Structure, "fibonacci").expect("it is there"));
    let outputs = row.outputs(&fib_params(&[0.1234567, 0.12345674, 1.0, -0.272], 0, true, false));
    let names: Vec<_> = outputs[..4].iter().map(|o| o.name.as_ref()).collect();
    assert_eq!(names, ["level_0.1234567", "level_0.12345674", "level_1", "level_-0.272"]);
    assert!((row.check)(&fib_params(&[0.5, 0.5], 0, true, false)).is_err());
}

/// A pair whose low is above its high. Reference: levels upside down, range -5. Ours: the anchor before it
/// stays.
#[test]
fn fault_62_no_inverted_anchor() {
    let pivots = [low(1, 90.0, 0), high(2, 110.0, 1), low(4, 115.0, 3)];
    let mut chain = chain_with(vec![("swing", swing(6, &pivots))]);
    add(&mut chain, "fibonacci", &["swing"], &[("levels", "[0.5]")], &prices(&[1.0; 6]));
    assert_eq!(last(chain.column("swing", "pair_low_level")), 115.0);
    assert_eq!(last(chain.column("fibonacci", "level_0.5")), 100.0);
    assert_eq!(last(chain.column("fibonacci", "range")), 20.0);
}
