//! The integral that all of Pareto/NBD is made of:
//! ∫ ((A + τ) / A)⁻ᵃ ((B + τ) / B)⁻ᵇ dτ from 0 to a duration.
//!
//! It is what the Gaussian hypergeometric function of the literature stands
//! for, but as an integral of a positive function it has no cancellation, needs
//! no case for A < B or A > B, and gives its derivatives on the way.
//!
//! On the scale v = ln(1 + τ / m), with m the smaller of A and B, the
//! integrand is analytic for |Im v| < π and its logarithm is concave, so that
//! Gauss-Legendre rules on few panels are exact to the last digits.

/// Nodes of the Gauss-Legendre rule with eight nodes, on [0, 1].
const NODES: [f64; 8] = [
    0.019_855_071_751_231_884,
    0.101_666_761_293_186_63,
    0.237_233_795_041_835_5,
    0.408_282_678_752_175_1,
    0.591_717_321_247_825,
    0.762_766_204_958_164_5,
    0.898_333_238_706_813_4,
    0.980_144_928_248_768_1,
];
/// Its weights.
const WEIGHTS: [f64; 8] = [
    0.050_614_268_145_188_13,
    0.111_190_517_226_687_24,
    0.156_853_322_938_943_64,
    0.181_341_891_689_181,
    0.181_341_891_689_181,
    0.156_853_322_938_943_64,
    0.111_190_517_226_687_24,
    0.050_614_268_145_188_13,
];
/// Nodes of the rule with sixteen nodes, on [0, 1].
const MORE_NODES: [f64; 16] = [
    0.005_299_532_504_175_033,
    0.027_712_488_463_383_71,
    0.067_184_398_806_084_12,
    0.122_297_795_822_498_49,
    0.191_061_877_798_678_11,
    0.270_991_611_171_386_3,
    0.359_198_224_610_370_54,
    0.452_493_745_081_181_3,
    0.547_506_254_918_818_8,
    0.640_801_775_389_629_5,
    0.729_008_388_828_613_7,
    0.808_938_122_201_321_9,
    0.877_702_204_177_501_6,
    0.932_815_601_193_915_8,
    0.972_287_511_536_616_3,
    0.994_700_467_495_825,
];
/// Its weights.
const MORE_WEIGHTS: [f64; 16] = [
    0.013_576_229_705_877_048,
    0.031_126_761_969_323_947,
    0.047_579_255_841_246_39,
    0.062_314_485_627_766_94,
    0.074_797_994_408_288_37,
    0.084_578_259_697_501_27,
    0.091_301_707_522_461_79,
    0.094_725_305_227_534_25,
    0.094_725_305_227_534_25,
    0.091_301_707_522_461_79,
    0.084_578_259_697_501_27,
    0.074_797_994_408_288_37,
    0.062_314_485_627_766_94,
    0.047_579_255_841_246_39,
    0.031_126_761_969_323_947,
    0.013_576_229_705_877_048,
];

/// The Gauss-Legendre rule with eight nodes, on [0, 1].
pub(super) struct GaussLegendre;

impl GaussLegendre {
    /// Each node with its weight.
    pub(super) fn nodes() -> impl Iterator<Item = (f64, f64)> {
        NODES.into_iter().zip(WEIGHTS)
    }
}

/// The longest panel of eight nodes on the scale of v, and the farthest that
/// the integrand may fall on it, in logarithms.
const LONGEST: f64 = 1.2;
const FARTHEST_FALL: f64 = 3.0;
/// The same of sixteen nodes.
const LONGEST_OF_MORE: f64 = 3.6;
const FARTHEST_FALL_OF_MORE: f64 = 12.0;
/// The rounding of 1 + τ / larger start, of the order of 1e-16, counts as often
/// as the exponent says; up to this one the quick way to the logarithm will do.
const LARGEST_EXPONENT: f64 = 64.0;
/// What is left may be this small a share of the whole to be left out.
const NEGLIGIBLE: f64 = 1e-17;

