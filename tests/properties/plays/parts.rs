//! Features and structures of a random Play: any row of the catalogue, on any clock, chained or anchored.

use std::fmt::Write;

use stdlib::params::{Default as ParamDefault, Value};
use stdlib::signature::Input;
use stdlib::{BUILTINS, Builtin, Field, Kind, Param, ParamType, Params, Range, Type, Unit};

use super::{Dice, Operand};

const SLOW: [&str; 3] = ["30m", "1h", "4h"];
/// A timeframe that structures live on: the role, and the end of their keys.
const ROLES: [(&str, &str, &str); 2] = [("exec", "x", ""), ("med_tf", "h", ", tf: 1h")];

/// What a Play's features and structures are, as lines of YAML, and what may be read of them.
#[derive(Default)]
pub struct Parts {
    features: String,
    structures: String,
    operands: Vec<Operand>,
    /// Real-valued outputs by timeframe, to chain on.
    sources: Vec<(String, String)>,
    /// Structures by role and type.
    made: Vec<(&'static str, &'static Builtin, String)>,
    count: usize,
}

impl Parts {
    pub fn random(dice: &mut Dice, needs_swing: bool) -> Parts {
        let mut parts = Parts::default();
        // for stops, and for structures that ask for an average true range
        for (_, end, tf) in ROLES {
            let _ = writeln!(parts.features, "  atr_{end}: {{indicator: atr, params: {{length: 5}}{tf}}}");
        }
        for role in ROLES {
            if (needs_swing && role.0 == "exec") || dice.chance(30) {
                parts.structures(dice, role);
            }
        }
        for _ in 0..1 + dice.below(4) {
            parts.feature(dice);
        }
        if dice.chance(15) {
            let _ = writeln!(parts.features, "  set: {{use: momentum_set_v1, with: {{length: 5}}}}");
            let oscillator = |text: &str| Operand::new(text, Type::OSCILLATOR);
            parts.operands.extend([oscillator("set.rsi"), oscillator("set.stoch.k")]);
        }
        parts
    }

    /// What conditions may read, beside the columns of the bars.
    pub fn operands(&self, dice: &mut Dice) -> Vec<Operand> {
        let mut all = self.operands.clone();
        let unit = |text: &str, unit| Operand::new(text, Type::Float { unit, range: Range::ANY });
        for (text, of) in [
            ("funding_rate", Unit::Ratio),
            ("open_interest", Unit::Volume),
            ("oi_delta(3)", Unit::Volume),
            ("mark_price", Unit::Price),
            ("index_price", Unit::Price),
            ("liquidations", Unit::Volume),
            ("last_price", Unit::Price),
            ("volume", Unit::Volume),
        ] {
            if dice.chance(7) {
                all.push(unit(text, of));
            }
        }
        all
    }

    pub fn sections(&self) -> String {
        let mut text = format!("features:\n{}", self.features);
        if !self.structures.is_empty() {
            let _ = write!(text, "structures:\n{}", self.structures);
        }
        text
    }

    fn feature(&mut self, dice: &mut Dice) {
        let tf = if dice.chance(35) { format!(", tf: {}", dice.pick(&SLOW)) } else { String::new() };
        let role = ROLES.iter().find(|r| r.2 == tf).map(|r| r.0);
        let rows: Vec<(&Builtin, String)> = BUILTINS
            .iter()
            .filter(|row| row.kind == Kind::Indicator)
            .filter_map(|row| Some((*row, self.uses(row, role)?)))
            .collect();
        let (row, uses) = &rows[dice.below(rows.len())];
        let id = format!("f{}", self.count);
        self.count += 1;
        let base = format!("{id}_base");
        if row.params.iter().any(|p| p.ty == ParamType::Feature) {
            let _ = writeln!(self.features, "  {base}: {{indicator: sma, params: {{length: 3}}{tf}}}");
        }
        let source = if row.inputs.contains(&Input::Source) && dice.chance(45) {
            self.source(dice, &id, &tf)
        } else {
            String::new()
        };
        let (text, params) = parameters(row, dice, &base);
        let _ = writeln!(self.features, "  {id}: {{indicator: {}{text}{source}{uses}{tf}}}", row.name);
        let is_alone = source.contains(": f") || source.contains("volume");
        self.outputs(&id, row, &params, (&tf, is_alone));
    }

    /// A column of the bars, an output of another feature of the same clock, or one made for it.
    fn source(&mut self, dice: &mut Dice, id: &str, tf: &str) -> String {
        if dice.chance(50) {
            let fields: Vec<&str> =
                Field::ALL.iter().filter(|f| **f != Field::Time).map(|f| f.name()).collect();
            return format!(", source: {}", dice.pick(&fields));
        }
        let there: Vec<&String> = self.sources.iter().filter(|s| s.1 == tf).map(|s| &s.0).collect();
        if !there.is_empty() && dice.chance(60) {
            return format!(", source: {}", dice.pick(&there));
        }
        let _ = writeln!(self.features, "  {id}_of: {{indicator: ema, params: {{length: 4}}{tf}}}");
        format!(", source: {id}_of")
    }

