//! How a condition tree is written: as a flat list, so that no bytes, however made, can nest deeper than a
//! reader's stack.

use serde::{Deserialize, Serialize};

use crate::actions::{Condition, ConditionKind};
use crate::debug::Place;
use crate::program::BoolReg;

/// The deepest tree that is accepted.
pub const MAX_DEPTH: usize = 512;

/// A node before its children, which follow it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Flat {
    kind: ConditionKind,
    reg: BoolReg,
    text: String,
    place: Place,
    children: u32,
}

impl From<Condition> for Vec<Flat> {
    fn from(root: Condition) -> Vec<Flat> {
        let (mut flat, mut waiting) = (Vec::new(), vec![root]);
        while let Some(Condition { kind, reg, text, place, children }) = waiting.pop() {
            let count = u32::try_from(children.len()).expect("a Play's text is far shorter than 2^32 bytes");
            flat.push(Flat { kind, reg, text, place, children: count });
            waiting.extend(children.into_iter().rev());
        }
        flat
    }
}

impl TryFrom<Vec<Flat>> for Condition {
    type Error = &'static str;

    fn try_from(flat: Vec<Flat>) -> Result<Condition, &'static str> {
        // Nodes whose children are not all there yet, with the number that is missing.
        let mut open: Vec<(Condition, u32)> = Vec::new();
        let mut nodes = flat.into_iter();
        for Flat { kind, reg, text, place, children } in nodes.by_ref() {
            if open.len() >= MAX_DEPTH {
                return Err("a condition is nested too deeply");
            }
            open.push((Condition { kind, reg, text, place, children: Vec::new() }, children));
            while let Some((done, _)) = open.pop_if(|(_, missing)| *missing == 0) {
                let Some((parent, missing)) = open.last_mut() else {
                    return if nodes.next().is_none() { Ok(done) } else { Err("a condition has two roots") };
                };
                parent.children.push(done);
                *missing -= 1;
            }
        }
        Err("a condition lacks children")
    }
}
