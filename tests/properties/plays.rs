//! Random Plays as text: features of the catalogue with random valid parameters, random conditions in all three
//! spellings, several timeframes, windows, structures, position state, stops of every kind.

mod conditions;

use std::fmt::Write;

use stdlib::params::{Default as ParamDefault, Value};
use stdlib::signature::Input;
use stdlib::{BUILTINS, Builtin, Kind, Param, ParamType, Params, Type};

use conditions::Conditions;

/// A small generator, so that one number names a whole case.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0, less than `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.below(1_000) as f64 / 999.0)
    }
}

/// A column that a condition may name.
#[derive(Clone, Debug)]
pub struct Operand {
    pub text: String,
    pub ty: Type,
}

const SLOW: [&str; 3] = ["30m", "1h", "4h"];

/// The text of a Play that compiles.
pub fn random_play(dice: &mut Dice) -> String {
    let exec = dice.pick(&["5m", "15m"]);
    let mut parts =
        Parts { features: String::new(), structures: String::new(), operands: Vec::new(), made: 0 };
    // for stops, and for structures that ask for an average true range
    parts.features += "  atr_x: {indicator: atr, params: {length: 5}}\n";
    for _ in 0..1 + dice.below(4) {
        parts.feature(dice);
    }
    if dice.chance(50) {
        parts.structures(dice);
    }
    let Parts { features, structures, operands, .. } = parts;
    let mut conditions = Conditions::new(&operands);
    let actions = actions(dice, &mut conditions);
    let (mode, leverage) = (dice.pick(&["long_only", "long_short"]), dice.pick(&[1, 1, 3]));
    let flip = mode == "long_short" && dice.chance(30);
    let tolerance = dice.pick(&["1", "0.01"]);
    let mut text = format!(
        "version: \"3.0.0\"\nname: random\nsymbol: BTCUSDT\n\
         timeframes: {{low_tf: {exec}, med_tf: 1h, high_tf: 4h, exec: low_tf}}\n\
         account: {{starting_equity_usdt: 10000, max_leverage: {leverage}, slippage_bps: 2}}\n\
         backtest: {{warmup_tolerance: {tolerance}}}\nfeatures:\n{features}"
    );
    if !structures.is_empty() {
        let _ = write!(text, "structures:\n  exec:\n{structures}");
    }
    text += &conditions.setups();
    text += &actions;
    let _ = writeln!(text, "position_policy: {{mode: {mode}, exit_mode: first_hit, allow_flip: {flip}}}");
    text += &risk(dice);
    text
}

fn actions(dice: &mut Dice, conditions: &mut Conditions<'_>) -> String {
    let entry = conditions.entry(dice);
    let exit = conditions.exit(dice);
    if dice.chance(70) {
        let mut text = format!("actions:\n  entry_long: {entry}\n  exit_long: {exit}\n");
        if dice.chance(50) {
            let _ = write!(
                text,
                "  entry_short: {}\n  exit_short: {}\n",
                conditions.entry(dice),
                conditions.exit(dice)
            );
        }
        return text;
    }
    let percent = dice.pick(&[25, 50, 100]);
    format!(
        "actions:\n  - id: enter\n    cases:\n      - when: {entry}\n        emit: [entry_long]\n      - when: {}\n        \
         emit: [entry_short]\n    else: {{emit: [no_action]}}\n  - id: leave\n    cases:\n      - when: {exit}\n        \
         emit: [{{action: exit_all, percent: {percent}}}]\n",
        conditions.entry(dice)
    )
}

