//! Sums of doubles without rounding error.
//!
//! Doubles that are multiples of one power of two add exactly as long as every
//! partial sum stays below 2^53 of it. Rounding each contribution to such a grid
//! once makes an explanation add up bit for bit, in any order.

/// Numbers that are multiples of `step`, a power of two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Grid {
    step: f64,
}

impl Grid {
    /// The finest grid on which numbers add exactly, in any order, while the
    /// sum of their absolute values is at most `bound`.
    ///
    /// `bound` must be finite and at most 2^500; the step is below
    /// `bound` × 2^-50.
    pub(super) fn for_sums_up_to(bound: f64) -> Self {
        let exponent_bits = |x: f64| (x.to_bits() >> 52) & 0x7ff;
        // 2^51 steps reach above the bound, so `round` works on all of it, and
        // rounding a few thousand terms up cannot leave the 2^53 that add exactly.
        let above_bound = exponent_bits(bound.clamp(1.0, 2f64.powi(500))) + 1;
        Self {
            step: f64::from_bits((above_bound - 51) << 52),
        }
    }

    /// The nearest multiple of the step; `x` must be within the bound.
    #[inline]
    pub(super) fn round(self, x: f64) -> f64 {
        // Near 1.5 × 2^52 steps, doubles are exactly one step apart.
        let anchor = self.step * 6_755_399_441_055_744.0;
        (x + anchor) - anchor
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_on_the_grid_do_not_depend_on_their_order(
            mut terms in prop::collection::vec(-30.0..30.0f64, 1..200),
        ) {
            let bound: f64 = terms.iter().map(|term| term.abs()).sum();
            let grid = Grid::for_sums_up_to(bound);
            for term in &mut terms {
                *term = grid.round(*term);
            }
            let forwards: f64 = terms.iter().sum();
            let backwards: f64 = terms.iter().rev().sum();
            terms.sort_by(f64::total_cmp);
            let sorted: f64 = terms.iter().sum();
            prop_assert_eq!(forwards.to_bits(), backwards.to_bits());
            prop_assert_eq!(forwards.to_bits(), sorted.to_bits());
        }

        #[test]
        fn rounding_moves_a_number_by_half_a_step_at_most(
            bound in 1e-3..1e6f64,
            share in -1.0..1.0f64,
        ) {
            let grid = Grid::for_sums_up_to(bound);
            let x = bound * share;
            let rounded = grid.round(x);
            prop_assert!((rounded - x).abs() <= grid.step / 2.0);
            prop_assert_eq!((rounded / grid.step).fract(), 0.0);
            prop_assert!(grid.step <= bound.max(1.0) * 2f64.powi(-50));
        }
    }
}
