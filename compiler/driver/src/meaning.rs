//! What a program does, apart from the text that it was made from.

use bytecode::{Condition, Debug, Place, Program};

/// The program without the places, wordings and hash of its text: equal for two texts that mean the same.
#[must_use]
pub fn of(mut program: Program) -> Program {
    program.identity.source_hash = [0; 32];
    program.debug = Debug::default();
    for block in &mut program.actions {
        block.place = Place::default();
        block.cases.iter_mut().for_each(|case| unplaced(&mut case.condition));
    }
    program
}

fn unplaced(condition: &mut Condition) {
    condition.place = Place::default();
    condition.text.clear();
    condition.children.iter_mut().for_each(unplaced);
}