fn risk(dice: &mut Dice) -> String {
    let stop = match dice.below(4) {
        0 => format!("{{type: percent, value: {:.2}}}", dice.between(0.3, 4.0)),
        1 => format!("{{type: atr_multiple, value: {:.1}, atr_feature_id: atr_x}}", dice.between(1.0, 4.0)),
        2 => format!("{{type: percent, value: {:.2}, basis: price}}", dice.between(0.3, 3.0)),
        _ => format!("{{type: trailing_pct, trail_pct: {:.2}}}", dice.between(0.5, 3.0)),
    };
    let trails = stop.contains("trailing");
    let target = match dice.below(3) {
        0 => format!("{{type: percent, value: {:.2}}}", dice.between(0.5, 8.0)),
        1 if !trails => format!("{{type: rr_ratio, value: {:.1}}}", dice.between(1.0, 4.0)),
        _ => format!("{{type: atr_multiple, value: {:.1}, atr_feature_id: atr_x}}", dice.between(2.0, 8.0)),
    };
    let sizing = match dice.below(3) {
        0 if !trails => "{model: risk_based, value: 1, max_leverage: 1}",
        1 => "{model: fixed_usdt, value: 500}",
        _ => "{model: percent_equity, value: 40}",
    };
    let mut text = format!("risk_model:\n  stop_loss: {stop}\n  take_profit: {target}\n  sizing: {sizing}\n");
    if !trails && dice.chance(30) {
        text += "  trailing: {atr_multiplier: 2, atr_feature_id: atr_x, activation_pct: 0.5}\n";
    }
    if dice.chance(30) {
        text += "  break_even: {activation_pct: 0.5, offset_pct: 0.1}\n";
    }
    if dice.chance(25) {
        let force = dice.pick(&["GTC", "PostOnly"]);
        let _ = writeln!(
            text,
            "entry: {{order_type: LIMIT, limit_offset_pct: 0.05, time_in_force: {force}, expire_after_bars: 3}}"
        );
    }
    text
}

struct Parts {
    features: String,
    structures: String,
    operands: Vec<Operand>,
    made: usize,
}

impl Parts {
    fn feature(&mut self, dice: &mut Dice) {
        // those that hang on a structure are left to the tests of the library
        let fits = |b: &&&Builtin| {
            b.kind == Kind::Indicator && !b.inputs.iter().any(|i| matches!(i, Input::Uses { .. }))
        };
        let all: Vec<&Builtin> = BUILTINS.iter().filter(fits).copied().collect();
        let row = dice.pick(&all);
        let id = format!("f{}", self.made);
        self.made += 1;
        let tf = if dice.chance(35) { format!(", tf: {}", dice.pick(&SLOW)) } else { String::new() };
        let given: Vec<&Param> = row.params.iter().filter(|p| p.ty == ParamType::Feature).collect();
        let base = format!("{id}_base");
        if !given.is_empty() {
            let _ = writeln!(self.features, "  {base}: {{indicator: sma, params: {{length: 3}}{tf}}}");
        }
        let source = if !row.inputs.contains(&Input::Source) || dice.chance(60) {
            String::new()
        } else if dice.chance(50) {
            format!(", source: {}", dice.pick(&["open", "hl2", "hlc3", "volume"]))
        } else {
            let _ = writeln!(self.features, "  {id}_of: {{indicator: ema, params: {{length: 4}}{tf}}}");
            format!(", source: {id}_of")
        };
        let (text, params) = parameters(row, dice, &base);
        let _ = writeln!(self.features, "  {id}: {{indicator: {}{text}{source}{tf}}}", row.name);
        self.outputs(&id, row, &params);
    }

    /// A swing structure, and what may hang on it.
    fn structures(&mut self, dice: &mut Dice) {
        let named = |name: &str| {
            let row = BUILTINS.iter().find(|b| b.kind == Kind::Structure && b.name == name);
            row.copied().expect("the catalogue has it")
        };
        let mut made = vec![(named("swing"), "swing_x".to_owned())];
        self.structure(dice, made[0].0, "swing_x", "");
        for name in ["trend", "market_structure", "fibonacci", "rolling_window", "fair_value_gap", "zone"] {
            if !dice.chance(35) {
                continue;
            }
            let row = named(name);
            let needs: Vec<&str> = row
                .inputs
                .iter()
                .filter_map(|i| match i {
                    Input::Uses { structure, optional: false, .. } => Some(*structure),
                    _ => None,
                })
                .collect();
            let Some(needed) =
                needs.iter().map(|n| made.iter().find(|(row, _)| row.name == *n)).collect::<Option<Vec<_>>>()
            else {
                continue;
            };
            let mut keys: Vec<&str> = needed.iter().map(|(_, key)| key.as_str()).collect();
            keys.dedup();
            let uses = if keys.is_empty() { String::new() } else { format!(", uses: [{}]", keys.join(", ")) };
            let key = format!("{name}_x");
            self.structure(dice, row, &key, &uses);
            made.push((row, key));
        }
    }

