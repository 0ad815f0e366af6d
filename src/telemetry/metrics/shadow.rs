//! What a challenger would have said: differences from the version that serves.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::{Counter, Families, Histogram};

/// Customers that two versions scored, to compare them.
#[derive(Debug, Default)]
pub struct Shadows {
    /// Customers that were left out because others were still waiting.
    pub dropped: Counter,
    /// By model, champion and challenger.
    pairs: Mutex<BTreeMap<(String, u32, u32), Differences>>,
}

/// One customer, scored by both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Compared {
    /// Both gave a probability.
    Scored {
        /// The challenger's less the champion's.
        difference: f64,
        /// Whether the risk bands differ.
        other_band: bool,
    },
    /// Both refused it.
    Refused,
    /// One of them refused it.
    OneRefused,
}

#[derive(Debug)]
struct Differences {
    absolute: Histogram,
    raised: f64,
    lowered: f64,
    other_bands: u64,
    refused: u64,
    one_refused: u64,
}

impl Default for Differences {
    fn default() -> Self {
        Self {
            absolute: Histogram::of_differences(),
            raised: 0.0,
            lowered: 0.0,
            other_bands: 0,
            refused: 0,
            one_refused: 0,
        }
    }
}

impl Shadows {
    /// Counts a customer. Happens off the path of requests.
    pub fn count(&self, model: &str, champion: u32, challenger: u32, compared: Compared) {
        let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        let pair = pairs.entry((model.to_owned(), champion, challenger));
        let pair = pair.or_default();
        match compared {
            Compared::Scored {
                difference,
                other_band,
            } => {
                pair.absolute.observe(difference.abs());
                pair.raised += difference.max(0.0);
                pair.lowered += (-difference).max(0.0);
                pair.other_bands += u64::from(other_band);
            }
            Compared::Refused => pair.refused += 1,
            Compared::OneRefused => pair.one_refused += 1,
        }
    }

    /// Forgets the pairs of a version that is loaded no more.
    pub(super) fn unload(&self, model: &str, version: u32) {
        let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        pairs.retain(|(name, champion, challenger), _| {
            name != model || *champion != version && *challenger != version
        });
    }

    pub(super) fn write(&self, families: &mut Families) {
        families
            .counter(
                "holdfast_shadow_dropped_total",
                "Customers that were not compared because too many were waiting.",
            )
            .sample(&[], self.dropped.get());
        let pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        let labelled = pairs.iter().map(|((model, champion, challenger), found)| {
            (model, [champion, challenger].map(u32::to_string), found)
        });
        let labelled: Vec<_> = labelled.collect();
        let absolute = families.histogram(
            "holdfast_shadow_probability_difference",
            "How far the challenger's probability is from the champion's.",
        );
        for (model, versions, found) in &labelled {
            absolute.histogram(&labels(model, versions), &found.absolute);
        }
        let mut write = |name, help, of: fn(&Differences) -> f64| {
            let counter = families.counter(name, help);
            for (model, versions, found) in &labelled {
                counter.sample(&labels(model, versions), of(found));
            }
        };
        write(
            "holdfast_shadow_probability_raised_total",
            "The sum of differences where the challenger's probability is higher.",
            |found| found.raised,
        );
        write(
            "holdfast_shadow_probability_lowered_total",
            "The sum of differences where it is lower.",
            |found| found.lowered,
        );
        write(
            "holdfast_shadow_other_band_total",
            "Customers in another risk band by the challenger.",
            |found| found.other_bands as f64,
        );
        write(
            "holdfast_shadow_both_refused_total",
            "Customers that both refused.",
            |found| found.refused as f64,
        );
        write(
            "holdfast_shadow_one_refused_total",
            "Customers that only one of them refused.",
            |found| found.one_refused as f64,
        );
    }
}

fn labels<'l>(model: &'l str, versions: &'l [String; 2]) -> [(&'static str, &'l str); 3] {
    let [champion, challenger] = versions;
    [
        ("model", model),
        ("version", champion),
        ("challenger", challenger),
    ]
}
