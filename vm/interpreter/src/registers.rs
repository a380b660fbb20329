//! Where the values of each register are during a block.
//!
//! A number lives in a scratch row that is taken again once nothing reads it any more, in a column over all
//! bars when it is kept, or in the bars themselves when it is a field of them. An op takes its output out of
//! the file, reads its operands and puts it back: every register has one writer, so the two never meet.

use std::mem::take;
use std::ops::Range;
use std::slice::from_mut;

use bars::Bitmap;
use bytecode::ops::Operand;
use bytecode::{BoolReg, NumReg};
use stdlib::Field;
use stdlib::wide::{self, Vector, Work};
use stdlib::window::finite::all_finite;

use crate::compare::Pair;
use crate::machine::Now;

/// A set of registers of both kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegSet {
    pub nums: Vec<bool>,
    pub bools: Vec<bool>,
}

impl RegSet {
    /// No register of so many.
    #[must_use]
    pub fn none(nums: usize, bools: usize) -> RegSet {
        RegSet { nums: vec![false; nums], bools: vec![false; bools] }
    }

    pub fn insert(&mut self, reg: impl Into<Operand>) {
        match reg.into() {
            Operand::Num(reg) => self.nums[reg.0 as usize] = true,
            Operand::Bool(reg) => self.bools[reg.0 as usize] = true,
        }
    }
}

/// Conditions of the block; when kept, also over all bars.
#[derive(Clone, Debug, Default)]
pub struct Bits {
    pub known: Vec<u64>,
    pub truth: Vec<u64>,
    /// Few have one: bits without it lie close together.
    pub(crate) whole: Option<Box<Bitmap>>,
}

/// Where an op writes the conditions of a block.
#[derive(Debug)]
pub struct BitsMut<'a> {
    pub known: &'a mut [u64],
    pub truth: &'a mut [u64],
}

impl<'a> BitsMut<'a> {
    pub(crate) fn word(known: &'a mut u64, truth: &'a mut u64) -> BitsMut<'a> {
        BitsMut { known: from_mut(known), truth: from_mut(truth) }
    }
}

impl Bits {
    pub(crate) fn new(block_bars: usize, whole_bars: Option<usize>) -> Bits {
        let words = block_bars.div_ceil(64);
        Bits {
            known: vec![0; words],
            truth: vec![0; words],
            whole: whole_bars.map(|bars| Box::new(Bitmap::unknown(bars))),
        }
    }

