//! The shape of the file, section by section.

use super::rules::{ENTRY, RISK, RISK_MODEL};
use super::{Key, Shape};

pub(super) const fn key(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, is_required: false, shape, doc }
}

const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, is_required: true, shape, doc }
}

/// The whole file.
pub static PLAY: Shape = Shape::Map(TOP_LEVEL);

static TOP_LEVEL: &[Key] = &[
    required("version", Shape::Text, "version of the language: `\"3.0.0\"`"),
    required("name", Shape::Text, "what the Play is called"),
    key("id", Shape::Text, "what the Play is known by; its name when absent"),
    key("description", Shape::Text, "what it does, for people"),
    required("symbol", Shape::Text, "what it trades, such as `BTCUSDT`"),
    key("symbol_universe", Shape::List(&Shape::Text), "the older form of `symbol`: a list of one"),
    required("timeframes", Shape::Map(TIMEFRAMES), "the three roles, and which of them conditions run on"),
    required(
        "account",
        Shape::Map(ACCOUNT),
        "leverage limit, fees, slippage, drawdown limit, maintenance margin",
    ),
    key("backtest", Shape::Map(BACKTEST), "what a simulation starts from"),
    key("deploy", Shape::Map(DEPLOY), "for live sessions"),
    required("features", FEATURES, "indicators by id"),
    key("structures", Shape::Map(STRUCTURES), "market structures, listed under the role of their timeframe"),
    key("setups", Shape::Named(&Shape::Condition), "conditions with a name"),
    key("filters", CONDITIONS, "what every entry needs beside its own condition"),
    required("actions", ACTIONS, "when to enter and exit"),
    key("position_policy", Shape::Map(POLICY), "sides, what closes a position, flips"),
    key("risk", Shape::Map(RISK), "stop, target and size, in short"),
    key("risk_model", Shape::Map(RISK_MODEL), "stop, target, sizing, trailing, break-even in full"),
    key("entry", Shape::Map(ENTRY), "market or limit entries"),
    key("variables", Shape::Named(&Shape::Any), "values used as `${name}`"),
    key("validation", Shape::Map(VALIDATION), "sample bars for a run without data"),
];

static TIMEFRAMES: &[Key] = &[
    required("low_tf", Shape::Timeframe, "the fastest timeframe"),
    required("med_tf", Shape::Timeframe, "the middle timeframe"),
    required("high_tf", Shape::Timeframe, "the slowest timeframe"),
    required("exec", Shape::Role, "which of the three conditions run on"),
];

static ACCOUNT: &[Key] = &[
    key("starting_equity_usdt", Shape::Number, "money at the start, in USDT; above 0"),
    key("max_leverage", Shape::Number, "highest leverage of a position; above 0"),
    key("max_drawdown_pct", Shape::Number, "a run ends when equity falls this far below its peak; percent"),
    key(
        "margin_mode",
        Shape::Words(&[("isolated_usdt", "each position has its own margin")]),
        "how margin is held",
    ),
    key("fee_model", Shape::Map(FEES), "fees of the exchange"),
    key("slippage_bps", Shape::Number, "how much worse market orders fill; hundredths of a percent"),
    key("min_trade_notional_usdt", Shape::Number, "smaller orders are not sent; USDT"),
    key(
        "maintenance_margin_rate",
        Shape::Number,
        "share of the notional below which a position is liquidated",
    ),
    key("mm_deduction", Shape::Number, "deducted from the maintenance margin; USDT"),
    key("on_sl_beyond_liq", Shape::Words(BEYOND), "what to do with a stop beyond the liquidation price"),
    key("risk_per_trade_pct", Shape::Number, "share of equity that one trade may lose; percent"),
];

static BEYOND: &[(&str, &str)] = &[
    ("reject", "refuse the Play"),
    ("adjust", "move the stop to where it works"),
    ("warn", "keep it and say so"),
];

static FEES: &[Key] = &[
    key("taker_bps", Shape::Number, "fee of market orders; hundredths of a percent"),
    key("maker_bps", Shape::Number, "fee of limit orders; hundredths of a percent, below 0 is a rebate"),
];

static BACKTEST: &[Key] = &[
    key("equity", Shape::Number, "money at the start, in USDT; above 0"),
    key("slippage_bps", Shape::Number, "how much worse market orders fill; hundredths of a percent"),
    key("end_of_data", Shape::Words(END_OF_DATA), "what becomes of a position that is open at the end"),
    key("warmup_tolerance", Shape::Number, "share of a seed's error that may be left in a warm value (1e-4)"),
    key(
        "instrument",
        Shape::Either(&[Shape::Words(INSTRUMENTS), Shape::Map(INSTRUMENT)]),
        "steps of price and size",
    ),
];

