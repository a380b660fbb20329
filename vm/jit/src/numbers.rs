//! Numbers in machine code: two to a vector in chains, one by one in position code; the same rules.
//!
//! The interpreter makes every result that is not finite the canonical NaN at once. Here that waits until somebody
//! can tell: sums, differences, products, negations, magnitudes and dividends of what is not finite are not finite
//! either, so a chain of them needs the step only at its end. [`Form`] says what is still owed.

use std::collections::BTreeMap;

use bytecode::{NumReg, Op};
use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{Endianness, InstBuilder, MemFlagsData, Type, Value, types};
use cranelift_frontend::FunctionBuilder;

/// What is known of a value beside its bits; later ones owe more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    /// Finite or the canonical NaN: what every op of the interpreter writes.
    Canonical,
    /// Finite or some NaN.
    NoInfinity,
    /// As a column of the bars holds it: the interpreter reads and copies it as it is.
    Raw,
    /// The interpreter would have made it canonical.
    Owed,
}

#[derive(Clone)]
pub struct Num {
    parts: Vec<Value>,
    form: Form,
    constant: Option<f64>,
}

/// All-ones or all-zeros lanes (or 1 and 0), one value for each part of a number.
pub struct Mask(Vec<Value>);

/// The numbers that are at hand, by register.
pub struct Numbers {
    ty: Type,
    /// Values a number.
    parts: usize,
    infinity: Value,
    nan: Value,
    values: BTreeMap<NumReg, Num>,
}

/// Bars that a chain handles at once: independent work hides the latency of a long chain. With 8 the registers run out
/// and compiling takes nearly twice as long.
pub const CHAIN_BARS: usize = 4;

impl Numbers {
    /// For chains: `CHAIN_BARS` bars a number.
    pub fn vectors(b: &mut FunctionBuilder<'_>) -> Numbers {
        Numbers::new(b, types::F64X2, CHAIN_BARS / 2)
    }

    /// For position code: one bar.
    pub fn scalars(b: &mut FunctionBuilder<'_>) -> Numbers {
        Numbers::new(b, types::F64, 1)
    }

    fn new(b: &mut FunctionBuilder<'_>, ty: Type, parts: usize) -> Numbers {
        let (infinity, nan) = (splat(b, ty, f64::INFINITY), splat(b, ty, f64::NAN));
        Numbers { ty, parts, infinity, nan, values: BTreeMap::new() }
    }

    pub fn has(&self, reg: NumReg) -> bool {
        self.values.contains_key(&reg)
    }

    pub fn forget(&mut self) {
        self.values.clear();
    }

    fn set(&mut self, reg: NumReg, parts: Vec<Value>, form: Form) {
        self.values.insert(reg, Num { parts, form, constant: None });
    }

    pub fn constant(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg, value: f64) {
        let part = splat(b, self.ty, value);
        let form = if value.is_finite() { Form::Canonical } else { Form::Raw };
        self.values.insert(reg, Num { parts: vec![part; self.parts], form, constant: Some(value) });
    }

    /// Reads it from memory; `raw` if no op has made it canonical.
    pub fn load(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg, address: Value, offset: i32, raw: bool) {
        let bytes = self.ty.bytes() as i32;
        let part = |part| b.ins().load(self.ty, memory(), address, offset + part as i32 * bytes);
        let parts = (0..self.parts).map(part).collect();
        self.set(reg, parts, if raw { Form::Raw } else { Form::Canonical });
    }

    /// One bar's value, which the interpreter would make canonical now.
    pub fn owed(&mut self, reg: NumReg, value: Value) {
        self.set(reg, vec![value], Form::Owed);
    }

    /// One bar's value, as the interpreter has it.
    pub fn given(&mut self, reg: NumReg, value: Value) {
        self.set(reg, vec![value], Form::Raw);
    }

    /// Writes it to memory as the interpreter would.
    pub fn store(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg, address: Value, offset: i32) {
        let bytes = self.ty.bytes() as i32;
        for (part, value) in self.written(b, reg).into_iter().enumerate() {
            b.ins().store(memory(), value, address, offset + part as i32 * bytes);
        }
    }

    /// The bits that the interpreter's register would hold.
    pub fn written(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg) -> Vec<Value> {
        let num = self.get(reg);
        if matches!(num.form, Form::Canonical | Form::Raw) {
            return num.parts;
        }
        self.make_canonical(b, reg, &num)
    }

