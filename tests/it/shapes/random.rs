//! Models and customers at random, all from one seed.

use super::*;

/// Draws what a test is about from one seed.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    /// Below `sides`.
    pub(super) fn roll(&mut self, sides: u64) -> usize {
        // SplitMix64 (Steele, Lea and Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides).unwrap()
    }

    pub(super) fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    /// In [-1, 1).
    pub(super) fn share(&mut self) -> f64 {
        self.roll(1 << 50) as f64 / f64::from(1 << 25) / f64::from(1 << 24) - 1.0
    }
}

pub(super) fn feature(dice: &mut Dice, at: usize) -> Feature {
    let kind = match dice.roll(4) {
        0 => FeatureKind::Flag(FlagLabels {
            true_label: "yes".to_owned(),
            false_label: "no".to_owned(),
        }),
        1 => {
            let known = dice.roll(4);
            FeatureKind::Text(CATEGORIES[..known].iter().map(|&c| c.to_owned()).collect())
        }
        curved => {
            let minimum = dice.share() * 100.0;
            let knots: Vec<f64> = (0..2 + dice.roll(6))
                .scan(minimum, |knot, _| {
                    let here = *knot;
                    *knot += 1.5 + dice.share();
                    Some(here)
                })
                .collect();
            FeatureKind::Number(NumberEncoding {
                minimum,
                maximum: knots[knots.len() - 1],
                mean: minimum + 1.0,
                standard_deviation: 1.25 + dice.share(),
                shape: if curved == 2 {
                    Shape::Line
                } else {
                    Shape::Curve(knots)
                },
            })
        }
    };
    Feature {
        name: format!("feature {at}"),
        required: dice.one_in(2),
        kind,
    }
}

fn axis(kind: &FeatureKind) -> Axis {
    match kind {
        FeatureKind::Number(number) => {
            let middle = f64::midpoint(number.minimum, number.maximum);
            Axis::Knots(vec![number.minimum, middle, number.maximum])
        }
        FeatureKind::Text(categories) => Axis::Categories(categories.len()),
        FeatureKind::Flag(_) => Axis::Flag,
    }
}

pub(super) fn model(dice: &mut Dice) -> ChurnModel {
    let features = (0..=dice.roll(9)).map(|at| feature(dice, at)).collect();
    model_of(dice, features)
}

/// A model of these features, with pairs and coefficients of its own.
fn model_of(dice: &mut Dice, features: Vec<Feature>) -> ChurnModel {
    let mut pairs = Vec::new();
    for first in 0..features.len() {
        for second in first + 1..features.len() {
            if dice.one_in(4) {
                let features = [&features[first], &features[second]];
                pairs.push(Pair {
                    features: [first, second],
                    axes: features.map(|feature| axis(&feature.kind)),
                });
            }
        }
    }
    let schema = Schema::new(features).unwrap().with_pairs(pairs).unwrap();
    let coefficients = (0..schema.width()).map(|_| Coefficient {
        weight: dice.share() * 3.0,
        training_mean: dice.share(),
    });
    let coefficients = coefficients.collect();
    let model = ChurnModel::new(schema, dice.share(), coefficients).unwrap();
    let platt = Platt::new(dice.share(), 1.1 + dice.share()).unwrap();
    let calibration = dice.one_in(2).then_some(Calibration::Platt(platt));
    model.with_calibration(calibration)
}

fn value(dice: &mut Dice, feature: &Feature) -> Option<FeatureValue> {
    if dice.one_in(12) {
        return dice.one_in(2).then(null);
    }
    Some(match &feature.kind {
        FeatureKind::Flag(_) => flag(dice.one_in(2)),
        FeatureKind::Text(_) => text(["DSL", "", "Fiber", "dsl", "\u{4efb}"][dice.roll(5)]),
        FeatureKind::Number(encoding) => number(match dice.roll(60) {
            0 => f64::NAN,
            1 => f64::NEG_INFINITY,
            2 => -0.0,
            3 => 1e300,
            4 => encoding.maximum,
            5 => encoding.minimum,
            _ => encoding.mean + dice.share() * 10.0,
        }),
    })
}

fn summary(dice: &mut Dice) -> Option<Purchases> {
    if dice.one_in(15) {
        return None;
    }
    let frequency = dice.roll(5) as f64;
    let recency = if frequency == 0.0 {
        0.0
    } else {
        10.0 * (2.0 + dice.share())
    };
    let spend = dice.one_in(2) && frequency > 0.0;
    Some(Purchases::Summary(PurchaseSummary {
        frequency: if dice.one_in(20) { 0.5 } else { frequency },
        recency_days: recency,
        observation_days: 28.0 + 10.0 * dice.share(),
        mean_repeat_spend: spend.then(|| 30.0 * dice.share()),
        currency: if spend {
            "USD".to_owned()
        } else {
            String::new()
        },
    }))
}

pub(super) fn customers(dice: &mut Dice, schema: &Schema, with_summaries: bool) -> Vec<Customer> {
    let customer = |row: usize| {
        let features = schema.features().iter().filter_map(|feature| {
            let value = value(dice, feature)?;
            Some((feature.name.clone(), value))
        });
        let mut features: BTreeMap<_, _> = features.collect();
        // A map may not be empty, a row of columns may.
        if features.is_empty() {
            features.insert(schema.features()[0].name.clone(), null());
        }
        let id = match dice.roll(20) {
            0 => String::new(),
            1 => "c-7".to_owned(),
            _ => format!("c-{row}"),
        };
        Customer {
            id,
            features,
            as_of: String::new(),
            purchases: if with_summaries { summary(dice) } else { None },
        }
    };
    (0..CUSTOMERS).map(customer).collect()
}

/// Another model of the same features, in another order.
pub(super) fn challenger(dice: &mut Dice, champion: &ChurnModel) -> ChurnModel {
    let mut features = champion.schema().features().to_vec();
    let turn = dice.roll(features.len() as u64);
    features.rotate_left(turn);
    model_of(dice, features)
}
