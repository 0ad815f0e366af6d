//! Challengers in the shadow: a sample of customers is scored again by the version
//! that serves and by a challenger, after the answer and away from it, and only
//! the difference is kept.
//!
//! Customers wait in a queue of bounded length. One that finds it full is dropped
//! and counted: an answer never waits.

use std::{borrow::Cow, sync::Arc};

use tokio::sync::mpsc;

use super::wire::{Expected, SentCustomer};
use crate::{
    artifact::Artifact,
    policy::RiskBands,
    registry::{Catalogue, Choice, Selector},
    scoring::{Models, Part, Scorer, Splits},
    telemetry::{Metrics, metrics::Compared},
};

/// How many customers may wait.
const WAITING: usize = 1024;
/// Larger customers are dropped, so that those that wait take 64 MiB at most.
const MAX_BYTES: usize = 64 << 10;

/// Who is compared, and where customers wait for it.
#[derive(Debug, Clone)]
pub(super) struct Shadow {
    shadows: Arc<Splits>,
    metrics: Arc<Metrics>,
    waiting: mpsc::Sender<Waiting>,
}

/// A part of a request that is compared.
#[derive(Debug, Clone)]
pub(super) struct Shadowed<'r> {
    part: Part,
    selector: &'r Selector,
    /// Of the policy that decides.
    bands: Option<RiskBands>,
}

/// A customer, and what it is to be scored by.
struct Waiting {
    catalogue: Arc<Catalogue>,
    bands: Option<RiskBands>,
    part: Part,
    selector: Selector,
    customer: Vec<u8>,
}

impl Shadow {
    /// Begins to compare, in a task that ends with the last of the senders.
    pub(super) fn start(shadows: &Arc<Splits>, metrics: &Arc<Metrics>) -> Self {
        let (waiting, mut customers) = mpsc::channel::<Waiting>(WAITING);
        let shadow = Self {
            shadows: Arc::clone(shadows),
            metrics: Arc::clone(metrics),
            waiting,
        };
        if !shadow.shadows.0.is_empty() {
            let (shadows, metrics) = (Arc::clone(shadows), Arc::clone(metrics));
            tokio::spawn(async move {
                while let Some(customer) = customers.recv().await {
                    customer.compare(&shadows, &metrics);
                    // Calls go first.
                    tokio::task::yield_now().await;
                }
            });
        }
        shadow
    }

    /// Whether a part of a request is compared: where it leaves the version to the
    /// server, and there is a challenger.
    pub(super) fn of<'r>(
        &self,
        part: Part,
        selector: Option<&'r Selector>,
        catalogue: &Catalogue,
        bands: Option<RiskBands>,
    ) -> Option<Shadowed<'r>> {
        let selector = selector.filter(|selector| selector.choice == Choice::Served)?;
        let shadow = self.shadows.of(&selector.name)?;
        let entry = catalogue.model(&selector.name)?;
        // Without a challenger, nothing is compared; the log says why.
        entry.challenger(&shadow.challenger).ok()?;
        Some(Shadowed {
            part,
            selector,
            bands,
        })
    }

    /// Lets a customer wait for its comparison, if it is of the sample; `bytes` are
    /// asked for only then. A customer whose bytes cannot be told is left out.
    pub(super) fn offer<'b>(
        &self,
        shadowed: &Shadowed<'_>,
        id: &str,
        catalogue: &Arc<Catalogue>,
        bytes: impl FnOnce() -> Option<Cow<'b, [u8]>>,
    ) {
        let Shadowed {
            part,
            selector,
            bands,
        } = shadowed;
        let shadow = self.shadows.of(&selector.name);
        if !shadow.is_some_and(|shadow| shadow.sample.takes(id)) {
            return;
        }
        let Ok(room) = self.waiting.try_reserve() else {
            return self.metrics.shadows.dropped.add(1);
        };
        match bytes() {
            Some(bytes) if bytes.len() <= MAX_BYTES => room.send(Waiting {
                catalogue: Arc::clone(catalogue),
                bands: *bands,
                part: *part,
                selector: Selector::clone(selector),
                customer: bytes.into_owned(),
            }),
            Some(_) => self.metrics.shadows.dropped.add(1),
            None => {}
        }
    }
}

impl Waiting {
    fn compare(&self, shadows: &Splits, metrics: &Metrics) {
        let name = &self.selector.name;
        let challenger = shadows.of(name).and_then(|shadow| {
            let entry = self.catalogue.model(name)?;
            entry.challenger(&shadow.challenger).ok()
        });
        // Both were there when the customer came.
        let (Ok(champion), Some(challenger)) = (self.catalogue.select(&self.selector), challenger)
        else {
            return;
        };
        let probabilities = [champion, challenger].map(|model| self.probability(model));
        let compared = match probabilities {
            [Some(first), Some(second)] => Compared::Scored {
                difference: second - first,
                other_band: self
                    .bands
                    .is_some_and(|bands| bands.band(first) != bands.band(second)),
            },
            [None, None] => Compared::Refused,
            [Some(_), None] | [None, Some(_)] => Compared::OneRefused,
        };
        let [champion, challenger] = [champion, challenger].map(|model| model.identity.version);
        let shadows = &metrics.shadows;
        shadows.count(name.as_str(), champion.get(), challenger.get(), compared);
    }

    /// What decisions go by: the probability of churn, or of no purchase.
    fn probability(&self, model: &Artifact) -> Option<f64> {
        let models = match self.part {
            Part::Churn => Models {
                churn: Some(model),
                ..Models::default()
            },
            Part::Value => Models {
                value: Some(model),
                ..Models::default()
            },
            Part::Segmentation => return None,
        };
        let scorer = Scorer::new(models, 0).ok()?.without_potential();
        let mut expected = scorer.names().map(Expected::once);
        let mut customer = SentCustomer::read(&self.customer, expected.as_mut()).ok()?;
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method alone is not of all lifetimes"
        )]
        let score = customer.score(&scorer, |score| score.probability());
        score.ok().flatten()
    }
}