    fn make_canonical(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg, num: &Num) -> Vec<Value> {
        let nan = self.nan;
        let parts = num.parts.iter().map(|&value| {
            let finite = self.is_finite(b, value);
            self.pick(b, finite, value, nan)
        });
        let parts: Vec<Value> = parts.collect();
        self.set(reg, parts.clone(), Form::Canonical);
        parts
    }

    fn get(&self, reg: NumReg) -> Num {
        self.values.get(&reg).cloned().expect("every register is at hand before it is read")
    }

    /// As the interpreter reads it.
    fn settled(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg) -> Num {
        let num = self.get(reg);
        if num.form == Form::Owed {
            self.make_canonical(b, reg, &num);
        }
        self.get(reg)
    }

    /// Arithmetic; whether it was such an op.
    pub fn arithmetic(&mut self, b: &mut FunctionBuilder<'_>, op: &Op) -> bool {
        match *op {
            Op::Constant { out, value } => self.constant(b, out, value),
            Op::Add { out, a, b: c } => self.sum(b, (out, a, c), |b, x, y| b.ins().fadd(x, y)),
            Op::Sub { out, a, b: c } => self.sum(b, (out, a, c), |b, x, y| b.ins().fsub(x, y)),
            Op::Mul { out, a, b: c } => self.sum(b, (out, a, c), |b, x, y| b.ins().fmul(x, y)),
            Op::Div { out, a, b: c } => {
                // Something over an infinity would be 0.
                self.settled(b, c);
                self.sum(b, (out, a, c), |b, x, y| b.ins().fdiv(x, y));
            }
            Op::Min { out, a, b: c } => self.extreme(b, (out, a, c), FloatCC::LessThan),
            Op::Max { out, a, b: c } => self.extreme(b, (out, a, c), FloatCC::GreaterThan),
            Op::Neg { out, a } => {
                let num = self.get(a);
                let parts = num.parts.iter().map(|&x| b.ins().fneg(x)).collect();
                let form = if num.form < Form::Raw { Form::NoInfinity } else { Form::Owed };
                self.set(out, parts, form);
            }
            Op::Abs { out, a } => {
                let num = self.get(a);
                let parts = num.parts.iter().map(|&x| b.ins().fabs(x)).collect();
                self.set(out, parts, if num.form < Form::Raw { num.form } else { Form::Owed });
            }
            _ => return false,
        }
        true
    }

