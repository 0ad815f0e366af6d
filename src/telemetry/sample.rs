//! Drawing a few of many, at a nanosecond each.

use std::cell::Cell;

thread_local! {
    /// Any number but 0. It need not differ between threads: what they draw from does.
    static STATE: Cell<u64> = const { Cell::new(0x9e37_79b9_7f4a_7c15) };
}

/// Whether this one is drawn, where one in `many` is; `many` of 0 or 1 draws each.
#[must_use]
pub fn one_in(many: u32) -> bool {
    many <= 1 || below(many) == 0
}

/// Any number below this one; 0 for 0.
///
/// By Marsaglia's xorshift (2003): good enough to follow no order of rows, and no
/// more.
#[must_use]
pub fn below(end: u32) -> u32 {
    let drawn = STATE.with(|state| {
        let mut drawn = state.get();
        drawn ^= drawn << 13;
        drawn ^= drawn >> 7;
        drawn ^= drawn << 17;
        state.set(drawn);
        drawn
    });
    // The upper half stands for a number from 0 to 1: a share, without a division.
    let share = ((drawn >> 32) * u64::from(end)) >> 32;
    u32::try_from(share).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_drawn() {
        assert!(one_in(0) && one_in(1) && below(0) == 0);
        assert!((0..1000).all(|_| below(7) < 7));
        for many in [2, 10, 64, 1000] {
            let drawn = (0..100_000).filter(|_| one_in(many)).count() as f64;
            let expected = 100_000.0 / f64::from(many);
            let off = (drawn - expected).abs();
            assert!(off < 6.0 * expected.sqrt(), "1 in {many}: {drawn}");
        }
    }
}
