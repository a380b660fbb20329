//! Keeps a panic inside a reader of foreign formats from reaching the user.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs a decoder that checks most of a file but asserts the rest: on a damaged file it may panic, which is the
/// file's fault, not a bug. `None` then, and nothing is printed; panics elsewhere are reported as ever.
pub(crate) fn guarded<T>(decode: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                before(panic);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(decode));
    QUIET.set(false);
    result.ok()
}