/// The integrand: it starts at 1 and falls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Falling {
    /// Exponent of the first factor; 0 or more.
    pub(super) a: f64,
    /// A; more than 0.
    pub(super) start_a: f64,
    /// Exponent of the second factor; 0 or more.
    pub(super) b: f64,
    /// B; more than 0.
    pub(super) start_b: f64,
}

/// A node of the sum that the integral is computed as.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// τ.
    pub(super) time: f64,
    /// The integrand there, times the node's share of the duration.
    pub(super) weight: f64,
    /// ln((A + τ) / A).
    pub(super) ln_a: f64,
    /// ln((B + τ) / B).
    pub(super) ln_b: f64,
}

impl Falling {
    /// The integral up to `duration`, 0 or more.
    pub(super) fn integral(&self, duration: f64) -> f64 {
        self.visit(duration, |_| {})
    }

    /// The integral up to `duration`; shows each node on the way.
    pub(super) fn visit(&self, duration: f64, mut see: impl FnMut(&Node)) -> f64 {
        let a_is_smaller = self.start_a <= self.start_b;
        let (smaller, larger, of_smaller, of_larger) = if a_is_smaller {
            (self.start_a, self.start_b, self.a, self.b)
        } else {
            (self.start_b, self.start_a, self.b, self.a)
        };
        let ratio = smaller / larger;
        // How steeply the logarithm of the integrand falls, by v, where τ is
        // `growth` − 1 in units of m. It only gets steeper.
        let steepness = |growth: f64| {
            of_smaller - 1.0 + of_larger * ratio * growth / (1.0 - ratio + ratio * growth)
        };
        let end = (duration / smaller).ln_1p();
        let last_growth = 1.0 + duration / smaller;
        let longest_growth = LONGEST_OF_MORE.exp();
        let (mut from, mut growth, mut sum) = (0.0, 1.0, 0.0);
        while from < end {
            let (mut length, mut factor) = if end - from <= LONGEST_OF_MORE {
                (end - from, last_growth / growth)
            } else {
                (LONGEST_OF_MORE, longest_growth)
            };
            let is_last = length == end - from;
            let mut shortened = false;
            let mut fall = steepness(growth * factor) * length;
            while fall > FARTHEST_FALL_OF_MORE {
                length /= 2.0;
                factor = factor.sqrt();
                fall = steepness(growth * factor) * length;
                shortened = true;
            }
            let (nodes, weights): (&[f64], &[f64]) = if length <= LONGEST && fall <= FARTHEST_FALL {
                (&NODES, &WEIGHTS)
            } else {
                (&MORE_NODES, &MORE_WEIGHTS)
            };
            for (node, weight) in nodes.iter().zip(weights) {
                let v = from + length * node;
                let (time, ln_larger) = if of_larger > LARGEST_EXPONENT {
                    let time = smaller * v.exp_m1();
                    (time, (time / larger).ln_1p())
                } else {
                    let time = smaller * (v.exp() - 1.0);
                    (time, (1.0 + time / larger).ln())
                };
                let value = ((1.0 - of_smaller) * v - of_larger * ln_larger).exp();
                let (ln_a, ln_b) = if a_is_smaller {
                    (v, ln_larger)
                } else {
                    (ln_larger, v)
                };
                let node = Node {
                    time,
                    weight: weight * length * smaller * value,
                    ln_a,
                    ln_b,
                };
                sum += node.weight;
                see(&node);
            }
            if is_last && !shortened {
                break;
            }
            from += length;
            growth *= factor;
            let falls = steepness(growth);
            let ln_larger = (ratio * (growth - 1.0)).ln_1p();
            let value = smaller * ((1.0 - of_smaller) * from - of_larger * ln_larger).exp();
            if falls > 0.0 && value <= sum * falls * NEGLIGIBLE {
                break;
            }
        }
        sum
    }
}