    /// A swing structure, and what may hang on it.
    fn structures(&mut self, dice: &mut Dice, (role, end, tf): (&'static str, &str, &str)) {
        let mut rows: Vec<&'static Builtin> =
            BUILTINS.iter().filter(|b| b.kind == Kind::Structure).copied().collect();
        // what hangs on others comes after them; three rounds are as deep as it goes
        rows.sort_by_key(|row| row.inputs.iter().any(|i| matches!(i, Input::Uses { .. })));
        let _ = writeln!(self.structures, "  {role}:");
        for round in 0..3 {
            for &row in &rows {
                let there = self.made.iter().any(|m| m.0 == role && m.1.name == row.name);
                if there || !(row.name == "swing" || (round > 0 && dice.chance(15))) {
                    continue;
                }
                if let Some(uses) = self.uses(row, Some(role)) {
                    self.structure(dice, (role, end, tf), row, &uses);
                }
            }
        }
    }

    fn structure(
        &mut self,
        dice: &mut Dice,
        (role, end, tf): (&'static str, &str, &str),
        row: &'static Builtin,
        uses: &str,
    ) {
        let atr = format!("atr_{end}");
        let (mut text, mut params) = parameters(row, dice, &atr);
        // The anchor of a trend that is not in `uses` is refused.
        if row.param_index("use_trend_anchor").is_some_and(|at| params.0[at] == Value::Bool(true)) {
            params = Params::defaults(row.params);
            text = written(row, &params, &atr);
        }
        let key = format!("{}_{end}", row.name);
        let _ = writeln!(self.structures, "    - {{type: {}, key: {key}{uses}{text}}}", row.name);
        self.outputs(&key, row, &params, (tf, false));
        self.made.push((role, row, key));
    }

    /// `, uses: [..]` for a row that hangs on structures; nothing when one of them is not there.
    fn uses(&self, row: &Builtin, role: Option<&str>) -> Option<String> {
        let mut keys: Vec<&str> = Vec::new();
        for input in row.inputs {
            let Input::Uses { structure, optional: false, .. } = input else { continue };
            let (.., key) = self.made.iter().find(|m| Some(m.0) == role && m.1.name == *structure)?;
            keys.push(key);
        }
        keys.dedup();
        Some(if keys.is_empty() { String::new() } else { format!(", uses: [{}]", keys.join(", ")) })
    }

    fn outputs(&mut self, id: &str, row: &Builtin, params: &Params, (tf, is_alone): (&str, bool)) {
        let outputs = row.outputs(params);
        let single = outputs.len() == 1 && row.kind == Kind::Indicator;
        for output in &outputs {
            let name =
                if row.kind == Kind::Structure { member(&output.name) } else { output.name.to_string() };
            let text = if single { id.to_owned() } else { format!("{id}.{name}") };
            if row.kind == Kind::Indicator && matches!(output.ty, Type::Float { .. }) && !name.contains('.') {
                self.sources.push((text.clone(), tf.to_owned()));
            }
            self.operands.push(Operand { text, ty: output.ty, is_alone });
        }
    }
}

/// `level_0.618` is written `level[0.618]`, and `zone0_state` is `zone[0].state`.
fn member(name: &str) -> String {
    if let Some((family, ratio)) = name.rsplit_once('_')
        && ratio.parse::<f64>().is_ok()
    {
        return format!("{family}[{ratio}]");
    }
    let digit = name.find(|c: char| c.is_ascii_digit());
    if let Some((head, rest)) = digit.map(|at| name.split_at(at))
        && let Some((number, field)) = rest.split_once('_')
        && number.parse::<u32>().is_ok()
        && head == "zone"
    {
        return format!("{head}[{number}].{field}");
    }
    name.to_owned()
}

/// `, params: {..}` and what it comes to. Features are `feature`.
fn parameters(row: &Builtin, dice: &mut Dice, feature: &str) -> (String, Params) {
    for _ in 0..20 {
        let values: Vec<Value> = row.params.iter().map(|p| value(p, dice)).collect();
        let params = Params(values);
        if (row.check)(&params).is_ok() {
            return (varied(row, &params, feature, dice), params);
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
    let cells = row
        .params
        .iter()
        .zip(&params.0)
        .filter_map(|(param, value)| Some(format!("{}: {}", param.name, plain(param, value, feature)?)));
    listed(&cells.collect::<Vec<_>>())
}

/// The same, with a length that a sweep may vary.
fn varied(row: &Builtin, params: &Params, feature: &str, dice: &mut Dice) -> String {
    let cells = row.params.iter().zip(&params.0).filter_map(|(param, value)| {
        let text = match (param.ty, value) {
            (ParamType::Int { max, .. }, Value::Int(length))
                if *length < max && dice.open > 0 && dice.chance(10) =>
            {
                dice.open -= 1;
                format!("{{choices: [{length}, {}]}}", length + 1)
            }
            _ => plain(param, value, feature)?,
        };
        Some(format!("{}: {text}", param.name))
    });
    listed(&cells.collect::<Vec<_>>())
}

fn listed(cells: &[String]) -> String {
    if cells.is_empty() { String::new() } else { format!(", params: {{{}}}", cells.join(", ")) }
}

/// As it stands in a Play; nothing for a feature that is not given.
fn plain(param: &Param, value: &Value, feature: &str) -> Option<String> {
    Some(match value {
        Value::Int(v) => v.to_string(),
        Value::Float(v) => v.to_string(),
        Value::Bool(v) => v.to_string(),
        Value::List(v) => format!("{v:?}"),
        Value::Feature(false) => return None,
        Value::Feature(true) => feature.to_owned(),
        Value::Choice(at) => {
            let ParamType::Choice(words) = param.ty else { return None };
            format!("\"{}\"", words[usize::from(*at)])
        }
    })
}
