//! A shared, immutable column: owned memory or a part of a mapped file.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use bytemuck::Pod;
use memmap2::Mmap;

/// Cheap to clone, never changed, read as a slice.
#[derive(Clone)]
pub struct Column<T>(Owner<T>);

#[derive(Clone)]
enum Owner<T> {
    /// A vector is taken over as it is, not copied; a part of it shares the whole.
    Memory {
        values: Arc<Vec<T>>,
        first: usize,
        len: usize,
    },
    Mapped {
        file: Arc<Mmap>,
        offset: usize,
        len: usize,
    },
}

impl<T: Pod> Column<T> {
    /// `len` values that begin `offset` bytes into the mapped file; `None` when they do not lie within it or are
    /// not aligned for `T`. The caller has checked the byte order.
    #[must_use]
    pub fn mapped(file: Arc<Mmap>, offset: usize, len: usize) -> Option<Column<T>> {
        let bytes = len.checked_mul(size_of::<T>())?;
        let slice = file.get(offset..offset.checked_add(bytes)?)?;
        bytemuck::try_cast_slice::<u8, T>(slice).ok()?;
        Some(Column(Owner::Mapped { file, offset, len }))
    }

    /// A part of the column, without copying.
    ///
    /// # Panics
    /// When the range does not lie within the column, as slicing does.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Column<T> {
        assert!(
            range.start <= range.end && range.end <= self.len(),
            "{range:?} of a column of {}",
            self.len()
        );
        let len = range.len();
        Column(match &self.0 {
            Owner::Memory { values, first, .. } => {
                Owner::Memory { values: values.clone(), first: first + range.start, len }
            }
            Owner::Mapped { file, offset, .. } => {
                Owner::Mapped { file: file.clone(), offset: offset + range.start * size_of::<T>(), len }
            }
        })
    }

    /// Whether the values lie in a mapped file rather than in memory of their own.
    #[must_use]
    pub fn is_mapped(&self) -> bool {
        matches!(self.0, Owner::Mapped { .. })
    }
}

impl<T: Pod> Deref for Column<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Owner::Memory { values, first, len } => &values[*first..*first + *len],
            Owner::Mapped { file, offset, len } => {
                bytemuck::cast_slice(&file[*offset..*offset + *len * size_of::<T>()])
            }
        }
    }
}

impl<T> From<Vec<T>> for Column<T> {
    fn from(values: Vec<T>) -> Column<T> {
        let len = values.len();
        Column(Owner::Memory { values: Arc::new(values), first: 0, len })
    }
}

impl<T: Pod + fmt::Debug> fmt::Debug for Column<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().take(8)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Column;

    #[test]
    fn a_slice_of_a_slice_is_the_same_part() {
        let whole = Column::from((0..10_i64).collect::<Vec<_>>());
        let part = whole.slice(2..9);
        assert_eq!(&part[..], [2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(&part.slice(1..3)[..], [3, 4]);
        assert!(part.slice(7..7).is_empty());
        assert!(!part.is_mapped());
    }
}
