//! One file a market structure; each holds its row, its state machine and its tests.

