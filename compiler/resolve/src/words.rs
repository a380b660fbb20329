//! What people from other platforms call things: for suggestions, and for the few old spellings that still
//! compile.

/// Parameters of version 3 Plays that were renamed: (built-in, old, new).
pub const RENAMED: &[(&str, &str, &str)] = &[("tsi", "long", "slow"), ("tsi", "short", "fast")];

/// Parameters that every indicator of the reference took and none of ours needs.
pub const COMMON_EXTRAS: &[&str] = &["offset", "talib", "mamode"];

/// Each line: words for one thing. Whichever of them exists in a place is what the others may have meant.
const SYNONYMS: &[&[&str]] = &[
    // built-ins
    &["bbands", "bb", "bollinger", "bollinger_bands"],
    &["stoch", "stochastic"],
    &["stochrsi", "stoch_rsi"],
    &["kc", "keltner", "keltner_channel", "keltner_channels"],
    &["donchian", "dc", "donchian_channel", "donchian_channels"],
    &["psar", "sar", "parabolic_sar"],
    &["willr", "williams_r", "williams", "wpr", "percent_r"],
    &["supertrend", "super_trend"],
    &["mom", "momentum"],
    &["roc", "rate_of_change"],
    &["fair_value_gap", "fvg"],
    &["order_block", "ob"],
    &["market_structure", "ms", "bos", "choch"],
    &["fibonacci", "fib"],
    &["breaker_block", "breaker"],
    &["liquidity_zones", "liquidity"],
    &["swing", "pivot", "pivots"],
    &["dm", "dmi"],
    &["uo", "ultimate_oscillator"],
    // parameters
    &["length", "period", "window", "n", "len", "timeperiod", "lookback"],
    &["std", "stddev", "std_dev", "mult", "multiplier", "scalar", "nbdev", "nbdevup", "factor"],
    &["k", "k_period", "k_length", "fastk_period"],
    &["d", "d_period", "d_length", "slowd_period"],
    &["smooth_k", "smooth", "slowing", "slowk_period"],
    &["fast", "fast_length", "fast_period", "fastperiod", "short"],
    &["slow", "slow_length", "slow_period", "slowperiod", "long"],
    &["signal", "signal_length", "signal_period", "signalperiod"],
    &["af", "step", "acceleration"],
    &["max_af", "max_step", "maximum", "max"],
    &["af0", "start"],
    &["size", "length", "period", "window"],
    // outputs
    &["middle", "basis", "mid", "middleband"],
    &["upper", "top", "upperband"],
    &["lower", "bottom", "lowerband"],
    &["histogram", "hist", "macdhist"],
    &["signal", "signal_line", "macdsignal"],
    &["dmp", "plus", "plus_di", "di_plus"],
    &["dmn", "minus", "minus_di", "di_minus"],
    &["vip", "plus", "vi_plus"],
    &["vim", "minus", "vi_minus"],
    &["k", "slowk", "fastk"],
    &["d", "slowd", "fastd"],
    &["percent_b", "pctb", "percentb"],
    &["bandwidth", "width", "bbw"],
    &["trend", "line", "supertrend"],
    &["high_level", "last_high", "swing_high", "high"],
    &["low_level", "last_low", "swing_low", "low"],
    &["direction", "trend", "dir"],
    &["bos_this_bar", "bos"],
    &["choch_this_bar", "choch"],
];

/// The current name of a renamed parameter.
pub fn renamed(builtin: &str, param: &str) -> Option<&'static str> {
    RENAMED.iter().find(|(b, old, _)| *b == builtin && *old == param).map(|(_, _, new)| *new)
}

/// What `name` may have meant among `candidates`: a slip of the keys, or another platform's word.
pub fn suggest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str> + Clone) -> Option<&'c str> {
    diagnostics::suggest::nearest(name, candidates.clone()).or_else(|| {
        let lower = name.to_lowercase();
        let lines = SYNONYMS.iter().filter(|line| line.contains(&lower.as_str()));
        lines.flat_map(|line| line.iter()).find_map(|word| candidates.clone().into_iter().find(|c| c == word))
    })
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn suggests_slips_and_words_of_others() {
        assert_eq!(suggest("ema_2l", ["ema_21", "rsi_14"]), Some("ema_21"));
        assert_eq!(suggest("bollinger", ["ema", "bbands"]), Some("bbands"));
        assert_eq!(suggest("plus", ["vip", "vim"]), Some("vip"));
        assert_eq!(suggest("plus", ["adx", "dmp"]), Some("dmp"));
        assert_eq!(suggest("zzz", ["ema", "bbands"]), None);
    }
}
