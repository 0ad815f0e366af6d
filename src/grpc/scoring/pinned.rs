//! What a request is scored by, from its start to its end.

use std::{borrow::Cow, ops::Range, sync::Arc};

use prost::Message as _;
use tonic::Code;

use super::{Scoring, heard::Heard, tally::Tally};
use crate::{
    access::Principal,
    artifact::WrongKind,
    customer::{CustomerColumns, Names, Violations},
    grpc::{
        audit::Trail,
        convert::{Mask, Wanted, customer_of_row, customer_score, split_arms},
        drift::Drift,
        shadow::{Shadow, Shadowed},
        status::Refusal,
        wire::{MessageWriter, SentCustomer},
    },
    policy::Policy,
    registry::{Catalogue, Choice, PolicySet, Selector},
    scoring::{
        Arms, CauseTables, Challenger, DEFAULT_REASONS, DecidedBy, Models, Part, Score, Scorer,
        SplitScorer, Splits,
    },
    telemetry::{
        Metrics,
        metrics::{Stage, Watch},
    },
};

/// Models and policies; none changes while it is held, whatever is reloaded.
#[derive(Debug, Clone)]
pub(super) struct Pinned {
    /// Whom it is scored for.
    caller: Arc<Principal>,
    /// Where customers are audited.
    trail: Option<Arc<Trail>>,
    catalogue: Arc<Catalogue>,
    policies: Option<Arc<PolicySet>>,
    splits: Arc<Splits>,
    causes: Arc<CauseTables>,
    shadow: Arc<Shadow>,
    drift: Arc<Drift>,
    metrics: Arc<Metrics>,
}

/// Scores rows, each by its arms, and writes what is wanted of their scores.
#[derive(Debug)]
pub(super) struct RowScorer<'p> {
    pub(super) scorers: SplitScorer<'p>,
    pub(super) mask: &'p Mask,
    tally: Tally<'p>,
    heard: Heard<'p>,
    pinned: &'p Pinned,
    /// What a challenger in the shadow scores too.
    shadowed: Vec<Shadowed<'p>>,
}

/// Scores columns, each row by its arms.
#[derive(Debug)]
pub(super) struct ColumnScorer<'p> {
    pub(super) scorers: SplitScorer<'p>,
    pub(super) mask: &'p Mask,
    pub(super) metrics: &'p Metrics,
    pub(super) heard: Heard<'p>,
    pinned: &'p Pinned,
    /// What a challenger in the shadow scores too.
    shadowed: Vec<Shadowed<'p>>,
}

impl<'p> RowScorer<'p> {
    /// Takes so many customers of the caller's quota.
    pub(super) fn take_rows(&self, rows: usize) -> Result<(), Refusal> {
        self.pinned.take_rows(rows)
    }

    /// The names that customers are best read by.
    pub(super) fn names(&self) -> Option<&'p Names> {
        self.scorers.champions().names()
    }

    /// The arms of a customer.
    pub(super) fn arms(&self, customer: &SentCustomer<'_>) -> Arms {
        self.scorers.arms(customer.id())
    }

    /// Times a customer whose bytes are about to be read.
    pub(super) fn watch(&self) -> Watch<'p> {
        self.pinned.metrics.stages.of_row()
    }

    /// Scores one customer of these arms, and tells `write` the score.
    pub(super) fn score<T>(
        &self,
        customer: &mut SentCustomer<'_>,
        arms: Arms,
        mut watch: Watch<'_>,
        write: impl FnOnce(&Score<'_, '_>) -> T,
    ) -> Result<T, Violations> {
        customer.score(self.scorers.of(arms), |score| {
            watch.lap(Stage::Score);
            let written = write(score);
            watch.lap(Stage::Answer);
            written
        })
    }

    /// Counts a row of these arms, lets the registry hear it, and offers it to those
    /// who look at it later: challengers in the shadow, and what tells drift.
    pub(super) fn count(&self, customer: &SentCustomer<'_>, arms: Arms, scored: bool) {
        self.tally.count(arms, scored);
        let Pinned {
            catalogue,
            shadow,
            drift,
            ..
        } = self.pinned;
        if scored {
            self.heard.tell(customer);
            if drift.draws() {
                let versions = self.scorers.of(arms).versions();
                drift.offer(catalogue, versions, customer.bytes());
            }
        }
        self.note(customer.id(), arms);
        for shadowed in &self.shadowed {
            let bytes = || Some(customer.bytes());
            shadow.offer(shadowed, customer.id(), catalogue, bytes);
        }
    }

    /// Notes a customer of these arms for the audit.
    pub(super) fn note(&self, customer_id: &str, arms: Arms) {
        if let Some(trail) = &self.pinned.trail {
            trail.note(customer_id, self.scorers.of(arms).versions());
        }
    }

    /// Tells what was counted so far; the rest is told at the end.
    pub(super) fn tell(&self) {
        self.tally.tell(&self.scorers);
    }

    /// Writes a score into `field` of a message.
    pub(super) fn write(
        &self,
        score: &Score<'_, '_>,
        arms: Arms,
        field: u32,
        message: &mut MessageWriter<'_>,
    ) {
        message.message(field, self.mask.score(), |message| {
            customer_score(score, self.mask, message);
            split_arms(&self.scorers, arms, message);
        });
    }
}

