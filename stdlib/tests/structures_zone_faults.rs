//! The reference's faults in the zone detectors, by their numbers: its output (in the comments), ours, and
//! the reason. Fault 83, unknown parameters ignored, is the compiler's to refuse; 84 is about the
//! reference's pages.

mod structure_chain;

use structure_chain::made::{Pivot, add, candles, chain_with, high, last, low, on, prices, swing, with};
use structure_chain::{Chain, Columns, Instance};

/// A chain of these swings and one structure over these bars.
fn over(bars: &Columns, pivots: &[Pivot], ty: &str, params: &[(&str, &str)]) -> Chain {
    let mut chain = chain_with(vec![("swing", swing(bars["close"].len(), pivots))]);
    add(&mut chain, ty, &["swing"], params, bars);
    chain
}

/// The ATR is missing on the bar on which the next low is known and price closes below the zone. Reference:
/// does not test the live zone then, still active. Ours: broken.
#[test]
fn fault_63_a_zone_is_tested_without_atr() {
    let bars = with(prices(&[100.0, 100.0, 100.0, 80.0, 80.0]), "atr", &[2.0, 2.0, 2.0, f64::NAN, f64::NAN]);
    let pivots = [low(1, 90.0, 0), low(3, 79.0, 2)];
    let chain =
        over(&bars, &pivots, "zone", &[("zone_type", "demand"), ("width_atr", "1"), ("atr_key", "atr")]);
    assert_eq!(chain.column("zone", "state"), [0.0, 1.0, 1.0, 2.0, 2.0]);
    assert_eq!(on(chain.column("zone", "broken_this_bar")), [3]);
}

/// Swing low 90, ATR 2. Reference: demand from 88 to 90, below the low. Ours: from 90 to 92; `beyond` gives
/// theirs.
#[test]
fn fault_64_a_demand_zone_lies_above_the_low() {
    let bars = with(prices(&[100.0; 3]), "atr", &[2.0; 3]);
    let bounds = |zone_type: &str, placement: &str| {
        let params =
            [("zone_type", zone_type), ("width_atr", "1"), ("atr_key", "atr"), ("placement", placement)];
        let chain = over(&bars, &[low(1, 90.0, 0), high(1, 110.0, 0)], "zone", &params);
        (last(chain.column("zone", "lower")), last(chain.column("zone", "upper")))
    };
    assert_eq!(bounds("demand", "base"), (90.0, 92.0));
    assert_eq!(bounds("demand", "beyond"), (88.0, 90.0));
    assert_eq!(bounds("supply", "base"), (108.0, 110.0));
    assert_eq!(bounds("supply", "beyond"), (110.0, 112.0));
}

const LEG: [Pivot; 2] = [
    Pivot { known: 1, high: false, level: 90.0, bar: 0 },
    Pivot { known: 2, high: true, level: 110.0, bar: 1 },
];

/// Zone at 100, closes at 108. Reference: broken on the second bar, for price is away from it. Ours: a
/// support below price breaks when price closes below it.
#[test]
fn fault_65_a_zone_breaks_on_its_far_side() {
    let bars = prices(&[100.0, 100.0, 108.0, 108.0, 108.0, 95.0]);
    let chain = over(&bars, &LEG, "derived_zone", &[("levels", "[0.5]")]);
    assert_eq!(chain.column("derived_zone", "zone0_state"), [0.0, 0.0, 1.0, 1.0, 1.0, 2.0]);
    assert_eq!(on(chain.column("derived_zone", "any_broken_this_bar")), [5]);
}

/// Levels 0.25, 0.5, 0.75 of 90 to 110 in two slots. Reference: keeps the last two, the last one first.
/// Ours: the first two in their order; and a zone that broke (105) makes room behind the one that lives
/// (100).
#[test]
fn fault_66_slots() {
    let bars = prices(&[100.0, 100.0, 108.0, 108.0, 102.0]);
    let chain = over(&bars, &LEG, "derived_zone", &[("levels", "[0.25, 0.5, 0.75]"), ("max_active", "2")]);
    let zones = |t: usize| ["zone0_level", "zone1_level"].map(|n| chain.column("derived_zone", n)[t]);
    assert_eq!(zones(3), [0.25, 0.5]);
    assert_eq!(zones(4), [0.5, 0.25]);
    assert_eq!(["zone0_state", "zone1_state"].map(|n| last(chain.column("derived_zone", n))), [1.0, 2.0]);
}