    fn sum(
        &mut self,
        b: &mut FunctionBuilder<'_>,
        (out, x, y): (NumReg, NumReg, NumReg),
        f: impl Fn(&mut FunctionBuilder<'_>, Value, Value) -> Value,
    ) {
        let (x, y) = (self.get(x), self.get(y));
        let parts = x.parts.iter().zip(&y.parts).map(|(&x, &y)| f(b, x, y)).collect();
        self.set(out, parts, Form::Owed);
    }

    /// `x` where it is missing or less (greater), else `y`.
    fn extreme(
        &mut self,
        b: &mut FunctionBuilder<'_>,
        (out, x, y): (NumReg, NumReg, NumReg),
        relation: FloatCC,
    ) {
        let (x, y) = (self.settled(b, x), self.settled(b, y));
        let never_missing = x.constant.is_some_and(|x| !x.is_nan());
        let parts = x.parts.iter().zip(&y.parts).map(|(&x, &y)| {
            let holds = b.ins().fcmp(relation, x, y);
            let picked = self.pick(b, holds, x, y);
            if never_missing {
                return picked;
            }
            let missing = b.ins().fcmp(FloatCC::Unordered, x, x);
            self.pick(b, missing, x, picked)
        });
        let parts = parts.collect();
        let form = x.form.max(y.form);
        self.set(out, parts, if form < Form::Raw { form } else { Form::Owed });
    }

    /// Where the relation of a comparison holds; where an operand is missing anything may come out. `None` for other
    /// ops.
    pub fn holds(&mut self, b: &mut FunctionBuilder<'_>, op: &Op) -> Option<Mask> {
        let relation = match *op {
            Op::Gt { a, b, .. } | Op::CrossAbove { a, b, .. } => (FloatCC::GreaterThan, a, b),
            Op::Lt { a, b, .. } | Op::CrossBelow { a, b, .. } => (FloatCC::LessThan, a, b),
            Op::Ge { a, b, .. } => (FloatCC::GreaterThanOrEqual, a, b),
            Op::Le { a, b, .. } => (FloatCC::LessThanOrEqual, a, b),
            Op::Eq { a, b, .. } => (FloatCC::Equal, a, b),
            Op::Ne { a, b, .. } => (FloatCC::NotEqual, a, b),
            Op::Truthy { a, .. } => return Some(self.nonzero(b, a)),
            Op::NearAbs { a, b: c, tolerance, .. } => {
                return Some(
                    self.near(b, (a, c, tolerance), |_, distance, _, tolerance| (distance, tolerance)),
                );
            }
            Op::NearPct { a, b: c, tolerance, .. } => {
                let hundred = splat(b, self.ty, 100.0);
                return Some(self.near(b, (a, c, tolerance), |b, distance, to, tolerance| {
                    let to = b.ins().fabs(to);
                    (b.ins().fdiv(distance, to), b.ins().fdiv(tolerance, hundred))
                }));
            }
            _ => return None,
        };
        let (relation, x, y) = (relation.0, self.get(relation.1), self.get(relation.2));
        let parts = x.parts.iter().zip(&y.parts).map(|(&x, &y)| b.ins().fcmp(relation, x, y));
        Some(Mask(parts.collect()))
    }

    fn near(
        &mut self,
        b: &mut FunctionBuilder<'_>,
        (x, y, tolerance): (NumReg, NumReg, NumReg),
        sides: impl Fn(&mut FunctionBuilder<'_>, Value, Value, Value) -> (Value, Value),
    ) -> Mask {
        let (x, y, tolerance) = (self.get(x), self.get(y), self.get(tolerance));
        let parts = x.parts.iter().zip(&y.parts).zip(&tolerance.parts).map(|((&x, &y), &tolerance)| {
            let difference = b.ins().fsub(x, y);
            let distance = b.ins().fabs(difference);
            let (left, right) = sides(b, distance, y, tolerance);
            b.ins().fcmp(FloatCC::LessThanOrEqual, left, right)
        });
        Mask(parts.collect())
    }

    /// Where it is not 0 (or missing).
    pub fn nonzero(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg) -> Mask {
        let zero = splat(b, self.ty, 0.0);
        let num = self.get(reg);
        Mask(num.parts.iter().map(|&x| b.ins().fcmp(FloatCC::NotEqual, x, zero)).collect())
    }

    /// Where it is not missing.
    pub fn known(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg) -> Mask {
        let num = self.get(reg);
        let parts = num.parts.iter().map(|&x| match num.form {
            Form::Owed => self.is_finite(b, x),
            _ => b.ins().fcmp(FloatCC::Ordered, x, x),
        });
        Mask(parts.collect())
    }

    fn is_finite(&self, b: &mut FunctionBuilder<'_>, value: Value) -> Value {
        let magnitude = b.ins().fabs(value);
        b.ins().fcmp(FloatCC::LessThan, magnitude, self.infinity)
    }

    fn pick(&self, b: &mut FunctionBuilder<'_>, mask: Value, yes: Value, no: Value) -> Value {
        if self.parts == 1 {
            return b.ins().select(mask, yes, no);
        }
        let mask = b.ins().bitcast(self.ty, little(), mask);
        b.ins().bitselect(mask, yes, no)
    }
}

impl Mask {
    /// A bit for each bar, the first bar in the lowest.
    pub fn bits(&self, b: &mut FunctionBuilder<'_>) -> Value {
        if let [one] = self.0[..] {
            return b.ins().uextend(types::I64, one);
        }
        // The lower halves of two vectors' lanes make one vector of four lanes, hence four bits at once.
        let halves: Vec<u8> = [0, 8, 16, 24].into_iter().flat_map(|first| first..first + 4).collect();
        let halves = b.func.dfg.immediates.push(halves.into());
        let mut bits = None;
        for (at, two) in self.0.chunks_exact(2).enumerate() {
            let low = b.ins().bitcast(types::I8X16, little(), two[0]);
            let high = b.ins().bitcast(types::I8X16, little(), two[1]);
            let four = b.ins().shuffle(low, high, halves);
            let four = b.ins().bitcast(types::I32X4, little(), four);
            let four = b.ins().vhigh_bits(types::I64, four);
            bits = Some(match bits {
                None => four,
                Some(bits) => {
                    let four = b.ins().ishl_imm_s(four, 4 * at as i64);
                    b.ins().bor(bits, four)
                }
            });
        }
        bits.expect("a number of vectors has at least two of them")
    }
}

/// Mapped for as long as the code runs, aligned as numbers and words are.
pub fn memory() -> MemFlagsData {
    MemFlagsData::new().with_notrap()
}

fn little() -> MemFlagsData {
    MemFlagsData::new().with_endianness(Endianness::Little)
}

fn splat(b: &mut FunctionBuilder<'_>, ty: Type, value: f64) -> Value {
    let value = b.ins().f64const(value);
    if ty == types::F64 { value } else { b.ins().splat(ty, value) }
}