impl ColumnScorer<'_> {
    /// Notes rows for the audit.
    pub(super) fn note(&self, columns: &CustomerColumns<'_>, rows: Range<usize>) {
        if let Some(trail) = &self.pinned.trail {
            for id in columns.ids().get(rows).unwrap_or_default() {
                let scorer = self.scorers.of(self.scorers.arms(id));
                trail.note(id, scorer.versions());
            }
        }
    }

    /// Offers rows to challengers in the shadow, and to what tells drift. One that
    /// could be no customer by itself is left out.
    pub(super) fn offer(&self, columns: &CustomerColumns<'_>, rows: Range<usize>) {
        let Pinned {
            catalogue,
            shadow,
            drift,
            ..
        } = self.pinned;
        for row in drift.draw_of(rows.clone()) {
            let customer = customer_of_row(columns, row);
            let id = columns.ids().get(row);
            if let (Some(customer), Some(id)) = (customer, id) {
                let versions = self.scorers.of(self.scorers.arms(id)).versions();
                drift.offer(catalogue, versions, Cow::Owned(customer.encode_to_vec()));
            }
        }
        if self.shadowed.is_empty() {
            return;
        }
        let ids = columns.ids().get(rows.clone()).unwrap_or_default();
        for (row, id) in rows.zip(ids) {
            for shadowed in &self.shadowed {
                let bytes = || Some(Cow::Owned(customer_of_row(columns, row)?.encode_to_vec()));
                shadow.offer(shadowed, id, catalogue, bytes);
            }
        }
    }
}

impl Drop for RowScorer<'_> {
    fn drop(&mut self) {
        self.tell();
    }
}

impl Scoring {
    /// Everything as it is now, for a caller of this method.
    pub(super) fn pin(&self, caller: Arc<Principal>, method: &'static str) -> Pinned {
        let audit = self.audit.as_ref();
        let trail = audit.map(|audit| Arc::new(Trail::new(audit, &caller, method)));
        Pinned {
            caller,
            trail,
            catalogue: self.registry.current(),
            policies: self.policies.as_ref().map(|policies| policies.current()),
            splits: Arc::clone(&self.splits),
            causes: Arc::clone(&self.causes),
            shadow: Arc::clone(&self.shadow),
            drift: Arc::clone(&self.drift),
            metrics: Arc::clone(&self.metrics),
        }
    }
}

impl Pinned {
    /// Takes so many customers of the caller's quota.
    pub(super) fn take_rows(&self, rows: usize) -> Result<(), Refusal> {
        Ok(self.caller.take_rows(rows)?)
    }

    /// Tells the audit how a call, or a message of a stream, has ended. Once customers
    /// were noted, what is refused is for what is wrong with them.
    pub(super) fn audited<T, E>(&self, result: &Result<T, E>) {
        if let Some(trail) = &self.trail {
            let code = result.as_ref().map_or(Code::InvalidArgument, |_| Code::Ok);
            trail.end(code);
        }
    }

    /// The policy that decides on what is wanted, if there is one.
    pub(super) fn policy(&self, wanted: &Wanted) -> Option<&Policy> {
        let name = wanted
            .models
            .as_ref()
            .ok()
            .and_then(|c| c.policy.as_deref());
        self.policies.as_ref().map(|policies| policies.get(name))
    }