/// Reference: newest_active_idx is the slot again. Ours: the bar on which the newest active zone was made.
#[test]
fn fault_67_newest_active() {
    let chain = over(&prices(&[100.0; 4]), &LEG, "derived_zone", &[("levels", "[0.5]")]);
    assert_eq!(last(chain.column("derived_zone", "first_active_idx")), 0.0);
    assert_eq!(last(chain.column("derived_zone", "newest_active_idx")), 2.0);
}

/// In, in, out, in. Reference: 3 touches. Ours: 2, one for each time that price comes in.
#[test]
fn fault_68_a_touch_is_an_entry() {
    let bars = prices(&[104.0, 104.0, 104.0, 100.0, 100.0, 104.0, 100.0]);
    let chain = over(&bars, &LEG, "derived_zone", &[("levels", "[0.5]")]);
    assert_eq!(on(chain.column("derived_zone", "zone0_touched_this_bar")), [3, 6]);
    assert_eq!(on(chain.column("derived_zone", "zone0_inside")), [3, 4, 6]);
    assert_eq!(last(chain.column("derived_zone", "zone0_touch_count")), 2.0);
}

/// Extension 0.5 of a leg down from 110 to 90. Reference: 120, above it. Ours: 80, where the leg goes.
#[test]
fn fault_69_extensions_follow_the_leg() {
    let down = [high(1, 110.0, 0), low(2, 90.0, 1)];
    let middle = |pivots: &[Pivot]| {
        let params = [("levels", "[0.5]"), ("mode", "extension")];
        let chain = over(&prices(&[100.0; 4]), pivots, "derived_zone", &params);
        (last(chain.column("derived_zone", "zone0_lower"))
            + last(chain.column("derived_zone", "zone0_upper")))
            / 2.0
    };
    assert_eq!(middle(&down), 80.0);
    assert_eq!(middle(&LEG), 120.0);
}

/// Two slots; gap A from 11 to 14 lives, gap B is filled, gap C is made. Reference: C and the dead B hold
/// the slots, A is lost. Ours: C and A are active, B takes no live one's place.
#[test]
fn fault_70_dead_gaps_push_out_no_live_one() {
    let bars = candles(&[
        [10.0, 11.0, 9.0, 11.0],
        [11.0, 15.0, 11.0, 15.0],
        [15.0, 17.0, 14.0, 16.0],
        [16.0, 18.0, 15.5, 17.0],
        [17.0, 17.5, 15.0, 16.5],
        [19.0, 21.0, 19.0, 20.0],
    ]);
    let chain = Chain::run(&[Instance::new("g", "fair_value_gap", &[], &[("max_active", "2")])], &bars);
    assert_eq!(on(chain.column("g", "new_this_bar")), [2, 3, 5]);
    assert_eq!(on(chain.column("g", "any_mitigated_this_bar")), [4]);
    assert_eq!(chain.column("g", "active_bull_count"), [0.0, 0.0, 1.0, 2.0, 1.0, 2.0]);
    assert_eq!(chain.column("g", "nearest_bull_upper")[4], 14.0);
}