    pub(crate) fn block_mut(&mut self) -> BitsMut<'_> {
        BitsMut { known: &mut self.known, truth: &mut self.truth }
    }

    /// Copies the block's bits to bar `start` of the column. Bits beyond the block are 0.
    pub(crate) fn store(&mut self, start: usize, len: usize) {
        let Some(whole) = &mut self.whole else { return };
        let (first, shift, words) = (start / 64, start % 64, len.div_ceil(64));
        if shift == 0 {
            whole.known[first..first + words].copy_from_slice(&self.known[..words]);
            whole.truth[first..first + words].copy_from_slice(&self.truth[..words]);
            return;
        }
        for word in 0..words {
            let (known, truth) = (self.known[word], self.truth[word]);
            whole.known[first + word] |= known << shift;
            whole.truth[first + word] |= truth << shift;
            if first + word + 1 < whole.known.len() {
                whole.known[first + word + 1] |= known >> (64 - shift);
                whole.truth[first + word + 1] |= truth >> (64 - shift);
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Not a register of this code.
    Elsewhere,
    Row(u32),
    Field(Field),
    Series(u16),
}

impl Place {
    /// The block's values.
    fn block<'a>(self, rows: &'a [Row], now: &Now<'a>) -> &'a [f64] {
        match self {
            Place::Row(row) => rows[row as usize].block(now),
            Place::Field(field) => now.field(field),
            Place::Series(series) => &now.source.series[usize::from(series)][now.range()],
            Place::Elsewhere => {
                unreachable!("the verifier has proven that registers are written before they are read")
            }
        }
    }
}

/// Bytes of a line of the cache: what a wide vector reads at once is to lie in one.
const LINE_BYTES: usize = 64;

#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    values: Vec<f64>,
    /// Where the values begin: on a line, for those of a block.
    first: usize,
    /// Over all bars instead of the block's.
    whole: bool,
}

impl Row {
    pub fn of_block(bars: usize, value: f64) -> Row {
        let values = vec![value; bars + LINE_BYTES / size_of::<f64>()];
        let first = values.as_ptr().align_offset(LINE_BYTES).min(values.len() - bars);
        Row { values, first, whole: false }
    }

    pub fn of_bars(bars: usize, value: f64) -> Row {
        Row { values: vec![value; bars], first: 0, whole: true }
    }

    fn range(&self, now: &Now<'_>) -> Range<usize> {
        if self.whole { now.range() } else { self.first..self.first + now.len }
    }

    /// The value at the only bar of the block.
    #[inline]
    fn only(&self, now: &Now<'_>) -> f64 {
        self.values[if self.whole { now.start } else { self.first }]
    }

    /// The same, to be written.
    #[inline]
    fn only_mut(&mut self, now: &Now<'_>) -> &mut f64 {
        let at = if self.whole { now.start } else { self.first };
        &mut self.values[at]
    }

    /// The block's values.
    pub fn block(&self, now: &Now<'_>) -> &[f64] {
        &self.values[self.range(now)]
    }

    /// The first `bars` of a block; `None` for a column over all bars.
    #[inline]
    pub fn latest(&self, bars: usize) -> Option<&[f64]> {
        if self.whole { None } else { self.values.get(self.first..self.first + bars) }
    }

    pub fn block_mut(&mut self, now: &Now<'_>) -> &mut [f64] {
        let range = self.range(now);
        &mut self.values[range]
    }
}

#[derive(Clone, Debug)]
pub struct Registers {
    pub(crate) nums: Vec<Place>,
    pub(crate) rows: Vec<Row>,
    /// Index into `bits`.
    pub(crate) bools: Vec<Option<u32>>,
    pub(crate) bits: Vec<Bits>,
    /// Numbers that an op or the outside reads.
    pub(crate) read: Vec<bool>,
    /// Of each number, once a comparison has asked: whether the block lacks none of its values.
    complete: Vec<Option<bool>>,
}

impl Registers {
    pub(crate) fn empty(nums: usize, bools: usize) -> Registers {
        Registers {
            nums: vec![Place::Elsewhere; nums],
            rows: Vec::new(),
            bools: vec![None; bools],
            bits: Vec::new(),
            read: vec![false; nums],
            complete: vec![None; nums],
        }
    }

    /// The block's values.
    #[must_use]
    pub fn num<'a>(&'a self, reg: NumReg, now: &Now<'a>) -> &'a [f64] {
        self.nums[reg.0 as usize].block(&self.rows, now)
    }

    /// The value at the only bar of the block.
    #[inline]
    pub(crate) fn only(&self, reg: NumReg, now: &Now<'_>) -> f64 {
        match self.nums[reg.0 as usize] {
            Place::Row(row) => self.rows[row as usize].only(now),
            place => place.block(&self.rows, now)[0],
        }
    }

    /// The bits of the only bar of the block.
    #[inline]
    pub(crate) fn only_bits(&self, reg: BoolReg) -> (u64, u64) {
        let bits = self.bits(reg);
        (bits.known[0], bits.truth[0])
    }

    /// The block's bits.
    #[must_use]
    pub fn bits(&self, reg: BoolReg) -> &Bits {
        &self.bits[self.bits_at(reg)]
    }

    pub(crate) fn bits_at(&self, reg: BoolReg) -> usize {
        self.bools[reg.0 as usize].expect("the layout has given every condition of the section a place")
            as usize
    }

    fn row_at(&self, reg: NumReg) -> usize {
        match self.nums[reg.0 as usize] {
            Place::Row(row) => row as usize,
            _ => unreachable!("only fields and series are no rows, and no op writes them"),
        }
    }

    /// Takes the whole row of an output out of the file, for ops with several outputs.
    pub(crate) fn take_row(&mut self, reg: NumReg) -> Row {
        let at = self.row_at(reg);
        take(&mut self.rows[at])
    }

    pub(crate) fn put_row(&mut self, reg: NumReg, row: Row) {
        let at = self.row_at(reg);
        self.rows[at] = row;
    }

    /// Writes the block's values of `out`.
    pub(crate) fn write_num(&mut self, now: &Now<'_>, out: NumReg, f: impl FnOnce(&Registers, &mut [f64])) {
        let mut only = [0.0];
        if now.is_one_bar() {
            f(self, &mut only);
            self.set_only(now, out, only[0]);
            return;
        }
        let mut row = self.take_row(out);
        f(self, row.block_mut(now));
        self.put_row(out, row);
    }

    /// The value at the only bar of the block: without taking the row out, which costs more than most ops on one bar.
    pub(crate) fn set_only(&mut self, now: &Now<'_>, out: NumReg, value: f64) {
        let at = self.row_at(out);
        *self.rows[at].only_mut(now) = value;
    }

    /// Writes the bits of the only bar of the block, and of its column over all bars.
    #[inline]
    pub(crate) fn set_only_bits(&mut self, now: &Now<'_>, out: BoolReg, (known, truth): (u64, u64)) {
        let at = self.bits_at(out);
        let bits = &mut self.bits[at];
        (bits.known[0], bits.truth[0]) = (known, truth);
        if bits.whole.is_some() {
            bits.store(now.start, 1);
        }
    }

    /// Before a block: what is known of the values of the last one no longer holds.
    pub(crate) fn forget(&mut self) {
        self.complete.fill(None);
    }

    /// Whether all of the block's values are numbers. Several comparisons may ask, once they are written.
    fn complete(&mut self, reg: NumReg, now: &Now<'_>) -> bool {
        if let Some(known) = self.complete[reg.0 as usize] {
            return known;
        }
        let complete = wide::run(AllFinite(self.num(reg, now)));
        self.complete[reg.0 as usize] = Some(complete);
        complete
    }

    /// Writes conditions from the block's values of two numbers.
    pub(crate) fn compare<const N: usize>(
        &mut self,
        now: &Now<'_>,
        out: [BoolReg; N],
        [a, b]: [NumReg; 2],
        f: impl FnOnce(Pair<'_>, &mut [BitsMut<'_>; N]),
    ) {
        // A block without a whole word is compared bar by bar.
        let complete = now.len >= 64 && self.complete(a, now) && self.complete(b, now);
        let at = out.map(|reg| self.bits_at(reg));
        let [a, b] = [a, b].map(|reg| self.nums[reg.0 as usize].block(&self.rows, now));
        let mut out = self.bits.get_disjoint_mut(at).expect("every condition has one writer");
        f(Pair { a, b, complete }, &mut out.each_mut().map(|bits| bits.block_mut()));
        out.into_iter().for_each(|bits| bits.store(now.start, now.len));
    }

    /// Writes the block's bits of `out`.
    pub(crate) fn write_bits(
        &mut self,
        now: &Now<'_>,
        out: BoolReg,
        f: impl FnOnce(&Registers, &mut BitsMut<'_>),
    ) {
        if now.is_one_bar() {
            let [mut known, mut truth] = [0; 2];
            f(self, &mut BitsMut::word(&mut known, &mut truth));
            self.set_only_bits(now, out, (known, truth));
            return;
        }
        let mut bits = self.take_bits(out);
        f(self, &mut bits.block_mut());
        self.put_bits(out, bits, now);
    }

    pub(crate) fn take_bits(&mut self, reg: BoolReg) -> Bits {
        let at = self.bits_at(reg);
        take(&mut self.bits[at])
    }

    pub(crate) fn put_bits(&mut self, reg: BoolReg, mut bits: Bits, now: &Now<'_>) {
        bits.store(now.start, now.len);
        let at = self.bits_at(reg);
        self.bits[at] = bits;
    }

    /// Sets the latest value of a register that this code reads but does not write.
    pub(crate) fn set_num(&mut self, reg: NumReg, value: f64) {
        let row = self.row_at(reg);
        let row = &mut self.rows[row];
        row.values[row.first] = value;
    }

    pub(crate) fn set_bool(&mut self, reg: BoolReg, value: Option<bool>) {
        let at = self.bits_at(reg);
        self.bits[at].known[0] = u64::from(value.is_some());
        self.bits[at].truth[0] = u64::from(value == Some(true));
    }

    /// The column of a kept register over all bars.
    pub(crate) fn take_whole_num(&mut self, reg: NumReg) -> Option<Vec<f64>> {
        match self.nums[reg.0 as usize] {
            Place::Row(row) if self.rows[row as usize].whole => {
                Some(take(&mut self.rows[row as usize].values))
            }
            _ => None,
        }
    }

    pub(crate) fn take_whole_bool(&mut self, reg: BoolReg) -> Option<Bitmap> {
        self.bools[reg.0 as usize].and_then(|at| self.bits[at as usize].whole.take()).map(|whole| *whole)
    }

    pub(crate) fn place(&self, reg: NumReg) -> Place {
        self.nums[reg.0 as usize]
    }
}

struct AllFinite<'a>(&'a [f64]);

impl Work for AllFinite<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<V: Vector>(self) -> bool {
        all_finite(self.0)
    }
}
