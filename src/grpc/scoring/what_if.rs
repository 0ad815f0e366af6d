//! A customer as it is, and as it might be.

use std::sync::Arc;

use super::{RowScorer, Scoring, rows::SCORE_BYTES};
use crate::{
    access::Principal,
    customer::{MAX_FEATURES, Snapshot, Violations},
    grpc::{
        convert::{Asked, Target, change_of, read_target},
        proto,
        status::Refusal,
        wire::{Encoded, SentCustomer},
    },
    policy::{Direction, Policy},
    scoring::{Goal, Scorer, SmallestChange},
    telemetry::metrics::Watch,
};

impl Scoring {
    pub(super) fn what_if_of(
        &self,
        request: &proto::WhatIfRequest,
        caller: Arc<Principal>,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<proto::WhatIfResponse, Refusal> {
        let proto::WhatIfRequest {
            churn_model,
            value_model,
            segmentation_model,
            profile,
            language,
            max_reasons,
            customer,
            changes,
            goal,
        } = request;
        let asked = Asked {
            churn_model: churn_model.as_ref(),
            value_model: value_model.as_ref(),
            segmentation_model: segmentation_model.as_ref(),
            profile,
            score_mask: None,
            language,
        };
        let mut violations = Violations::default();
        let wanted = asked
            .read(&self.profiles)
            .map_err(|found| violations.extend(found));
        if changes.len() > MAX_FEATURES {
            violations.push("changes", format!("must be at most {MAX_FEATURES}"));
        }
        let target = goal.as_ref().map(read_target).transpose();
        let target = target.map_err(|found| violations.extend(found.within("goal")));
        if customer.is_none() {
            violations.push("customer", "is required");
        }
        let (Ok(wanted), Ok(target), Some(customer), 0) =
            (wanted, target, customer, violations.total())
        else {
            return Err(violations.into());
        };
        let pinned = self.pin(caller, "WhatIf");
        let by = pinned.rows(&wanted, *max_reasons)?;
        pinned.take_rows(1)?;
        let mut changed = customer.clone();
        changed.features.extend(changes.clone());
        let policy = pinned.policy(&wanted);
        let goal = goal.as_ref().zip(target);
        let answer = compared(&by, policy, [customer, &changed], goal, goes_on);
        by.note(&customer.id, by.scorers.arms(&customer.id));
        pinned.audited(&answer);
        answer
    }
}

/// A customer as it is beside itself changed, and the smallest change towards a goal.
fn compared(
    by: &RowScorer<'_>,
    policy: Option<&Policy>,
    [customer, changed]: [&proto::Customer; 2],
    goal: Option<(&proto::WhatIfGoal, Target)>,
    goes_on: &dyn Fn() -> bool,
) -> Result<proto::WhatIfResponse, Refusal> {
    // Whatever changes, the customer keeps its arms.
    let scorer = by.scorers.of(by.scorers.arms(&customer.id));
    let within = |found: Violations| found.within("customer");
    let before = score(by, customer)?;
    let after = score(by, changed)?;
    let [first, second] = [customer, changed].map(Snapshot::try_from);
    let difference = match (first, second) {
        (Ok(first), Ok(second)) => scorer.difference(&first, &second).map_err(within)?,
        // Both have been scored.
        _ => None,
    };
    let search = match goal {
        Some((goal, target)) => {
            let goal = goal_of(scorer, policy, goal, target)?;
            Some(search(by, changed, &goal, goes_on)?)
        }
        None => None,
    };
    Ok(proto::WhatIfResponse {
        before: Some(before),
        after: Some(after),
        difference: difference.map(Into::into),
        search,
    })
}

/// A score as any caller gets it.
fn score(by: &RowScorer<'_>, customer: &proto::Customer) -> Result<proto::CustomerScore, Refusal> {
    let mut snapshot = SentCustomer::Full(Box::new(customer.clone()));
    let arms = by.arms(&snapshot);
    let written: Encoded<proto::ScoreCustomerResponse> = by
        .score(&mut snapshot, arms, Watch::off(), |score| {
            Encoded::with_capacity(SCORE_BYTES, |message| by.write(score, arms, 1, message))
        })
        .map_err(|found| found.within("customer"))?;
    Ok(written.read()?.score.unwrap_or_default())
}

/// Looks for the smallest change; what it finds is scored as any customer is.
fn search(
    by: &RowScorer<'_>,
    customer: &proto::Customer,
    goal: &Goal<'_>,
    goes_on: &dyn Fn() -> bool,
) -> Result<proto::WhatIfSearch, Refusal> {
    let scorer = by.scorers.of(by.scorers.arms(&customer.id));
    let within = |found: Violations| found.within("customer");
    let snapshot = Snapshot::try_from(customer);
    let snapshot = snapshot.map_err(|invalid| within(invalid.violations().clone()))?;
    let found = scorer.smallest_change(&snapshot, goal, goes_on);
    let found = found.map_err(within)?;
    let mut search = proto::WhatIfSearch::default();
    match found {
        Some(SmallestChange::NotNeeded) => search.set_outcome(proto::WhatIfOutcome::NotNeeded),
        Some(SmallestChange::Found(changes)) => {
            search.set_outcome(proto::WhatIfOutcome::Found);
            search.changes = changes.into_iter().map(change_of).collect();
            let mut moved = customer.clone();
            moved.features.extend(search.changes.clone());
            search.score = Some(score(by, &moved)?);
        }
        // Nobody hears of a search that was given up.
        Some(SmallestChange::NoneFound | SmallestChange::GivenUp) | None => {
            search.set_outcome(proto::WhatIfOutcome::NoneFound);
        }
    }
    Ok(search)
}

fn goal_of<'g>(
    scorer: &Scorer<'g>,
    policy: Option<&Policy>,
    goal: &'g proto::WhatIfGoal,
    target: Target,
) -> Result<Goal<'g>, Violations> {
    let mut violations = Violations::default();
    if !scorer.has_churn() {
        violations.push("churn_model", "is required with a `goal`");
        return Err(violations);
    }
    let below = match (target, policy) {
        (Target::Probability(below), _) => below,
        (Target::Band(band), Some(policy)) => policy.bands.from(band),
        (Target::Band(_), None) => {
            violations.push(
                "goal.band_below",
                "needs a policy, and this server has none",
            );
            0.0
        }
    };
    for (at, name) in goal.actionable.iter().enumerate() {
        if !scorer.has_feature(name) {
            let field = format!("goal.actionable[{at}]");
            violations.push(&field, "is no feature of the churn model");
        }
    }
    let actionable: Vec<(&str, Direction)> = if goal.actionable.is_empty() {
        let names = scorer.feature_names();
        let listed = names.filter_map(|name| {
            let direction = policy?.actionable.direction(name)?;
            Some((name, direction))
        });
        listed.collect()
    } else {
        let names = goal.actionable.iter();
        names.map(|name| (name.as_str(), Direction::Any)).collect()
    };
    violations.into_result(Goal { below, actionable })
}
