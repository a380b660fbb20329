//! Numbers in machine code: two bars to a vector in chains, one by one in position code; the same rules.
//!
//! The interpreter makes every result that is not finite the canonical NaN at once. Here that waits until somebody
//! can tell: sums, differences, products, negations, magnitudes and dividends of what is not finite are not finite
//! either, so a chain of them needs the step only at its end. [`Form`] says what is still owed.

use std::collections::BTreeMap;

use bytecode::{NumReg, Op};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{Endianness, InstBuilder, MemFlagsData, Type, Value, types};
use cranelift_frontend::FunctionBuilder;

use crate::conditions::Condition;

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

#[derive(Clone, Copy)]
struct Num {
    value: Value,
    form: Form,
    constant: Option<f64>,
    /// For comparisons: NaN where it is not finite, and 0 for -0. Once it is made.
    compared: Option<Value>,
}

/// The numbers that are at hand, by register.
#[derive(Clone)]
pub struct Numbers {
    ty: Type,
    infinity: Value,
    nan: Value,
    values: BTreeMap<NumReg, Num>,
}

impl Numbers {
    /// For chains: two bars.
    pub fn lanes(b: &mut FunctionBuilder<'_>) -> Numbers {
        Numbers::new(b, types::F64X2)
    }

    /// For position code: one bar.
    pub fn scalars(b: &mut FunctionBuilder<'_>) -> Numbers {
        Numbers::new(b, types::F64)
    }

    fn new(b: &mut FunctionBuilder<'_>, ty: Type) -> Numbers {
        let (infinity, nan) = (splat(b, ty, f64::INFINITY), splat(b, ty, f64::NAN));
        Numbers { ty, infinity, nan, values: BTreeMap::new() }
    }

    pub fn has(&self, reg: NumReg) -> bool {
        self.values.contains_key(&reg)
    }

    fn set(&mut self, reg: NumReg, value: Value, form: Form) {
        self.values.insert(reg, Num { value, form, constant: None, compared: None });
    }

    fn constant(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg, value: f64) {
        let form = if value.is_finite() { Form::Canonical } else { Form::Raw };
        let num = Num { value: splat(b, self.ty, value), form, constant: Some(value), compared: None };
        self.values.insert(reg, num);
    }

    /// Reads it from memory; `raw` if no op has made it canonical.
    pub fn load(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg, address: Value, offset: i32, raw: bool) {
        let value = b.ins().load(self.ty, memory(), address, offset);
        self.set(reg, value, if raw { Form::Raw } else { Form::Canonical });
    }

    /// A value that the interpreter would make canonical now.
    pub fn owed(&mut self, reg: NumReg, value: Value) {
        self.set(reg, value, Form::Owed);
    }

    /// A value as the interpreter has it.
    pub fn given(&mut self, reg: NumReg, value: Value) {
        self.set(reg, value, Form::Raw);
    }

    /// Writes it to memory as the interpreter would.
    pub fn store(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg, address: Value, offset: i32) {
        let value = self.written(b, reg);
        b.ins().store(memory(), value, address, offset);
    }

    /// The bits that the interpreter's register would hold.
    pub fn written(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg) -> Value {
        let num = self.get(reg);
        match num.form {
            Form::Canonical | Form::Raw => num.value,
            Form::NoInfinity | Form::Owed => self.make_canonical(b, reg, num.value),
        }
    }

    fn make_canonical(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg, value: Value) -> Value {
        let magnitude = b.ins().fabs(value);
        let finite = b.ins().fcmp(FloatCC::LessThan, magnitude, self.infinity);
        let value = self.pick(b, finite, value, self.nan);
        self.set(reg, value, Form::Canonical);
        value
    }

    /// Whether all of these are finite on both bars, as 1 or 0; of none of them, 1. A sum that overflows says no, too.
    pub fn all_finite(&self, b: &mut FunctionBuilder<'_>, regs: &[NumReg]) -> Value {
        let mut sums: Vec<Value> = regs.iter().map(|&reg| self.get(reg).value).collect();
        // In pairs: the additions need not wait for each other.
        while sums.len() > 1 {
            let pairs = sums.chunks(2).map(|pair| match *pair {
                [x, y] => b.ins().fadd(x, y),
                _ => pair[0],
            });
            sums = pairs.collect();
        }
        let Some(&sum) = sums.first() else { return b.ins().iconst(types::I64, 1) };
        let magnitude = b.ins().fabs(sum);
        let finite = b.ins().fcmp(FloatCC::LessThan, magnitude, self.infinity);
        let lanes = b.ins().vhigh_bits(types::I64, finite);
        let both = b.ins().icmp_imm_s(IntCC::Equal, lanes, 3);
        b.ins().uextend(types::I64, both)
    }

    /// The same numbers where all of them are known to be finite: nothing is owed.
    pub fn where_finite(&self) -> Numbers {
        let mut numbers = self.clone();
        numbers.values.values_mut().for_each(|num| num.form = Form::Canonical);
        numbers
    }

    fn get(&self, reg: NumReg) -> Num {
        *self.values.get(&reg).expect("every register is at hand before it is read")
    }

    /// As the interpreter reads it.
    fn settled(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg) -> Num {
        let num = self.get(reg);
        if num.form == Form::Owed {
            self.make_canonical(b, reg, num.value);
        }
        self.get(reg)
    }

