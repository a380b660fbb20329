//! From fired cases to the one thing to do: the first actionable intent of all (A.8, X5, X6).

use bytecode::{Action, Block, ExitMode, Intent, Mode, Policy};

use crate::event::Fired;
use crate::position::Side;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Choice {
    Nothing,
    Enter(Side, Fired),
    /// Close what is open and enter the other side at the same fill.
    Flip(Side, Fired),
    /// This percent of the position.
    Exit(f64, Fired),
}

/// What intents are judged against.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    pub position: Option<Side>,
    /// An entry is waiting for its fill.
    pub entry_pending: bool,
}

/// The first case of the block that is true, or its `otherwise`; `None` when nothing is to be considered.
#[inline]
pub fn fired(block: &Block, index: u16, mut holds: impl FnMut(usize) -> bool) -> Option<Fired> {
    let case = (0..block.cases.len()).find(|&case| holds(case));
    match case {
        Some(case) => Some(Fired { block: index, case: u16::try_from(case).ok()? }),
        None if block.otherwise.is_empty() => None,
        None => Some(Fired { block: index, case: Fired::OTHERWISE }),
    }
}

/// The intents of what fired.
#[must_use]
#[inline]
pub fn intents(blocks: &[Block], fired: Fired) -> &[Intent] {
    blocks.get(usize::from(fired.block)).map_or(&[], |block| intents_of(block, fired))
}

#[inline]
fn intents_of(block: &Block, fired: Fired) -> &[Intent] {
    match fired.case {
        Fired::OTHERWISE => &block.otherwise,
        case => block.cases.get(usize::from(case)).map_or(&[], |c| &c.emit),
    }
}

#[must_use]
#[inline]
pub fn choose(blocks: &[Block], fired: &[Fired], policy: &Policy, situation: Situation) -> Choice {
    let chosen = fired.iter().filter_map(|&one| {
        blocks.get(usize::from(one.block)).map(|block| choose_one(block, one, policy, situation))
    });
    chosen.into_iter().find(|&choice| choice != Choice::Nothing).unwrap_or(Choice::Nothing)
}

/// The first actionable intent of what fired in one block.
#[must_use]
#[inline]
pub fn choose_one(block: &Block, fired: Fired, policy: &Policy, situation: Situation) -> Choice {
    let actionable = |intent| actionable(intent, fired, policy, situation);
    intents_of(block, fired).iter().find_map(actionable).unwrap_or(Choice::Nothing)
}

#[inline]
fn actionable(intent: &Intent, fired: Fired, policy: &Policy, situation: Situation) -> Option<Choice> {
    let exit = |side: Option<Side>| {
        let open = situation.position?;
        let disabled = policy.exit_mode == ExitMode::StopTargetOnly;
        (!disabled && side.is_none_or(|s| s == open)).then_some(Choice::Exit(intent.percent, fired))
    };
    match intent.action {
        Action::EntryLong => enter(Side::Long, fired, policy, situation),
        Action::EntryShort => enter(Side::Short, fired, policy, situation),
        Action::ExitLong => exit(Some(Side::Long)),
        Action::ExitShort => exit(Some(Side::Short)),
        Action::ExitAll => exit(None),
        Action::NoAction => None,
    }
}

#[inline]
fn enter(side: Side, fired: Fired, policy: &Policy, situation: Situation) -> Option<Choice> {
    if !allows(policy.mode, side) || situation.entry_pending {
        return None;
    }
    match situation.position {
        None => Some(Choice::Enter(side, fired)),
        Some(open) if policy.allow_flip && open != side => Some(Choice::Flip(side, fired)),
        Some(_) => None,
    }
}

#[must_use]
#[inline]
pub fn allows(mode: Mode, side: Side) -> bool {
    match (mode, side) {
        (Mode::LongShort, _) | (Mode::LongOnly, Side::Long) | (Mode::ShortOnly, Side::Short) => true,
        (Mode::LongOnly, Side::Short) | (Mode::ShortOnly, Side::Long) => false,
    }
}

/// Whether some intent of the list could be actionable in this situation: what a host may skip otherwise.
#[must_use]
pub fn may_act(intents: &[Intent], policy: &Policy, situation: Situation) -> bool {
    let fired = Fired { block: 0, case: 0 };
    intents.iter().any(|intent| actionable(intent, fired, policy, situation).is_some())
}

#[cfg(test)]
mod tests {
    use bytecode::{Action, ExitMode, Mode};

    use super::{Choice, Situation, choose, fired, may_act};
    use crate::event::Fired;
    use crate::position::Side;
    use crate::testing::{self, block, intent};

    const FLAT: Situation = Situation { position: None, entry_pending: false };
    const LONG: Situation = Situation { position: Some(Side::Long), entry_pending: false };

    #[test]
    fn the_first_true_case_speaks_for_its_block() {
        let two = block(vec![vec![intent(Action::EntryLong)], vec![intent(Action::ExitAll)]], vec![]);
        assert_eq!(fired(&two, 3, |case| case == 1), Some(Fired { block: 3, case: 1 }));
        assert_eq!(fired(&two, 3, |_| false), None);
        let other = block(vec![vec![]], vec![intent(Action::NoAction)]);
        assert_eq!(fired(&other, 0, |_| false), Some(Fired { block: 0, case: Fired::OTHERWISE }));
    }

    #[test]
    fn intents_that_cannot_act_are_passed_over() {
        let blocks = [
            block(vec![vec![intent(Action::NoAction), intent(Action::ExitLong)]], vec![]),
            block(vec![vec![intent(Action::EntryShort), intent(Action::EntryLong)]], vec![]),
        ];
        let both = [Fired { block: 0, case: 0 }, Fired { block: 1, case: 0 }];
        let mut policy = testing::policy();
        policy.mode = Mode::LongOnly;
        assert_eq!(choose(&blocks, &both, &policy, FLAT), Choice::Enter(Side::Long, both[1]));
        assert_eq!(choose(&blocks, &both, &policy, LONG), Choice::Exit(100.0, both[0]));
        policy.exit_mode = ExitMode::StopTargetOnly;
        assert_eq!(choose(&blocks, &both, &policy, LONG), Choice::Nothing);
        policy.mode = Mode::LongShort;
        policy.allow_flip = true;
        assert_eq!(choose(&blocks, &both, &policy, LONG), Choice::Flip(Side::Short, both[1]));
        let pending = Situation { position: None, entry_pending: true };
        assert_eq!(choose(&blocks, &both, &policy, pending), Choice::Nothing);
        assert!(!may_act(&blocks[1].cases[0].emit, &policy, pending));
        assert!(may_act(&blocks[1].cases[0].emit, &policy, FLAT));
    }
}
