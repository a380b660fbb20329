//! Programs as bytes: magic, format version, BLAKE3 of what follows it, then the program in postcard.

use crate::program::Program;

pub use crate::conditions::MAX_DEPTH as MAX_CONDITION_DEPTH;

/// Not text, and damaged by whatever damages line ends.
const MAGIC: [u8; 8] = *b"\x7fPLAYB\r\n";
/// Raised with every change of the layout.
pub const FORMAT_VERSION: u32 = 1;
const VERSION_AT: usize = MAGIC.len();
const CHECKSUM_AT: usize = VERSION_AT + 4;
const BODY_AT: usize = CHECKSUM_AT + 32;

/// Why bytes are not a program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("this is not a compiled Play: it does not begin as one; compile the Play with `playc build`")]
    NotAProgram,
    #[error("the compiled Play ends after {bytes} bytes, within its head: copy or build it again")]
    TooShort { bytes: usize },
    #[error(
        "the compiled Play has format {found}, this engine reads format {FORMAT_VERSION}: build it \
         again from its text with the `playc` of this engine"
    )]
    Version { found: u32 },
    #[error("the compiled Play is damaged (its checksum does not fit its contents): copy or build it again")]
    Damaged,
    #[error("the compiled Play has a sound checksum but no sound contents ({reason}): build it again")]
    Malformed { reason: String },
}

impl Program {
    /// The program as a file holds it. The same program always gives the same bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes.extend_from_slice(&[0; 32]);
        let mut bytes = postcard::to_extend(self, bytes)
            .expect("a program is plain data with known lengths, which postcard always writes to memory");
        let checksum = blake3::hash(&bytes[BODY_AT..]);
        bytes[CHECKSUM_AT..BODY_AT].copy_from_slice(checksum.as_bytes());
        bytes
    }

    /// Reads what `encode` wrote. What it gives is well-formed, but only [`verify`](crate::verify::verify)
    /// says whether it can run.
    ///
    /// # Errors
    /// When the bytes are not exactly one program of this format.
    pub fn decode(bytes: &[u8]) -> Result<Program, DecodeError> {
        if !bytes.starts_with(&MAGIC) {
            return Err(DecodeError::NotAProgram);
        }
        let Some((head, body)) = bytes.split_at_checked(BODY_AT) else {
            return Err(DecodeError::TooShort { bytes: bytes.len() });
        };
        let mut version = [0; 4];
        version.copy_from_slice(&head[VERSION_AT..CHECKSUM_AT]);
        let found = u32::from_le_bytes(version);
        if found != FORMAT_VERSION {
            return Err(DecodeError::Version { found });
        }
        if blake3::hash(body).as_bytes() != &head[CHECKSUM_AT..] {
            return Err(DecodeError::Damaged);
        }
        match postcard::take_from_bytes::<Program>(body) {
            Ok((program, [])) => Ok(program),
            Ok((_, rest)) => {
                Err(DecodeError::Malformed { reason: format!("{} bytes too many at the end", rest.len()) })
            }
            Err(error) => Err(DecodeError::Malformed { reason: error.to_string() }),
        }
    }

    /// BLAKE3 of the encoded program, hence of its file.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        *blake3::hash(&self.encode()).as_bytes()
    }
}
