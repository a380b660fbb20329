//! Random numbers that never change: ChaCha8, and distributions of our own over the mathematics of `libm`.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub(crate) struct Dice {
    source: ChaCha8Rng,
    /// Normal numbers come in pairs.
    spare: Option<f64>,
}

impl Dice {
    /// What is named differently is independent.
    pub(crate) fn new(seed: u64, name: &str) -> Dice {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"sample bars 1\n");
        hasher.update(&seed.to_le_bytes());
        hasher.update(name.as_bytes());
        Dice { source: ChaCha8Rng::from_seed(*hasher.finalize().as_bytes()), spare: None }
    }

    /// At least 0, below 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.source.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// 1 or -1.
    pub(crate) fn sign(&mut self) -> f64 {
        if self.uniform() < 0.5 { 1.0 } else { -1.0 }
    }

    /// Mean 0, standard deviation 1 (Box and Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * libm::log(1.0 - self.uniform())).sqrt();
        let (sin, cos) = libm::sincos(std::f64::consts::TAU * self.uniform());
        self.spare = Some(radius * sin);
        radius * cos
    }
}
