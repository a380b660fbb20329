//! Memory of machine code is never writable and executable at once, and is given back.
#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods, reason = "the test reads the system's list of this process's memory")]

#[path = "../../engine/tests/common/mod.rs"]
mod common;

use std::sync::Arc;

use common::programs;
use common::rng::Rng;
use engine::{Keep, Native};
use interpreter::native::{Plan, PositionCode, Step};
use jit::ALWAYS;

/// Permissions of every mapping that has no file behind it, such as `r-xp`; of all mappings none may be `wx`.
fn anonymous() -> Vec<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux lists the memory of a process");
    let mut found = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace().skip(1);
        let permissions = words.next().expect("each line has permissions").to_string();
        assert!(!(permissions.contains('w') && permissions.contains('x')), "writable and executable: {line}");
        if words.nth(3).is_none() {
            found.push(permissions);
        }
    }
    found
}

fn executable() -> usize {
    anonymous().iter().filter(|permissions| permissions.contains('x')).count()
}

#[test]
fn code_is_executable_and_not_writable_and_its_memory_is_given_back() {
    let before = executable();
    type Held = (Vec<Plan>, Vec<Option<Arc<dyn PositionCode>>>);
    let mut held: Vec<Held> = Vec::new();
    for seed in 0..20 {
        let program = programs::random(&mut Rng(seed));
        let kept = Keep::Run.registers(&program);
        let plans: Vec<Plan> = program.market.iter().map(|s| ALWAYS.plan(&program, s, &kept, 1000)).collect();
        assert!(plans.iter().flat_map(|p| &p.steps).any(|step| matches!(step, Step::Chain(_))));
        let position = program.position.iter().map(|s| ALWAYS.position(&program, s, 1000));
        held.push((plans, position.collect()));
        anonymous();
    }
    assert!(executable() > before, "the code is somewhere");
    drop(held);
    assert_eq!(executable(), before, "the memory of dropped code");
}