    /// A scorer of rows by what a request wants; 5 reasons unless it says.
    pub(super) fn rows<'p>(
        &'p self,
        wanted: &'p Wanted,
        max_reasons: Option<u32>,
    ) -> Result<RowScorer<'p>, Refusal> {
        let mask = &wanted.mask;
        let max_reasons = match max_reasons {
            _ if !mask.has_reasons() => 0,
            None => DEFAULT_REASONS,
            Some(max) => usize::try_from(max).unwrap_or(usize::MAX),
        };
        let scorer = self.scorer(wanted, max_reasons, mask.has_decision());
        let (models, challengers) = self.models(wanted)?;
        let heard = Heard::by(&models, &self.catalogue);
        let scorers = SplitScorer::new(models, challengers, scorer)?;
        Ok(RowScorer {
            scorers,
            mask,
            tally: Tally::new(&self.metrics),
            heard,
            pinned: self,
            shadowed: self.shadowed(wanted),
        })
    }

    /// A scorer of columns; no reasons and no decisions unless the request says.
    /// No groups are told: columns hold no histories.
    pub(super) fn columns<'p>(
        &'p self,
        wanted: &'p Wanted,
        max_reasons: Option<u32>,
    ) -> Result<ColumnScorer<'p>, Refusal> {
        let (models, mut challengers) = self.models(wanted)?;
        let models = Models {
            segmentation: None,
            ..models
        };
        challengers.retain(|challenger| challenger.part != Part::Segmentation);
        let mask = &wanted.mask;
        let max_reasons = max_reasons.filter(|_| mask.has_reasons());
        let max_reasons = max_reasons.unwrap_or_default();
        let max_reasons = usize::try_from(max_reasons).unwrap_or(usize::MAX);
        let scorer = self.scorer(wanted, max_reasons, mask.has_column_decision());
        Ok(ColumnScorer {
            scorers: SplitScorer::new(models, challengers, scorer)?,
            mask,
            metrics: &self.metrics,
            heard: Heard::by(&models, &self.catalogue),
            pinned: self,
            shadowed: self.shadowed(wanted),
        })
    }

    /// What makes scorers of models: with the themes of reasons where there are any,
    /// and with decisions if it `decides`.
    fn scorer<'p>(
        &'p self,
        wanted: &'p Wanted,
        max_reasons: usize,
        decides: bool,
    ) -> impl Fn(Models<'p>) -> Result<Scorer<'p>, WrongKind> {
        let by = self.policy(wanted).map(|policy| DecidedBy {
            policy,
            causes: &self.causes,
            language: &wanted.language,
        });
        move |models| {
            let mut scorer = Scorer::new(models, max_reasons)?;
            match by {
                Some(by) if decides => scorer = scorer.deciding(by),
                Some(by) if max_reasons > 0 => scorer = scorer.naming_causes(by),
                _ => {}
            }
            if !wanted.mask.has_potential() {
                scorer = scorer.without_potential();
            }
            Ok(scorer)
        }
    }

    /// The models that are wanted, and who challenges those of them that the
    /// request leaves the version of to the server.
    fn models(&self, wanted: &Wanted) -> Result<(Models<'_>, Vec<Challenger<'_>>), Refusal> {
        let chosen = wanted.models.as_ref().map_err(Clone::clone)?;
        let select = |selector: &Option<Selector>| {
            let Some(selector) = selector else {
                return Ok(None);
            };
            self.caller.may_use(&selector.name)?;
            Ok::<_, Refusal>(Some(self.catalogue.select(selector)?))
        };
        let models = Models {
            churn: select(&chosen.churn)?,
            value: select(&chosen.value)?,
            segmentation: select(&chosen.segmentation)?,
        };
        let parts = [
            (Part::Churn, &chosen.churn),
            (Part::Value, &chosen.value),
            (Part::Segmentation, &chosen.segmentation),
        ];
        let challengers = parts.into_iter().filter_map(|(part, selector)| {
            let selector = selector.as_ref()?;
            self.challenger(part, selector)
        });
        Ok((models, challengers.collect()))
    }

    /// The parts that a challenger in the shadow scores too.
    fn shadowed<'p>(&'p self, wanted: &'p Wanted) -> Vec<Shadowed<'p>> {
        let Ok(chosen) = &wanted.models else {
            return Vec::new();
        };
        let parts = [(Part::Churn, &chosen.churn), (Part::Value, &chosen.value)];
        let of = |(part, selector): (Part, &'p Option<Selector>)| {
            let bands = self.policy(wanted).map(|policy| policy.bands);
            self.shadow
                .of(part, selector.as_ref(), &self.catalogue, bands)
        };
        parts.into_iter().filter_map(of).collect()
    }

    fn challenger(&self, part: Part, selector: &Selector) -> Option<Challenger<'_>> {
        let Selector {
            name,
            choice: Choice::Served,
        } = selector
        else {
            return None;
        };
        let split = self.splits.of(name)?;
        let entry = self.catalogue.model(name)?;
        // Without a challenger, everyone gets the champion; the log says why.
        let model = entry.challenger(&split.challenger).ok()?;
        Some(Challenger {
            part,
            model,
            sample: &split.sample,
        })
    }
}