    /// For comparisons, which take any NaN as missing and -0 as 0: cheaper than `settled`.
    fn compared(&mut self, b: &mut FunctionBuilder<'_>, reg: NumReg) -> Value {
        let mut num = self.get(reg);
        if num.form != Form::Owed {
            return num.value;
        }
        let value = num.compared.unwrap_or_else(|| {
            // 0 of what is finite, NaN of what is not.
            let nothing = b.ins().fsub(num.value, num.value);
            b.ins().fadd(num.value, nothing)
        });
        num.compared = Some(value);
        self.values.insert(reg, num);
        value
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
                let value = b.ins().fneg(num.value);
                self.set(out, value, if num.form < Form::Raw { Form::NoInfinity } else { Form::Owed });
            }
            Op::Abs { out, a } => {
                let num = self.get(a);
                let value = b.ins().fabs(num.value);
                self.set(out, value, if num.form < Form::Raw { num.form } else { Form::Owed });
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
        let value = f(b, self.get(x).value, self.get(y).value);
        self.set(out, value, Form::Owed);
    }

    /// `x` where it is missing or less (greater), else `y`.
    fn extreme(
        &mut self,
        b: &mut FunctionBuilder<'_>,
        (out, x, y): (NumReg, NumReg, NumReg),
        relation: FloatCC,
    ) {
        let (x, y) = (self.settled(b, x), self.settled(b, y));
        let holds = b.ins().fcmp(relation, x.value, y.value);
        let mut picked = self.pick(b, holds, x.value, y.value);
        if x.constant.is_none_or(f64::is_nan) {
            let missing = b.ins().fcmp(FloatCC::Unordered, x.value, x.value);
            picked = self.pick(b, missing, x.value, picked);
        }
        let form = x.form.max(y.form);
        self.set(out, picked, if form < Form::Raw { form } else { Form::Owed });
    }

    /// Where a comparison is true and where it is false, as lanes (or 1 and 0); `None` for other ops.
    pub fn compare(&mut self, b: &mut FunctionBuilder<'_>, op: &Op) -> Option<Condition> {
        let (relation, opposite, x, y) = match *op {
            Op::Gt { a, b, .. } | Op::CrossAbove { a, b, .. } => {
                (FloatCC::GreaterThan, FloatCC::LessThanOrEqual, a, b)
            }
            Op::Lt { a, b, .. } | Op::CrossBelow { a, b, .. } => {
                (FloatCC::LessThan, FloatCC::GreaterThanOrEqual, a, b)
            }
            Op::Ge { a, b, .. } => (FloatCC::GreaterThanOrEqual, FloatCC::LessThan, a, b),
            Op::Le { a, b, .. } => (FloatCC::LessThanOrEqual, FloatCC::GreaterThan, a, b),
            Op::Eq { a, b: c, .. } => {
                let (x, y) = (self.compared(b, a), self.compared(b, c));
                return Some(equal(b, x, y));
            }
            Op::Ne { a, b: c, .. } => {
                let (x, y) = (self.compared(b, a), self.compared(b, c));
                let (equal, differs) = equal(b, x, y);
                return Some((differs, equal));
            }
            Op::Truthy { a, .. } => {
                let (x, zero) = (self.compared(b, a), splat(b, self.ty, 0.0));
                let (zero, other) = equal(b, x, zero);
                return Some((other, zero));
            }
            Op::NearAbs { a, b: c, tolerance, .. } => return Some(self.near(b, (a, c, tolerance), false)),
            Op::NearPct { a, b: c, tolerance, .. } => return Some(self.near(b, (a, c, tolerance), true)),
            _ => return None,
        };
        let (x, y) = (self.compared(b, x), self.compared(b, y));
        Some((b.ins().fcmp(relation, x, y), b.ins().fcmp(opposite, x, y)))
    }

    /// With `percent` the tolerance is in percent of the second number, and nothing is near 0 or far from it.
    fn near(
        &mut self,
        b: &mut FunctionBuilder<'_>,
        numbers: (NumReg, NumReg, NumReg),
        percent: bool,
    ) -> Condition {
        let (x, y) = (self.compared(b, numbers.0), self.compared(b, numbers.1));
        let tolerance = self.compared(b, numbers.2);
        let difference = b.ins().fsub(x, y);
        let distance = b.ins().fabs(difference);
        let (both, third) =
            (b.ins().fcmp(FloatCC::Ordered, x, y), b.ins().fcmp(FloatCC::Ordered, tolerance, tolerance));
        let mut known = b.ins().band(both, third);
        let (mut left, mut right) = (distance, tolerance);
        if percent {
            let (zero, hundred) = (splat(b, self.ty, 0.0), splat(b, self.ty, 100.0));
            let size = b.ins().fabs(y);
            left = b.ins().fdiv(distance, size);
            right = b.ins().fdiv(tolerance, hundred);
            let some = b.ins().fcmp(FloatCC::NotEqual, y, zero);
            known = b.ins().band(known, some);
        }
        let near = b.ins().fcmp(FloatCC::LessThanOrEqual, left, right);
        (b.ins().band(known, near), b.ins().band_not(known, near))
    }

    fn pick(&self, b: &mut FunctionBuilder<'_>, mask: Value, yes: Value, no: Value) -> Value {
        if self.ty == types::F64 {
            return b.ins().select(mask, yes, no);
        }
        let mask = b.ins().bitcast(self.ty, little(), mask);
        b.ins().bitselect(mask, yes, no)
    }
}

/// Where two numbers are equal, and where they are not. "Not equal and neither missing" is no relation of vectors.
fn equal(b: &mut FunctionBuilder<'_>, x: Value, y: Value) -> Condition {
    let (less, greater) = (b.ins().fcmp(FloatCC::LessThan, x, y), b.ins().fcmp(FloatCC::GreaterThan, x, y));
    (b.ins().fcmp(FloatCC::Equal, x, y), b.ins().bor(less, greater))
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