static END_OF_DATA: &[(&str, &str)] =
    &[("close", "closed at the last close, with slippage and fee"), ("mark", "left open and marked")];

static INSTRUMENTS: &[(&str, &str)] =
    &[("exchange", "the symbol's steps from the table"), ("none", "no rounding of price and size")];

static INSTRUMENT: &[Key] = &[
    key("tick_size", Shape::Number, "step of the price"),
    key("qty_step", Shape::Number, "step of the size"),
    key("min_qty", Shape::Number, "smallest size"),
    key("min_notional", Shape::Number, "smallest order; USDT"),
];

static DEPLOY: &[Key] = &[
    key("capital", Shape::Number, "money of the live session; above 0"),
    key(
        "settle_coin",
        Shape::Words(&[("USDT", "tether"), ("USDC", "USD coin")]),
        "what the account is held in",
    ),
    key("dcp_window", Shape::Number, "seconds after which the exchange cancels the orders of a lost session"),
];

const FEATURES: Shape =
    Shape::Either(&[Shape::Named(&Shape::Map(FEATURE)), Shape::List(&Shape::Map(FEATURE_ITEM))]);

const USES: Shape = Shape::Either(&[Shape::Structure, Shape::List(&Shape::Structure)]);

const INDICATOR: Key = required("indicator", Shape::Indicator, "which indicator it is");
const PARAMS: Key = key("params", Shape::Params, "its parameters; absent ones have their defaults");
const TF: Key = key("tf", Shape::Clock, "its timeframe; the one of `exec` when absent");
const SOURCE: Key = key("source", Shape::Source, "what it is computed from; `close` when absent");
const STRUCTURES_USED: Key = key("uses", USES, "the structures it follows");
const ANCHOR: Key = key("anchor_structure", USES, "the older form of `uses`");

const USE_SET: Key = key("use", Shape::Block, "a set of features, in place of an indicator");

static FEATURE: &[Key] = &[INDICATOR, PARAMS, TF, SOURCE, STRUCTURES_USED, ANCHOR, USE_SET];
static FEATURE_ITEM: &[Key] = &[
    required("id", Shape::Id, "what conditions call it"),
    INDICATOR,
    PARAMS,
    TF,
    SOURCE,
    STRUCTURES_USED,
    ANCHOR,
];

const OF_ROLE: Shape =
    Shape::Either(&[Shape::List(&Shape::Map(STRUCTURE)), Shape::Named(&Shape::List(&Shape::Map(STRUCTURE)))]);

static STRUCTURES: &[Key] = &[
    key("exec", OF_ROLE, "structures on the timeframe that conditions run on"),
    key("low_tf", OF_ROLE, "structures on the fastest timeframe"),
    key("med_tf", OF_ROLE, "structures on the middle timeframe"),
    key("high_tf", OF_ROLE, "structures on the slowest timeframe"),
];

static STRUCTURE: &[Key] = &[
    required("type", Shape::StructureType, "which structure it is"),
    required("key", Shape::Id, "what conditions call it"),
    PARAMS,
    STRUCTURES_USED,
    SOURCE,
];

const ACTIONS: Shape = Shape::Either(&[Shape::Map(ACTION_MAP), Shape::List(&Shape::Map(ACTION_BLOCK))]);

static ACTION_MAP: &[Key] = &[
    key("entry_long", Shape::Condition, "buy when this is true and no position is open"),
    key("entry_short", Shape::Condition, "sell short when this is true and no position is open"),
    key("exit_long", Shape::Condition, "close a long position when this is true"),
    key("exit_short", Shape::Condition, "close a short position when this is true"),
    key("exit_all", Shape::Condition, "close any position when this is true"),
    key("no_action", Shape::Condition, "do nothing when this is true"),
    key("adjust_stop", Shape::Condition, "move the stop; not carried out by a backtest"),
    key("adjust_target", Shape::Condition, "move the target; not carried out by a backtest"),
    key("adjust_size", Shape::Condition, "change the size; not carried out by a backtest"),
];

static ACTION_BLOCK: &[Key] = &[
    required("id", Shape::Id, "what reports call the block"),
    required("cases", Shape::List(&Shape::Map(CASE)), "tried in order; the first that holds decides"),
    key("else", Shape::Map(ELSE), "what is done when no case holds"),
];

static CASE: &[Key] = &[
    required("when", Shape::Condition, "the condition of the case"),
    required("emit", EMIT, "what is done"),
];

static ELSE: &[Key] = &[required("emit", EMIT, "what is done")];

const EMIT: Shape = Shape::List(&Shape::Either(&[Shape::Action, Shape::Map(INTENT)]));

