//! What the detectors report: each kind of event, and the columns that carry it.

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    Pivot,
    BreakOfStructure,
    ChangeOfCharacter,
    Displacement,
    ZoneMade,
    ZoneBroken,
    GapMade,
    GapTouched,
    GapMitigated,
    GapInvalidated,
    BlockMade,
    BlockMitigated,
    BlockInvalidated,
    BreakerMade,
    BreakerMitigated,
    BreakerInvalidated,
    LiquidityMade,
    Sweep,
    Divergence,
}

/// One event of one structure: on a bar where `flag` is 1 the event became known, and the other columns of
/// that bar say what it speaks of. A bar's own number is the bar on which it was known.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    pub structure: &'static str,
    pub kind: EventKind,
    /// The output that is 1 on exactly the bar on which the event became known.
    pub flag: &'static str,
    /// The output with the bar that it speaks of; `None` when that is the bar itself or the event has no bar.
    pub about: Option<&'static str>,
    /// The output with its price.
    pub level: Option<&'static str>,
}

const fn event(
    structure: &'static str,
    kind: EventKind,
    flag: &'static str,
    about: Option<&'static str>,
    level: Option<&'static str>,
) -> Event {
    Event { structure, kind, flag, about, level }
}

use EventKind as K;

/// Every event of every structure.
pub static EVENTS: &[Event] = &[
    event("swing", K::Pivot, "high_accepted", Some("high_idx"), Some("high_level")),
    event("swing", K::Pivot, "low_accepted", Some("low_idx"), Some("low_level")),
    event(
        "market_structure",
        K::BreakOfStructure,
        "bos_this_bar",
        Some("last_bos_pivot_idx"),
        Some("last_bos_level"),
    ),
    event(
        "market_structure",
        K::ChangeOfCharacter,
        "choch_this_bar",
        Some("last_choch_pivot_idx"),
        Some("last_choch_level"),
    ),
    event("displacement", K::Displacement, "is_displacement", Some("last_idx"), None),
    event("zone", K::ZoneMade, "new_this_bar", Some("anchor_idx"), Some("upper")),
    event("zone", K::ZoneBroken, "broken_this_bar", Some("anchor_idx"), Some("lower")),
    event("derived_zone", K::ZoneMade, "new_this_bar", None, None),
    event("derived_zone", K::ZoneBroken, "any_broken_this_bar", None, None),
    event("fair_value_gap", K::GapMade, "new_this_bar", Some("new_idx"), Some("new_upper")),
    event("fair_value_gap", K::GapTouched, "any_touched_this_bar", Some("touched_idx"), None),
    event("fair_value_gap", K::GapMitigated, "any_mitigated_this_bar", Some("last_mitigated_idx"), None),
    event(
        "fair_value_gap",
        K::GapInvalidated,
        "any_invalidated_this_bar",
        Some("last_invalidated_idx"),
        Some("last_invalidated_upper"),
    ),
    event("order_block", K::BlockMade, "new_this_bar", Some("new_idx"), Some("new_upper")),
    event("order_block", K::BlockMitigated, "any_mitigated_this_bar", Some("last_mitigated_idx"), None),
    event(
        "order_block",
        K::BlockInvalidated,
        "any_invalidated_this_bar",
        Some("last_invalidated_idx"),
        Some("last_invalidated_upper"),
    ),
    event("breaker_block", K::BreakerMade, "new_this_bar", Some("new_idx"), Some("new_upper")),
    event("breaker_block", K::BreakerMitigated, "any_mitigated_this_bar", Some("last_mitigated_idx"), None),
    event(
        "breaker_block",
        K::BreakerInvalidated,
        "any_invalidated_this_bar",
        Some("last_invalidated_idx"),
        Some("last_invalidated_upper"),
    ),
    event(
        "liquidity_zones",
        K::LiquidityMade,
        "new_zone_this_bar",
        Some("new_zone_idx"),
        Some("new_zone_level"),
    ),
    event("liquidity_zones", K::Sweep, "sweep_this_bar", Some("swept_idx"), Some("swept_level")),
    event("divergence", K::Divergence, "bullish_this_bar", Some("last_idx"), None),
    event("divergence", K::Divergence, "hidden_bullish_this_bar", Some("last_idx"), None),
    event("divergence", K::Divergence, "bearish_this_bar", Some("last_idx"), None),
    event("divergence", K::Divergence, "hidden_bearish_this_bar", Some("last_idx"), None),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Params, Type, builtin, lookup};

    #[test]
    fn every_column_exists_and_has_the_right_type() {
        for e in EVENTS {
            let row = builtin(lookup(Kind::Structure, e.structure).unwrap());
            let outputs = row.outputs(&Params::defaults(row.params));
            let ty = |name| outputs.iter().find(|o| o.name == name).map(|o| o.ty);
            assert_eq!(ty(e.flag), Some(Type::Bool), "{e:?}");
            assert!(e.about.is_none_or(|name| ty(name) == Some(Type::BAR_INDEX)), "{e:?}");
            assert!(e.level.is_none_or(|name| ty(name).is_some()), "{e:?}");
        }
    }

    #[test]
    fn every_flag_of_this_bar_is_an_event() {
        for row in crate::BUILTINS.iter().filter(|b| b.kind == Kind::Structure) {
            for output in row.outputs(&Params::defaults(row.params)) {
                let is_event = EVENTS.iter().any(|e| e.structure == row.name && e.flag == output.name);
                let secondary = ["zone", "pierced", "taken"].iter().any(|p| output.name.starts_with(p))
                    || row.name == "derived_zone";
                if output.ty == Type::Bool && output.name.ends_with("_this_bar") && !secondary {
                    assert!(is_event, "{}.{} is missing in EVENTS", row.name, output.name);
                }
            }
        }
    }
}
