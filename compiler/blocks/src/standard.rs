//! The standard blocks: the files of `blocks/` at the top of the tree. A test compares the two.

macro_rules! files {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../../blocks/", $name, ".yml"))),)*]
    };
}

/// Name and text of each, sorted.
pub const FILES: &[(&str, &str)] = files! {
    "adx_trend_v1"
    "after_squeeze_v1"
    "atr_risk_v1"
    "breakout_entry_v1"
    "chandelier_exit_v1"
    "ema_cross_entry_v1"
    "ema_stack_v1"
    "give_back_exit_v1"
    "kill_zone_v1"
    "momentum_set_v1"
    "pullback_entry_v1"
    "rsi_dip_entry_v1"
    "session_hours_v1"
    "supertrend_filter_v1"
    "swing_risk_v1"
    "swing_set_v1"
    "time_exit_v1"
    "trailing_risk_v1"
    "trend_break_exit_v1"
    "trend_filter_v1"
    "volatility_expansion_v1"
    "volatility_regime_v1"
    "volume_confirmation_v1"
};