static INTENT: &[Key] = &[
    required("action", Shape::Action, "what is done"),
    key("percent", Shape::Number, "part of the position that an exit closes; above 0, at most 100"),
    key(
        "metadata",
        Shape::Named(&Shape::Either(&[Shape::Any, Shape::Map(REFERENCE)])),
        "noted with the trade",
    ),
];

static POLICY: &[Key] = &[
    key("mode", Shape::Words(MODES), "which sides may be taken"),
    key("exit_mode", Shape::Words(EXIT_MODES), "what closes a position"),
    key("max_positions_per_symbol", Shape::Number, "only 1 is supported"),
    key("allow_flip", Shape::Flag, "whether an entry may turn an open position round"),
    key("allow_scale_in", Shape::Flag, "only false is supported"),
    key("allow_scale_out", Shape::Flag, "only false is supported; exits in parts are `percent` of an `emit`"),
];

static MODES: &[(&str, &str)] =
    &[("long_only", "buy only"), ("short_only", "sell short only"), ("long_short", "both sides")];

static EXIT_MODES: &[(&str, &str)] = &[
    ("sl_tp_only", "stop and target close; exit actions do nothing"),
    ("signal", "exit actions close; stop and target are kept for emergencies"),
    ("first_hit", "whichever comes first"),
];

static VALIDATION: &[Key] = &[
    key("pattern", Shape::Text, "which sample bars, such as `trending`"),
    key("seed", Shape::Number, "seed of the sample"),
    key("bars", Shape::Number, "how many bars"),
];

pub(super) static REFERENCE: &[Key] = &[
    required("feature_id", Shape::Feature, "the feature, structure or column"),
    key("field", Shape::Text, "its output"),
    key("offset", Shape::Number, "bars ago"),
];

pub(super) static SEARCH: &[Key] = &[
    key("min", Shape::Number, "the least value that a search tries"),
    key("max", Shape::Number, "the greatest value that a search tries"),
    key("step", Shape::Number, "from one value to the next"),
    key("choices", Shape::List(&Shape::Number), "the values that a search tries"),
    key("default", Shape::Number, "what a plain run takes"),
];

const CONDITIONS: Shape = Shape::Either(&[Shape::List(&Shape::Condition), Shape::Condition]);

pub(super) static CONDITION: &[Key] = &[
    key("all", CONDITIONS, "true when every one of them is"),
    key("any", CONDITIONS, "true when one of them is"),
    key("not", Shape::Condition, "true when it is false"),
    key("setup", Shape::Setup, "the condition of that name under `setups`"),
    key("holds_for", Shape::Map(BY_BARS), "true on each of the last bars, this one included"),
    key("occurred_within", Shape::Map(BY_BARS), "true on some bar of the last ones, this one included"),
    key("count_true", Shape::Map(COUNT_BY_BARS), "true on at least so many of the last bars"),
    key("holds_for_duration", Shape::Map(BY_TIME), "true on each bar of so long a time"),
    key("occurred_within_duration", Shape::Map(BY_TIME), "true on some bar of so long a time"),
    key("count_true_duration", Shape::Map(COUNT_BY_TIME), "true on at least so many bars of so long a time"),
    key("then", Shape::List(&Shape::Step), "steps that follow one another, each on a later bar"),
    key("within", Shape::Any, "how long each step may take: bars or a duration, or a list of them"),
    key("within_total", Shape::Any, "how long all steps together may take: bars or a duration"),
    key("anchor_tf", Shape::Timeframe, "the bars of `then` are those of this timeframe"),
    key("at_least", Shape::Number, "how many of the conditions under `of` must be true"),
    key("of", Shape::List(&Shape::Condition), "the conditions of which `at_least` so many must be true"),
    key(
        "score",
        Shape::List(&Shape::Map(WEIGHTED)),
        "the weights of the conditions that are true add up to `min`",
    ),
    key("min", Shape::Number, "the least score"),
    key("lhs", Shape::Operand, "left side"),
    key("op", Shape::Operator, "the operator between `lhs` and `rhs`"),
    key("rhs", Shape::Operand, "right side"),
    key("tolerance", Shape::Operand, "how near, for `near_pct` (percent) and `near_abs`"),
    key("use", Shape::Block, "the condition that a block is, such as `trend_filter_v1`"),
    VERSION,
    key("side", Shape::Words(SIDES), "the side of the block that is meant"),
    WITH,
];

const VERSION: Key =
    key("version", Shape::Number, "the version of the block, where its name does not say it");
const WITH: Key =
    key("with", Shape::Arguments, "the parameters of the block; absent ones have their defaults");

/// What stands beside `use` among features and in `risk`.
pub static USE: &[Key] = &[required("use", Shape::Block, "which block it is"), VERSION, WITH];

static SIDES: &[(&str, &str)] = &[("long", "for rising prices"), ("short", "for falling prices")];