/// A bar fills a gap and closes through it. Reference: "mitigated" too. Ours: invalidated only. And a
/// mitigated gap is followed until a bar closes through it, which the reference never sees.
#[test]
fn fault_71_mitigated_and_invalidated() {
    let made = [[10.0, 11.0, 9.0, 11.0], [11.0, 15.0, 11.0, 15.0], [15.0, 17.0, 14.0, 16.0]];
    let gaps = |more: &[[f64; 4]]| {
        let bars = candles(&[&made[..], more].concat());
        let chain = Chain::run(&[Instance::new("g", "fair_value_gap", &[], &[])], &bars);
        ["any_touched_this_bar", "any_mitigated_this_bar", "any_invalidated_this_bar"]
            .map(|n| on(chain.column("g", n)))
    };
    assert_eq!(gaps(&[[16.0, 16.0, 10.0, 10.5]]), [vec![3], vec![], vec![3]]);
    let slow = [[16.0, 16.0, 13.5, 14.0], [14.0, 15.0, 12.0, 13.0], [13.0, 13.0, 10.0, 10.5]];
    assert_eq!(gaps(&slow), [vec![3], vec![4], vec![5]]);
}

/// Up and down bars around one impulse of 10; the ATR is 4.
const IMPULSE: [[f64; 4]; 3] =
    [[101.0, 102.0, 99.0, 100.0], [100.0, 111.0, 100.0, 110.0], [110.0, 113.0, 109.0, 112.0]];

fn blocks(bars: &[[f64; 4]], pivots: &[Pivot], params: &[(&str, &str)]) -> Chain {
    let bars = with(candles(bars), "atr", &vec![4.0; bars.len()]);
    let mut all = vec![("atr_key", "atr")];
    all.extend(params);
    over(&bars, pivots, "order_block", &all)
}

/// Reference: needs a swing and never reads it; accepts require_displacement and ignores it. Ours: the
/// first is read by require_structure_break, the second does what it says.
#[test]
fn fault_72_parameters_mean_something() {
    let made = |pivots: &[Pivot], params: &[(&str, &str)]| {
        on(blocks(&IMPULSE, pivots, params).column("order_block", "new_this_bar"))
    };
    assert_eq!(made(&[], &[]), [1]);
    assert_eq!(made(&[], &[("body_atr_min", "3")]), [0usize; 0]);
    assert_eq!(made(&[], &[("body_atr_min", "3"), ("require_displacement", "false")]), [1, 2]);
    assert_eq!(made(&[high(0, 115.0, 0)], &[("require_structure_break", "true")]), [0usize; 0]);
    assert_eq!(made(&[high(0, 105.0, 0)], &[("require_structure_break", "true")]), [1]);
}

/// The opposing bar is 4 before the impulse, lookback is 3. Reference: finds it, searching 5. Ours: no block.
#[test]
fn fault_73_lookback_is_lookback() {
    let up = [100.0, 101.5, 99.5, 101.0];
    let bars = [[101.0, 102.0, 99.0, 100.0], up, up, up, [100.0, 111.0, 100.0, 110.0]];
    let made = |lookback: &str| {
        on(blocks(&bars, &[], &[("lookback", lookback)]).column("order_block", "new_this_bar"))
    };
    assert_eq!(made("3"), [0usize; 0]);
    assert_eq!(made("4"), [4]);
}

