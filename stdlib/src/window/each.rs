//! Arrays of any length in a state: serde knows those up to 32 by their lengths, not by a parameter.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple, Serializer};

/// For `#[serde(with = "each")]`.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<T: Serialize, S: Serializer, const N: usize>(
    items: &[T; N],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut tuple = serializer.serialize_tuple(N)?;
    items.iter().try_for_each(|item| tuple.serialize_element(item))?;
    tuple.end()
}

/// # Errors
/// Those of the deserializer, and fewer than `N` items.
pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>, const N: usize>(
    deserializer: D,
) -> Result<[T; N], D::Error> {
    deserializer.deserialize_tuple(N, Items(PhantomData))
}

struct Items<T, const N: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Items<T, N> {
    type Value = [T; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{N} items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<[T; N], A::Error> {
        let mut items = Vec::with_capacity(N);
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        items.try_into().map_err(|items: Vec<T>| A::Error::invalid_length(items.len(), &self))
    }
}
