//! Value models on disk and served.

mod artifact;
mod bad_input;
mod from_history;
mod opportunities;
mod scores;
mod shipped;
