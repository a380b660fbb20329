//! THE op table. Encoding, printing, verifier, interpreter and JIT read this table; there is no second list
//! of ops.
//!
//! Naming: a verb or operator name; `Time` at the end when the extent is a duration instead of bars.
//! Missing numbers are NaN, no op ever yields an infinity; conditions are Kleene (true, false, unknown).

use serde::{Deserialize, Serialize};
use stdlib::Field;

use crate::program::{BoolReg, NumReg};

/// An operand as the verifier and the printer see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    Num(NumReg),
    Bool(BoolReg),
}

impl From<NumReg> for Operand {
    fn from(reg: NumReg) -> Operand {
        Operand::Num(reg)
    }
}

impl From<BoolReg> for Operand {
    fn from(reg: BoolReg) -> Operand {
        Operand::Bool(reg)
    }
}

/// Registers under other numbers.
pub trait Renumber {
    fn num(&mut self, reg: NumReg) -> NumReg;
    fn bool(&mut self, reg: BoolReg) -> BoolReg;
}

trait Register: Sized {
    fn renumbered(self, to: &mut impl Renumber) -> Self;
}

impl Register for NumReg {
    fn renumbered(self, to: &mut impl Renumber) -> NumReg {
        to.num(self)
    }
}

impl Register for BoolReg {
    fn renumbered(self, to: &mut impl Renumber) -> BoolReg {
        to.bool(self)
    }
}

/// What a Play may ask about its own position; all are missing while flat, but `side`, which is then 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PositionField {
    EntryPrice,
    BarsInTrade,
    /// Percent of the margin.
    UnrealizedPnlPct,
    /// 1 long, -1 short, 0 flat.
    Side,
    StopPrice,
    TargetPrice,
    MfePct,
    MaePct,
}

