//! Runs structures in a row, each fed with the columns of those it uses, as a Play would.
#![allow(dead_code, reason = "each test that includes it uses its part")]
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

pub mod made;

use std::collections::BTreeMap;

use stdlib::{Builtin, Field, Input, Kernel, Kind, ParamType, Params, Value, builtin, lookup};

/// One entry of `structures:`; parameters as JSON text.
#[derive(Clone, Debug)]
pub struct Instance {
    pub key: String,
    pub ty: String,
    pub uses: Vec<String>,
    pub params: Vec<(String, String)>,
}

impl Instance {
    pub fn new(key: &str, ty: &str, uses: &[&str], params: &[(&str, &str)]) -> Instance {
        Instance {
            key: key.into(),
            ty: ty.into(),
            uses: uses.iter().map(|u| (*u).into()).collect(),
            params: params.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
        }
    }

    pub fn row(&self) -> &'static Builtin {
        builtin(lookup(Kind::Structure, &self.ty).unwrap_or_else(|| panic!("no structure {}", self.ty)))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str())
    }

    /// The declared defaults with the given values in their places.
    pub fn values(&self) -> Params {
        let row = self.row();
        let mut params = Params::defaults(row.params);
        for (name, text) in self.params.iter().filter(|(name, _)| name != "source") {
            let index =
                row.param_index(name).unwrap_or_else(|| panic!("{} has no parameter {name}", self.ty));
            let word = text.trim_matches('"');
            params.0[index] = match row.params[index].ty {
                ParamType::Int { .. } => Value::Int(word.parse().unwrap()),
                ParamType::Float { .. } => Value::Float(word.parse().unwrap()),
                ParamType::Bool => Value::Bool(word.parse().unwrap()),
                ParamType::Choice(words) => {
                    Value::Choice(words.iter().position(|w| *w == word).unwrap() as u16)
                }
                ParamType::List { .. } => {
                    let items = word.trim_matches(['[', ']']).split(',');
                    Value::List(items.map(|x| x.trim().parse().unwrap()).collect())
                }
                ParamType::Feature => Value::Feature(true),
            };
        }
        (row.check)(&params).unwrap_or_else(|e| panic!("{}: {}", self.key, e.message));
        params
    }
}

/// Columns by name: those of the bars, and of the features that structures refer to.
pub type Columns = BTreeMap<String, Vec<f64>>;

/// The outputs of every instance so far.
#[derive(Default)]
pub struct Chain {
    pub done: BTreeMap<String, (Instance, Columns)>,
}

impl Chain {
    /// The input columns of an instance, in the order of its row.
    pub fn inputs(&self, instance: &Instance, bars: &Columns) -> Vec<Vec<f64>> {
        let bar = |name: &str| bars.get(name).unwrap_or_else(|| panic!("no column {name}")).clone();
        let used = |ty: &str| instance.uses.iter().map(|k| &self.done[k]).find(|(i, _)| i.ty == ty);
        let one = |input: &Input| match *input {
            Input::Bar(field) => bar(Field::name(field)),
            Input::Source => bar(instance.text("source").map_or("close", |s| s.trim_matches('"'))),
            Input::Feature { param } => {
                instance.text(param).map(|s| bar(s.trim_matches('"'))).unwrap_or_default()
            }
            Input::Uses { structure, output, optional } => match used(structure) {
                Some((_, columns)) => columns[output].clone(),
                None if optional => Vec::new(),
                None => panic!("{} needs a {structure}", instance.key),
            },
        };
        instance.row().inputs.iter().map(one).collect()
    }

    pub fn add(&mut self, instance: &Instance, bars: &Columns) {
        let (params, inputs) = (instance.values(), self.inputs(instance, bars));
        let outputs = instance.row().outputs(&params);
        let n = bars["close"].len();
        let mut kernel = (instance.row().make)(&params);
        let columns = run(kernel.as_mut(), &inputs, outputs.len(), &[n]);
        let named = outputs.iter().map(|o| o.name.to_string()).zip(columns).collect();
        self.done.insert(instance.key.clone(), (instance.clone(), named));
    }

    pub fn run(instances: &[Instance], bars: &Columns) -> Chain {
        let mut chain = Chain::default();
        for instance in instances {
            chain.add(instance, bars);
        }
        chain
    }

    pub fn column(&self, key: &str, output: &str) -> &[f64] {
        self.done[key].1.get(output).unwrap_or_else(|| panic!("{key} has no output {output}"))
    }
}

/// Runs a kernel over blocks of these lengths.
pub fn run(kernel: &mut dyn Kernel, inputs: &[Vec<f64>], outputs: usize, blocks: &[usize]) -> Vec<Vec<f64>> {
    let mut all: Vec<Vec<f64>> = vec![Vec::new(); outputs];
    let mut from = 0;
    for &len in blocks {
        let part: Vec<&[f64]> =
            inputs.iter().map(|c| if c.is_empty() { &[][..] } else { &c[from..from + len] }).collect();
        let mut block = vec![vec![0.0; len]; outputs];
        let mut slices: Vec<&mut [f64]> = block.iter_mut().map(Vec::as_mut_slice).collect();
        kernel.run(&part, &mut slices);
        for (column, piece) in all.iter_mut().zip(block) {
            column.extend(piece);
        }
        from += len;
    }
    all
}

/// Bars of a seeded random walk on a grid of ticks, so that ties occur.
pub fn walk(bars: usize, seed: u64, tick: f64) -> Columns {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut columns = Columns::new();
    let mut close = 1000.0;
    for _ in 0..bars {
        let open: f64 = close;
        close = open + (tick * ((random() - 0.5) * 24.0).round()) * if random() < 0.1 { 3.0 } else { 1.0 };
        let high = open.max(close) + tick * (random() * 5.0).floor();
        let low = open.min(close) - tick * (random() * 5.0).floor();
        for (name, value) in [("open", open), ("high", high), ("low", low), ("close", close)] {
            columns.entry(name.into()).or_default().push(value);
        }
    }
    columns
}