static WEIGHTED: &[Key] = &[
    required("when", Shape::Condition, "the condition"),
    key("weight", Shape::Number, "what it counts when it is true; may be negative"),
];

pub(super) static STEP: &[Key] = &[
    required("when", Shape::Condition, "the condition of the step"),
    key("within", Shape::Any, "how long after the step before it: bars or a duration"),
];

/// What stands between the sides of a condition in a list, and what it means.
pub static OPERATORS: &[(&str, &str)] = &[
    (">", "greater"),
    (">=", "greater or equal"),
    ("<", "less"),
    ("<=", "less or equal"),
    ("==", "equal; whole numbers, truths and words"),
    ("!=", "not equal; whole numbers, truths and words"),
    ("between", "from the lower to the upper bound, both included: `[x, between, [30, 70]]`"),
    ("in", "one of these: `[x, in, [1, -1]]`"),
    ("near_pct", "within so many percent of the right side: `[close, near_pct, ema_50, 3]`"),
    ("near_abs", "within this distance of the right side: `[close, near_abs, ema_50, 50]`"),
    ("cross_above", "was not above, and is now; true on one bar"),
    ("cross_below", "was not below, and is now; true on one bar"),
];

const BARS: Key = required("bars", Shape::Number, "how many bars of the condition's own timeframe, 1 to 500");
const DURATION: Key = required("duration", Shape::Text, "how long, `1m` to `1d`");
const MIN_TRUE: Key = required("min_true", Shape::Number, "how many of them at least");
const EXPR: Key = required("expr", Shape::Condition, "the condition");
const ANCHOR_TF: Key = key("anchor_tf", Shape::Timeframe, "the bars are those of this timeframe");

static BY_BARS: &[Key] = &[BARS, EXPR, ANCHOR_TF];
static COUNT_BY_BARS: &[Key] = &[BARS, MIN_TRUE, EXPR, ANCHOR_TF];
static BY_TIME: &[Key] = &[DURATION, EXPR];
static COUNT_BY_TIME: &[Key] = &[DURATION, MIN_TRUE, EXPR];

/// The whole file of a block; `logic` of the type `risk` is a risk model.
pub static BLOCK: Shape = Shape::Map(BLOCK_FILE);

static BLOCK_FILE: &[Key] = &[
    required("id", Shape::Text, "the name of the block, which is that of its file"),
    key("name", Shape::Text, "the same as `id`"),
    required("version", Shape::Number, "a whole number from 1; a new meaning is a new version"),
    required("type", Shape::Words(BLOCK_TYPES), "where the block may stand"),
    key("description", Shape::Text, "what it does, for people"),
    key("params", Shape::Named(&Shape::Either(&[Shape::Map(PARAM), Shape::Any])), "what a use may change"),
    key("requires", Shape::Map(REQUIRES), "what the block brings along; it sees nothing else of a Play"),
    key("logic", Shape::Condition, "the condition, one for each side, or the risk rules"),
];

static BLOCK_TYPES: &[(&str, &str)] = &[
    ("filter", "a condition; stands in conditions and under `filters`"),
    ("entry", "a condition to enter on"),
    ("exit", "a condition to leave on; it may read the position"),
    ("feature_set", "features that a Play reads as `set.name`; it has no `logic`"),
    ("risk", "risk rules; stands under `risk`"),
];

static PARAM: &[Key] = &[
    required("type", Shape::Words(PARAM_TYPES), "what it takes"),
    key("default", Shape::Any, "its value where a use says nothing; without one it must be given"),
    key("min", Shape::Number, "the least that it takes"),
    key("max", Shape::Number, "the most that it takes"),
    key("choices", Shape::List(&Shape::Text), "the words that it takes"),
    key("description", Shape::Text, "what it is, for people"),
];

static PARAM_TYPES: &[(&str, &str)] = &[
    ("int", "a whole number"),
    ("number", "a number"),
    ("bool", "true or false"),
    ("choice", "one of the words under `choices`"),
    ("timeframe", "`1h` and so on, or a role such as `exec`"),
];

static REQUIRES: &[Key] = &[
    key("features", FEATURES, "indicators by id"),
    key("structures", Shape::Map(STRUCTURES), "market structures, listed under the role of their timeframe"),
    key("blocks", Shape::Named(&Shape::Map(USE)), "other blocks, by the names that the logic has for them"),
];

/// The logic of a block that differs from side to side.
pub static SIDED_LOGIC: &[Key] = &[
    key("long", Shape::Condition, "the condition for the long side"),
    key("short", Shape::Condition, "the condition for the short side"),
];

/// Filters that each have a side.
pub static SIDED_FILTERS: &[Key] = &[
    key("entry_long", Shape::Condition, "what long entries need beside their own condition"),
    key("entry_short", Shape::Condition, "what short entries need beside their own condition"),
];