    fn structure(&mut self, dice: &mut Dice, row: &'static Builtin, key: &str, uses: &str) {
        let (mut text, mut params) = parameters(row, dice, "atr_x");
        // The anchor of a trend that is not in `uses` is refused.
        if row.param_index("use_trend_anchor").is_some_and(|at| params.0[at] == Value::Bool(true)) {
            params = Params::defaults(row.params);
            text = written(row, &params, "atr_x");
        }
        let _ = writeln!(self.structures, "    - {{type: {}, key: {key}{uses}{text}}}", row.name);
        self.outputs(key, row, &params);
    }

    fn outputs(&mut self, id: &str, row: &Builtin, params: &Params) {
        let outputs = row.outputs(params);
        let single = outputs.len() == 1 && row.kind == Kind::Indicator;
        for output in outputs.iter().filter(|o| !o.name.contains('.')) {
            let text = if single { id.to_owned() } else { format!("{id}.{}", output.name) };
            self.operands.push(Operand { text, ty: output.ty });
        }
    }
}

/// `, params: {..}` and what it comes to. Features are `feature`.
fn parameters(row: &Builtin, dice: &mut Dice, feature: &str) -> (String, Params) {
    for _ in 0..20 {
        let values: Vec<Value> = row.params.iter().map(|p| value(p, dice)).collect();
        let params = Params(values);
        if (row.check)(&params).is_ok() {
            return (written(row, &params, feature), params);
        }
    }
    let params = Params::defaults(row.params);
    (written(row, &params, feature), params)
}

fn value(param: &Param, dice: &mut Dice) -> Value {
    if param.default != ParamDefault::Required && param.ty != ParamType::Feature && dice.chance(40) {
        return param.default_value();
    }
    match param.ty {
        ParamType::Int { min, max } => Value::Int(min + dice.below((max - min + 1).min(25) as usize) as i64),
        ParamType::Float { min, max } => {
            let high = max.min(min.max(0.0) + 5.0);
            let low = min.max(-5.0).min(high);
            // as it will be read from the text
            let rounded = (dice.between(low, high) * 100.0).round() / 100.0;
            Value::Float(rounded.clamp(min, max))
        }
        ParamType::Bool => Value::Bool(dice.chance(50)),
        ParamType::Choice(words) => Value::Choice(dice.below(words.len()) as u16),
        ParamType::List { .. } => param.default_value(),
        ParamType::Feature => Value::Feature(param.default == ParamDefault::Required || dice.chance(50)),
    }
}

fn written(row: &Builtin, params: &Params, feature: &str) -> String {
    let mut cells = Vec::new();
    for (param, value) in row.params.iter().zip(&params.0) {
        let text = match value {
            Value::Int(v) => v.to_string(),
            Value::Float(v) => v.to_string(),
            Value::Bool(v) => v.to_string(),
            Value::List(v) => format!("{v:?}"),
            Value::Feature(false) => continue,
            Value::Feature(true) => feature.to_owned(),
            Value::Choice(at) => {
                let ParamType::Choice(words) = param.ty else { continue };
                format!("\"{}\"", words[usize::from(*at)])
            }
        };
        cells.push(format!("{}: {text}", param.name));
    }
    if cells.is_empty() { String::new() } else { format!(", params: {{{}}}", cells.join(", ")) }
}
