//! The page of each code.