macro_rules! ops {
    ($($(#[doc = $doc:literal])* $op:ident $mnemonic:literal
        ($($out:ident: $out_ty:ty),*) <- ($($input:ident: $in_ty:ty),*) [$($imm:ident: $imm_ty:ty),*];)*) => {
        /// One instruction. All registers of an op belong to the clock of its section, except the input of
        /// `Align*`.
        #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Op {
            $($(#[doc = $doc])* $op { $($out: $out_ty,)* $($input: $in_ty,)* $($imm: $imm_ty,)* },)*
        }

        /// The name of every op, in the order of the table.
        pub const MNEMONICS: &[&str] = &[$($mnemonic,)*];

        impl Op {
            #[must_use]
            pub fn mnemonic(&self) -> &'static str {
                match self { $(Op::$op { .. } => $mnemonic,)* }
            }

            /// Registers it writes (for `Call`: see the call's outputs).
            #[allow(unused_variables, unused_mut)]
            pub fn outputs(&self, mut visit: impl FnMut(Operand)) {
                match *self { $(Op::$op { $($out,)* .. } => { $(visit($out.into());)* })* }
            }

            /// Registers it reads (for `Call`: see the call's inputs).
            #[allow(unused_variables, unused_mut)]
            pub fn inputs(&self, mut visit: impl FnMut(Operand)) {
                match *self { $(Op::$op { $($input,)* .. } => { $(visit($input.into());)* })* }
            }

            /// The same op on other registers (for `Call`: the call has them).
            #[allow(unused_variables)]
            #[must_use]
            pub fn renumbered(&self, outputs: &mut impl Renumber, inputs: &mut impl Renumber) -> Op {
                match *self {
                    $(Op::$op { $($out,)* $($input,)* $($imm,)* } => Op::$op {
                        $($out: $out.renumbered(outputs),)* $($input: $input.renumbered(inputs),)* $($imm,)*
                    },)*
                }
            }

            /// Immediate operands, by name, as text.
            #[allow(unused_variables, unused_mut)]
            pub fn immediates(&self, mut visit: impl FnMut(&'static str, String)) {
                match self {
                    $(Op::$op { $($imm,)* .. } => { $(visit(stringify!($imm), format!("{:?}", $imm));)* })*
                }
            }
        }
    };
}

ops! {
    // sources
    /// The same number on every bar.
    Constant "const" (out: NumReg) <- () [value: f64];
    /// The same truth on every bar; `None` is unknown.
    ConstantBool "const.bool" (out: BoolReg) <- () [value: Option<bool>];
    /// A column of the section's bars.
    Field "field" (out: NumReg) <- () [field: Field];
    /// A series beside the bars: an index into `Program::series`.
    Series "series" (out: NumReg) <- () [series: u16];
    /// The own position. Position sections only.
    Position "position" (out: NumReg) <- () [field: PositionField];
    /// A built-in: an index into `Program::calls`.
    Call "call" () <- () [call: u32];
    /// The value of the latest slower bar closed at or before this bar's close; missing before the first.
    AlignNum "align" (out: NumReg) <- (a: NumReg) [];
    /// The same for a condition.
    AlignBool "align.bool" (out: BoolReg) <- (a: BoolReg) [];

    // numbers
    Add "add" (out: NumReg) <- (a: NumReg, b: NumReg) [];
    Sub "sub" (out: NumReg) <- (a: NumReg, b: NumReg) [];
    Mul "mul" (out: NumReg) <- (a: NumReg, b: NumReg) [];
    /// Missing when `b` is 0.
    Div "div" (out: NumReg) <- (a: NumReg, b: NumReg) [];
    /// Floored: the sign of the divisor; missing when `b` is 0.
    Rem "rem" (out: NumReg) <- (a: NumReg, b: NumReg) [];
    Neg "neg" (out: NumReg) <- (a: NumReg) [];
    Abs "abs" (out: NumReg) <- (a: NumReg) [];
    /// The smaller; missing when either is.
    Min "min" (out: NumReg) <- (a: NumReg, b: NumReg) [];
    Max "max" (out: NumReg) <- (a: NumReg, b: NumReg) [];
    /// The value `bars` bars ago; missing before.
    Shift "shift" (out: NumReg) <- (a: NumReg) [bars: u32];

    // number -> condition: unknown when an operand is missing
    Gt "gt" (out: BoolReg) <- (a: NumReg, b: NumReg) [];
    Ge "ge" (out: BoolReg) <- (a: NumReg, b: NumReg) [];
    Lt "lt" (out: BoolReg) <- (a: NumReg, b: NumReg) [];
    Le "le" (out: BoolReg) <- (a: NumReg, b: NumReg) [];
    Eq "eq" (out: BoolReg) <- (a: NumReg, b: NumReg) [];
    Ne "ne" (out: BoolReg) <- (a: NumReg, b: NumReg) [];
    /// `|a - b| <= tolerance`
    NearAbs "near.abs" (out: BoolReg) <- (a: NumReg, b: NumReg, tolerance: NumReg) [];
    /// `|a - b| / |b| <= tolerance / 100`; unknown when `b` is 0.
    NearPct "near.pct" (out: BoolReg) <- (a: NumReg, b: NumReg, tolerance: NumReg) [];
    /// a <= b on the bar before and a > b now. Before the first bar: unknown unless a <= b now.
    CrossAbove "cross.above" (out: BoolReg) <- (a: NumReg, b: NumReg) [];
    CrossBelow "cross.below" (out: BoolReg) <- (a: NumReg, b: NumReg) [];
    /// Not 0.
    Truthy "truthy" (out: BoolReg) <- (a: NumReg) [];

    // conditions, Kleene
    And "and" (out: BoolReg) <- (a: BoolReg, b: BoolReg) [];
    Or "or" (out: BoolReg) <- (a: BoolReg, b: BoolReg) [];
    Not "not" (out: BoolReg) <- (a: BoolReg) [];

    // windows: unknown counts as not true, the result is always known; the current bar is sample 0, then
    // every `stride` bars back; samples before the first bar are not true
    HoldsFor "holds" (out: BoolReg) <- (a: BoolReg) [bars: u32, stride: u32];
    OccurredWithin "occurred" (out: BoolReg) <- (a: BoolReg) [bars: u32, stride: u32];
    CountTrue "count" (out: BoolReg) <- (a: BoolReg) [bars: u32, stride: u32, min_true: u32];
    // the bars that closed within `duration_ms` up to and including now
    HoldsForTime "holds.time" (out: BoolReg) <- (a: BoolReg) [duration_ms: i64];
    OccurredWithinTime "occurred.time" (out: BoolReg) <- (a: BoolReg) [duration_ms: i64];
    CountTrueTime "count.time" (out: BoolReg) <- (a: BoolReg) [duration_ms: i64, min_true: u32];

    // sequences: unknown counts as not true, the result is always known; the earlier step is strictly earlier
    /// `next` now, and `first` on one of the `bars` bars before this one.
    Then "then" (out: BoolReg) <- (first: BoolReg, next: BoolReg) [bars: u32];
    /// `next` now, and `first` on an earlier bar that closed at most `duration_ms` ago.
    ThenTime "then.time" (out: BoolReg) <- (first: BoolReg, next: BoolReg) [duration_ms: i64];
    // where a sequence began goes along as a number, for a limit on the whole of it
    /// Where `a` is true: the number of the bar, from 0; missing elsewhere.
    ThenStart "then.start" (out: NumReg) <- (a: BoolReg) [];
    /// Where `a` is true: the bar's close in ms; missing elsewhere.
    ThenStartTime "then.start.time" (out: NumReg) <- (a: BoolReg) [];
    /// Where `next` is true: `start` on the latest of the `bars` bars before this one that has one.
    ThenNext "then.next" (out: NumReg) <- (start: NumReg, next: BoolReg) [bars: u32];
    /// The same over the earlier bars that closed at most `duration_ms` ago.
    ThenNextTime "then.next.time" (out: NumReg) <- (start: NumReg, next: BoolReg) [duration_ms: i64];
    /// There is a `start`, at most `bars` bars ago.
    ThenEnd "then.end" (out: BoolReg) <- (start: NumReg) [bars: u32];
    /// There is a `start`, at most `duration_ms` ago.
    ThenEndTime "then.end.time" (out: BoolReg) <- (start: NumReg) [duration_ms: i64];

    // scores: the least and the most that a sum of weights can be, whatever the unknown ones turn out to be
    /// `sum`, and `weight` too where `a` is true (a weight below 0: where it is not known to be false).
    TallyLeast "tally.least" (out: NumReg) <- (sum: NumReg, a: BoolReg) [weight: f64];
    /// `sum`, and `weight` too where `a` is not known to be false (a weight below 0: where it is true).
    TallyMost "tally.most" (out: NumReg) <- (sum: NumReg, a: BoolReg) [weight: f64];
}