/// A block from 100 to 101 that price comes back to and then closes through. Reference: gone at the first
/// touch, so never invalidated. Ours: mitigated on bar 3, invalidated on bar 4.
#[test]
fn fault_75_a_touched_block_can_fail() {
    let bars =
        [&IMPULSE[..], &[[112.0, 112.0, 100.5, 105.0], [105.0, 105.0, 98.0, 99.0], [99.0, 99.5, 98.0, 99.0]]]
            .concat();
    let chain = blocks(&bars, &[], &[]);
    let column = |name| chain.column("order_block", name);
    assert_eq!(on(column("any_mitigated_this_bar")), [3]);
    assert_eq!(on(column("any_invalidated_this_bar")), [4]);
    assert_eq!(column("last_mitigated_idx")[3], 0.0, "it speaks of the down bar");
    // Fault 74. Reference: last_invalidated_* is cleared on bar 5. Ours: it stays.
    assert_eq!(column("last_invalidated_direction"), [0.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
    assert_eq!(
        (last(column("last_invalidated_lower")), last(column("last_invalidated_upper"))),
        (100.0, 101.0)
    );
}

/// A bullish block fails on bar 2; structure turns on bar 4, down or up. Reference: needs both on one bar,
/// and does not look at the direction: nothing here. Ours: a bearish breaker on bar 4 when it turns down.
#[test]
fn fault_76_breakers_form() {
    let n = 7;
    let column = |f: &dyn Fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
    let breakers = |turn: f64, within: &str, close: f64| {
        let mut ob = Columns::new();
        ob.insert("any_invalidated_this_bar".into(), column(&|t| f64::from(u8::from(t == 2))));
        for (name, value) in [("direction", 1.0), ("upper", 101.0), ("lower", 100.0), ("idx", 0.0)] {
            ob.insert(format!("last_invalidated_{name}"), column(&|t| if t < 2 { f64::NAN } else { value }));
        }
        let mut ms = Columns::new();
        ms.insert("choch_this_bar".into(), column(&|t| f64::from(u8::from(t == 4))));
        ms.insert("bias".into(), column(&|t| if t < 4 { -turn } else { turn }));
        let mut chain = chain_with(vec![("order_block", ob), ("market_structure", ms)]);
        let bars = prices(&[105.0, 104.0, 99.0, 98.0, close, 100.5, 102.0]);
        add(
            &mut chain,
            "breaker_block",
            &["order_block", "market_structure"],
            &[("within_bars", within)],
            &bars,
        );
        chain
    };
    let chain = breakers(-1.0, "10", 97.0);
    let read = |name| chain.column("breaker_block", name);
    assert_eq!(on(read("new_this_bar")), [4]);
    assert_eq!((read("new_direction")[4], read("new_lower")[4], read("new_upper")[4]), (-1.0, 100.0, 101.0));
    assert_eq!(on(read("any_mitigated_this_bar")), [5], "price comes back to it");
    assert_eq!(on(read("any_invalidated_this_bar")), [6], "and closes above it");
    for other in [breakers(1.0, "10", 97.0), breakers(-1.0, "1", 97.0), breakers(-1.0, "10", 103.0)] {
        assert_eq!(last(other.column("breaker_block", "version")), 0.0);
    }
}

fn liquidity(bars: &[[f64; 4]], pivots: &[Pivot], params: &[(&str, &str)]) -> Chain {
    let bars = with(candles(bars), "atr", &vec![10.0; bars.len()]);
    let mut all = vec![("atr_key", "atr")];
    all.extend(params);
    over(&bars, pivots, "liquidity_zones", &all)
}

const CALM: [f64; 4] = [95.0, 96.0, 94.0, 95.0];

/// Two highs at 100 are swept; then a third high at 101. Reference: the old swings are still there, the
/// zone is back at once. Ours: what was swept is used up.
#[test]
fn fault_77_swept_swings_are_used_up() {
    let bars = [CALM, CALM, CALM, [95.0, 103.0, 94.0, 96.0], CALM, CALM];
    let pivots = [high(1, 100.0, 0), high(2, 100.0, 1), high(5, 101.0, 4)];
    let chain = liquidity(&bars, &pivots, &[]);
    assert_eq!(on(chain.column("liquidity_zones", "new_zone_this_bar")), [2]);
    assert_eq!(on(chain.column("liquidity_zones", "sweep_this_bar")), [3]);
    assert_eq!(last(chain.column("liquidity_zones", "version")), 2.0);
}

/// Price goes through 100 and stays there. Reference: a sweep. Ours: only if it closes back inside within
/// reclaim_bars; else the level was taken. Both sides on one bar are both reported.
#[test]
fn fault_78_a_sweep_closes_back() {
    let pivots = [high(1, 100.0, 0), high(2, 100.0, 1)];
    let away = [101.0, 103.0, 101.0, 102.0];
    let back = [102.0, 102.0, 97.0, 98.0];
    let events = |bars: &[[f64; 4]], reclaim: &str| {
        let chain = liquidity(bars, &pivots, &[("reclaim_bars", reclaim)]);
        ["pierced_this_bar", "sweep_this_bar", "taken_this_bar"]
            .map(|n| on(chain.column("liquidity_zones", n)))
    };
    let bars = [CALM, CALM, CALM, away, away, back];
    assert_eq!(events(&bars, "0"), [vec![3], vec![], vec![3]]);
    assert_eq!(events(&bars, "1"), [vec![3], vec![], vec![4]]);
    assert_eq!(events(&bars, "2"), [vec![3], vec![5], vec![]]);
    let both = [high(1, 100.0, 0), low(1, 90.0, 0), high(2, 100.0, 1), low(2, 90.0, 1)];
    let chain = liquidity(&[CALM, CALM, CALM, [95.0, 103.0, 88.0, 95.0]], &both, &[]);
    let end = |name| last(chain.column("liquidity_zones", name));
    assert_eq!(
        (end("swept_high_level"), end("swept_low_level"), end("sweep_count_this_bar")),
        (100.0, 90.0, 2.0)
    );
    assert_eq!((end("sweep_this_bar"), end("sweep_direction")), (1.0, 0.0));
}

/// Zones of highs at 100 and 110, close 102. Reference: "nearest high" is 100, below price. Ours: 110.
#[test]
fn fault_79_the_nearest_high_is_above() {
    let pivots = [high(1, 110.0, 0), high(2, 110.0, 1), high(3, 100.0, 2), high(4, 100.0, 3)];
    let chain = liquidity(&[[102.0; 4]; 5], &pivots, &[("sweep_atr", "5")]);
    assert_eq!(last(chain.column("liquidity_zones", "nearest_high_level")), 110.0);
    assert_eq!(last(chain.column("liquidity_zones", "nearest_high_touches")), 2.0);
}

/// Pair 90 to 110, closes 102, 100, 98. Reference: all "equilibrium", for it means the middle half. Ours:
/// premium above the middle, discount below it; its quarters are parameters.
#[test]
fn fault_80_premium_is_the_upper_half() {
    let bars = prices(&[100.0, 100.0, 102.0, 100.0, 98.0]);
    let zones = |params: &[(&str, &str)]| {
        over(&bars, &LEG, "premium_discount", params).column("premium_discount", "zone")[2..].to_vec()
    };
    assert_eq!(zones(&[]), [1.0, 3.0, 2.0]);
    assert_eq!(zones(&[("premium_from", "0.75"), ("discount_to", "0.25")]), [3.0, 3.0, 3.0]);
}

/// A body of 12 with an ATR of 10 that was 6 before it. Reference: only the ATR that holds the impulse
/// itself (1.2). Ours: that by default, and 2.0 with atr_of: bar_before.
#[test]
fn fault_81_the_atr_may_leave_the_impulse_out() {
    let bars =
        with(candles(&[[100.0, 101.0, 99.0, 100.0], [100.0, 112.0, 100.0, 112.0]]), "atr", &[6.0, 10.0]);
    let ratio = |atr_of: &str| {
        let params = [("atr_key", "atr"), ("atr_of", atr_of)];
        last(
            Chain::run(&[Instance::new("d", "displacement", &[], &params)], &bars)
                .column("d", "body_atr_ratio"),
        )
    };
    assert_eq!((ratio("this_bar"), ratio("bar_before")), (1.2, 2.0));
}

/// Lows 5, missing, 3, 4, 6 in a window of 3. Reference: 5, 5, 5, NaN, 3, from the first bar on. Ours:
/// missing until three values were seen; the missing bar is skipped.
#[test]
fn fault_82_no_partial_windows() {
    let bars = prices(&[5.0, f64::NAN, 3.0, 4.0, 6.0]);
    let params = [("size", "3"), ("mode", "min"), ("source", "low")];
    let chain = Chain::run(&[Instance::new("w", "rolling_window", &[], &params)], &bars);
    let value = chain.column("w", "value");
    assert!(value[..3].iter().all(|v| v.is_nan()));
    assert_eq!(value[3..], [3.0, 3.0]);
}
