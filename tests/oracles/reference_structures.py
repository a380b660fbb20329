"""The reference's structure detectors with its faults as switches, written from its description.

Each detector takes the bars, the columns of the structures that it uses and the set of faults that are on
(numbers of the reference's fault list). With every fault on it must give the reference's columns; with every
fault off, ours. Turning them off one by one tells for every cell which fault explains it.
"""

from reference_swings import NAN, fibonacci, market_structure, swing, trend
from reference_zones import (
    breaker_block,
    derived_zone,
    displacement,
    fair_value_gap,
    liquidity_zones,
    order_block,
    premium_discount,
    rolling_window,
    zone,
)

__all__ = ["DETECTORS", "NAN"]

# Each detector with the faults that it knows; removing others cannot change it.
DETECTORS = {
    "swing": (swing, {51, 52}),
    "trend": (trend, {55, 56, 57}),
    "market_structure": (market_structure, {58}),
    "fibonacci": (fibonacci, {62}),
    "zone": (zone, {63, 64}),
    "derived_zone": (derived_zone, {65, 66, 67, 68}),
    "rolling_window": (rolling_window, {82}),
    "displacement": (displacement, set()),
    "fair_value_gap": (fair_value_gap, {70, 71}),
    "order_block": (order_block, {70, 73, 74, 75}),
    "liquidity_zones": (liquidity_zones, {77, 78, 79}),
    "premium_discount": (premium_discount, {80}),
    "breaker_block": (breaker_block, {70, 75, 76}),
}
