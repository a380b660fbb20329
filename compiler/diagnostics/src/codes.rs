//! THE table of diagnostic codes. A code is never reused; each has a page in `codes/`, compiled by a test.
//!
//! E01xx YAML and file shape · E02xx expressions · E03xx names · E04xx types, units, clocks
//! · E05xx parameters and values · E06xx risk and execution
//! · W07xx logic that cannot be meant · W08xx style and leftovers.

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
    Note,
}

macro_rules! codes {
    ($($code:ident $name:ident $severity:ident $summary:literal;)*) => {
        /// A stable code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $summary] $code,)* }

        impl Code {
            pub const ALL: &[Code] = &[$(Code::$code,)*];

            /// `E0301`
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$code => stringify!($code),)* }
            }

            /// `unknown_name`
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Code::$code => stringify!($name),)* }
            }

            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Code::$code => Severity::$severity,)* }
            }

            #[must_use]
            pub fn summary(self) -> &'static str {
                match self { $(Code::$code => $summary,)* }
            }

            /// The page of this code: a code without its file does not compile.
            pub(crate) fn page(self) -> &'static str {
                match self {
                    $(Code::$code => include_str!(concat!("../codes/", stringify!($code), ".md")),)*
                }
            }

            #[must_use]
            pub fn parse(text: &str) -> Option<Code> {
                Code::ALL.iter().copied().find(|c| c.as_str().eq_ignore_ascii_case(text) || c.name() == text)
            }
        }
    };
}

codes! {
    // YAML and the shape of the file
    E0101 yaml_syntax Error "the file is not YAML";
    E0102 duplicate_key Error "a key is given twice in one map";
    E0103 tab_indent Error "a tab is used for indentation";
    E0104 unknown_key Error "a key that this map does not have";
    E0105 missing_key Error "a required key is missing";
    E0106 wrong_shape Error "a map, list or scalar stands where another shape is needed";
    E0107 wrong_value Error "a value that this key does not take";
    E0108 anchor Error "an anchor, alias, merge key or tag that Plays do not support";
    E0109 encoding Error "the file is not UTF-8 text";
    E0110 several_documents Error "the file holds more than one YAML document";
    // expressions and conditions
    E0201 expression_syntax Error "an expression that cannot be read";
    E0202 unknown_operator Error "an operator that does not exist";
    E0203 condition_shape Error "a condition in a shape that cannot be read";
    E0204 missing_tolerance Error "near_pct or near_abs without its tolerance";
    E0205 window_limits Error "a window whose bars, duration or count is out of range";
    E0206 bad_duration Error "a duration that cannot be read";
    // names
    E0301 unknown_name Error "a name that is not declared";
    E0302 unknown_output Error "an output that the feature or structure does not have";
    E0303 missing_output Error "a feature with several outputs is used without saying which";
    E0304 unknown_indicator Error "an indicator that does not exist";
    E0305 unknown_structure Error "a structure type that does not exist";
    E0306 unknown_setup Error "a setup that is not declared";
    E0307 setup_cycle Error "setups that refer to each other in a circle";
    E0308 duplicate_name Error "an id that is declared twice";
    E0309 unknown_variable Error "a variable that is not declared";
    E0310 unknown_dependency Error "`uses` names a structure that is not there";
    E0311 missing_dependency Error "a structure or indicator without the structure it needs";
    E0312 unknown_enum_value Error "a word that is not one of the output's values";
    E0313 feature_cycle Error "features that are computed from each other in a circle";
    E0314 unknown_block Error "a block that is not there";
    E0315 block_version Error "versions of a block that contradict each other";
    E0316 block_cycle Error "blocks that use each other in a circle, or without end";
    E0317 block_place Error "a block where its type has no place";
    E0318 block_side Error "a block with two sides where neither is meant, or a side that it has not";
    // types, units, clocks
    E0401 type_mismatch Error "a value of the wrong type";
    E0402 float_equality Error "`==`, `!=` or `in` on a real number";
    E0403 unit_mismatch Error "values of different units are compared or added";
    E0404 bad_timeframe Error "a timeframe that cannot be read or built";
    E0405 bad_exec Error "`exec` does not point to one of the three timeframes";
    E0406 not_a_condition Error "a number stands where a condition is needed";
    E0407 not_a_number Error "a condition or word stands where a number is needed";
    E0408 needs_series Error "a series that the data must carry";
    E0409 position_in_feature Error "the state of the position is used where only the market may be";
    // parameters and values
    E0501 unknown_param Error "a parameter that the built-in or block does not have";
    E0502 param_range Error "a parameter outside its range";
    E0503 param_type Error "a parameter of the wrong type";
    E0504 missing_param Error "a required parameter is missing";
    E0505 param_relation Error "parameters that do not fit together";
    E0506 bad_source Error "a source that this built-in does not take";
    E0507 bad_search Error "a search range that is empty or out of the parameter's range";
    // risk and execution
    E0601 unknown_action Error "an action that does not exist";
    E0602 exit_mode_conflict Error "exit actions and exit_mode contradict each other";
    E0603 missing_risk Error "the position could never be closed";
    E0604 risk_value Error "a risk value out of range";
    E0605 stop_beyond_liquidation Error "the stop lies beyond the liquidation price";
    E0606 not_supported Error "a feature of other engines that is not supported";
    // logic that cannot be meant
    W0701 always_false Warning "a condition that can never be true";
    W0702 always_true Warning "a condition that is always true";
    W0703 near_pct_fraction Warning "a near_pct tolerance that looks like a fraction";
    W0704 roi_stop_at_leverage Warning "a stop in percent of margin, at leverage";
    W0705 unit_suspicion Warning "values of different kinds are compared";
    W0706 side_never_taken Warning "an action whose side the position policy forbids";
    W0707 unreachable_case Warning "a case that an earlier one always takes";
    W0708 exits_disabled Warning "exit actions that exit_mode disables";
    W0709 no_stop Warning "positions without a stop loss";
    W0710 redundant_condition Warning "a condition that another one implies";
    W0711 exposure_above_margin Warning "a size that the margin can never carry";
    W0712 warmup_above_data Warning "a warm-up longer than the bars asked for";
    W0713 signal_without_exit Warning "exit_mode signal where no signal ever comes";
    // leftovers and habits
    W0801 unknown_top_level Warning "a top-level key that means nothing";
    W0802 unused_feature Warning "a feature that nothing uses";
    W0803 unused_setup Warning "a setup that nothing uses";
    W0804 unused_variable Warning "a variable that nothing uses";
    W0805 yaml_11_trap Warning "a scalar that YAML 1.1 readers take for something else";
    W0806 ignored_value Warning "a value that has no effect";
    W0807 timeframe_order Warning "low_tf, med_tf and high_tf are not in order";
    W0808 deprecated_spelling Warning "an older spelling";
    W0809 unused_block Warning "a block that nothing uses";
    W0810 hidden_block Warning "a block that hides another of the same name and version";
}
