//! A shared, immutable column: owned memory or a part of a mapped file.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use bytemuck::Pod;
use memmap2::Mmap;

/// Cheap to clone, never changed, read as a slice.
#[derive(Clone)]
pub struct Column<T>(Owner<T>);

#[derive(Clone)]
enum Owner<T> {
    Memory(Arc<[T]>),
    Mapped { file: Arc<Mmap>, offset: usize, len: usize },
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
}

impl<T: Pod> Deref for Column<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Owner::Memory(values) => values,
            Owner::Mapped { file, offset, len } => {
                bytemuck::cast_slice(&file[*offset..*offset + *len * size_of::<T>()])
            }
        }
    }
}

impl<T> From<Vec<T>> for Column<T> {
    fn from(values: Vec<T>) -> Column<T> {
        Column(Owner::Memory(values.into()))
    }
}

impl<T: Pod + fmt::Debug> fmt::Debug for Column<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().take(8)).finish()
    }
}
