//! Whatever the bytes, decoding and verifying end with an answer, and what they accept runs.

mod common;

use bars::Bars;
use bytecode::{BoolReg, ClockId, DecodeError, NumReg, Op, Program, verify};
use common::data::minutes;
use common::programs;
use common::rng::Rng;
use engine::{Keep, Options, PositionInputs, PositionMachine, Session, run};
use proptest::prelude::*;

const CHECKSUM_AT: usize = 12;
const BODY_AT: usize = 44;

fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = *blake3::hash(&bytes[BODY_AT..]).as_bytes();
    bytes[CHECKSUM_AT..BODY_AT].copy_from_slice(&checksum);
    bytes
}

/// Whether the program is accepted; if so it runs in every form.
fn survives(program: &Program, data: &Bars) -> bool {
    let listing = bytecode::disasm(program);
    assert!(!listing.is_empty());
    if verify(program).is_err() {
        return false;
    }
    for block_bars in [1, 64, 1000] {
        // An error such as a series that the data lacks is an answer too.
        let _ = run(program, data, &Options { block_bars, keep: Keep::All, native: None });
    }
    Session::new(program).expect("verified");
    if let Ok(columns) = run(program, data, &Options::default()) {
        let mut machine = PositionMachine::new(program);
        for (clock, own) in columns.clocks.iter().enumerate() {
            for bar in 0..own.bars.len().min(20) {
                let open_ms = own.bars.open_time[bar];
                machine.step(ClockId(clock as u16), open_ms, &columns.row(bar), &PositionInputs::FLAT);
            }
        }
    }
    true
}

#[test]
fn flipped_bytes_never_panic() {
    let mut rng = Rng(11);
    let data = minutes(&mut rng, 70);
    let (mut decoded, mut accepted) = (0, 0);
    for _ in 0..12 {
        let bytes = programs::random(&mut rng).encode();
        for _ in 0..150 {
            let mut mutant = bytes.clone();
            for _ in 0..1 + rng.below(3) {
                let at = BODY_AT + rng.below(mutant.len() - BODY_AT);
                mutant[at] = if rng.chance(50) { rng.next() as u8 } else { mutant[at] ^ (1 << rng.below(8)) };
            }
            if let Ok(program) = Program::decode(&sealed(mutant)) {
                decoded += 1;
                accepted += usize::from(survives(&program, &data));
            }
        }
    }
    assert!(
        decoded > 100 && accepted > 10,
        "the mutants must reach the verifier and the VM: {decoded}, {accepted}"
    );
}

#[test]
fn broken_structure_never_panics() {
    let mut rng = Rng(12);
    let data = minutes(&mut rng, 70);
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..300 {
        let mut program = programs::random(&mut rng);
        for _ in 0..1 + rng.below(2) {
            mutate(&mut rng, &mut program);
        }
        if survives(&program, &data) { accepted += 1 } else { refused += 1 }
    }
    assert!(accepted > 10 && refused > 100, "{accepted} accepted, {refused} refused");
}

fn mutate(rng: &mut Rng, program: &mut Program) {
    let at = rng.below(program.clocks.len());
    let position = rng.chance(30);
    let section = if position { &mut program.position[at] } else { &mut program.market[at] };
    let (nums, bools) = (program.num_regs.len(), program.bool_regs.len());
    let op = rng.below(section.ops.len());
    match rng.below(12) {
        0 => {
            let other = rng.below(section.ops.len());
            section.ops.swap(op, other);
        }
        1 => {
            section.ops.remove(op);
        }
        2 => section.ops.extend_from_within(op..=op),
        3 => {
            let (out, a) = (NumReg(rng.below(nums + 2) as u32), NumReg(rng.below(nums + 2) as u32));
            section.ops[op] = Op::AlignNum { out, a };
        }
        4 => {
            let (out, a) = (BoolReg(rng.below(bools) as u32), BoolReg(rng.below(bools) as u32));
            section.ops[op] = Op::HoldsFor { out, a, bars: rng.next() as u32, stride: rng.below(3) as u32 };
        }
        5 => program.num_regs[rng.below(nums)].clock = ClockId(rng.below(4) as u16),
        6 => program.bool_regs.truncate(rng.below(bools)),
        7 => program.exec = ClockId(rng.below(5) as u16),
        8 => {
            program.clocks.remove(at);
        }
        9 => program.actions[0].cases[0].when = BoolReg(rng.below(bools + 1) as u32),
        10 => {
            if let Some(call) = program.calls.first_mut() {
                call.params.0[0] = stdlib::Value::Int(rng.next() as i64);
            }
        }
        _ => program.clocks[at].warmup_bars = rng.next() as u32,
    }
}

#[test]
fn every_prefix_and_extension_is_refused() {
    let bytes = programs::random(&mut Rng(13)).encode();
    for end in 0..bytes.len() {
        assert!(Program::decode(&bytes[..end]).is_err(), "{end}");
        if end > BODY_AT {
            let cut = sealed(bytes[..end].to_vec());
            assert!(matches!(Program::decode(&cut), Err(DecodeError::Malformed { .. })), "{end}");
        }
    }
    let longer = sealed([&bytes[..], &[0]].concat());
    assert!(matches!(Program::decode(&longer), Err(DecodeError::Malformed { .. })));
}

#[test]
fn errors_say_what_it_is() {
    let bytes = programs::random(&mut Rng(14)).encode();
    let error = |bytes: &[u8]| Program::decode(bytes).expect_err("is refused");
    assert_eq!(error(b"version: \"3.0.0\""), DecodeError::NotAProgram);
    assert_eq!(error(&bytes[..20]), DecodeError::TooShort { bytes: 20 });
    let mut newer = bytes.clone();
    newer[8] = 2;
    assert_eq!(error(&newer), DecodeError::Version { found: 2 });
    let mut damaged = bytes.clone();
    *damaged.last_mut().expect("not empty") ^= 1;
    assert_eq!(error(&damaged), DecodeError::Damaged);
}

#[test]
fn a_condition_can_nest_only_so_deep() {
    let mut program = programs::random(&mut Rng(15));
    let case = &mut program.actions[0].cases[0];
    for _ in 0..600 {
        let inner = case.condition.clone();
        case.condition.children = vec![inner];
    }
    let errors = verify(&program).expect_err("is refused");
    assert!(errors[0].what.contains("nested too deeply"), "{errors:?}");
    let bytes = program.encode();
    assert!(matches!(Program::decode(&bytes), Err(DecodeError::Malformed { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bodies_never_panic(body in prop::collection::vec(any::<u8>(), 0..4000)) {
        let mut bytes = b"\x7fPLAYB\r\n\x01\0\0\0".to_vec();
        bytes.extend_from_slice(&[0; 32]);
        bytes.extend_from_slice(&body);
        if let Ok(program) = Program::decode(&sealed(bytes)) {
            let _ = verify(&program);
        }
    }
}
