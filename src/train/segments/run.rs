//! A run from a log to a published segmentation.

use std::path::PathBuf;

use super::{
    SegmentsError, SegmentsTraining,
    card::card,
    clusters::{self, Fitted},
    customers::{Measured, Measures, typical_gap_days},
    groups::{self, Watched},
    potential::Potential,
    table::Written,
};
use crate::{
    artifact::{self, Content, Document, Documents, Identity, SegmentationContent},
    customer::{Day, Occasion},
    model::{
        DataFile,
        segments::{ClusterFeature, Clusters, Rfm, RfmScales, TierEdges},
    },
    policy::{Segmentation, SegmentationFacts},
    train::{
        Progress, report,
        snapshots::Histories,
        transactions::{CleaningReport, PurchaseLog, read_log},
    },
};

/// A published segmentation.
#[derive(Debug)]
pub struct Segmented {
    /// Which version it is.
    pub identity: Identity,
    /// What it holds.
    pub content: SegmentationContent,
    /// What each rule of cleaning did to the log.
    pub cleaning: CleaningReport,
    /// Where the table of the customers is, if one was asked for.
    pub output: Option<PathBuf>,
}

/// A log, as far as segmentation goes.
#[derive(Debug)]
pub(super) struct Known<'l> {
    pub(super) histories: Histories<'l>,
    pub(super) occasion: Occasion,
    pub(super) first_day: Day,
    pub(super) last_day: Day,
    pub(super) currency: Option<String>,
    pub(super) sources: Vec<DataFile>,
    pub(super) data_sha256: String,
}

impl<'l> Known<'l> {
    fn of(log: &'l PurchaseLog) -> Self {
        let sources = log.sources().iter().map(DataFile::from);
        Self {
            histories: Histories::of(log),
            occasion: log.occasion(),
            first_day: log.first_day(),
            last_day: log.last_day(),
            currency: log.currency().map(ToString::to_string),
            sources: sources.collect(),
            data_sha256: log.sha256().to_string(),
        }
    }
}

/// Fits a segmentation to the customers of a log and publishes it.
///
/// The same log, settings and release give the same bytes, whatever the number
/// of threads.
///
/// # Errors
///
/// When the log cannot be read, nobody has bought by the cut-off, the features
/// or clusters asked for do not exist, or something cannot be written. Nothing
/// is published then, unless only a last step failed: making the published
/// version durable, or giving the table its name.
pub fn segments(
    training: &SegmentsTraining,
    progress: &dyn Progress,
) -> Result<Segmented, SegmentsError> {
    let log = read_log(&training.log, progress).map_err(Box::new)?;
    progress.stage("fitting segments");
    let known = Known::of(&log);
    let potential = training.value_model.as_ref();
    let potential = potential.map(|model| Potential::load(model, &log));
    let (content, placed) = fit(training, &known, potential.transpose()?)?;
    let written = match &training.output {
        None => None,
        Some(path) => Some(Written::new(path, &placed, &content.segmentation)?),
    };
    progress.stage("publishing");
    let page = report::segments::html(training.name.as_str(), &content)?;
    let documents = Documents::from([
        (
            Document::Configuration,
            training.configuration.clone().into_bytes(),
        ),
        (Document::Report, page.into_bytes()),
        (
            Document::Card,
            card(&training.name, &content, &training.card).into_bytes(),
        ),
    ]);
    let whole = Content::from(content.clone());
    let key = training.sign_key.as_deref();
    let (models, name) = (&training.models, &training.name);
    let identity = artifact::publish_signed(models, name, &whole, &documents, key)?;
    written.map(Written::finish).transpose()?;
    Ok(Segmented {
        identity,
        content,
        cleaning: log.cleaning().clone(),
        output: training.output.clone(),
    })
}

/// Fits a segmentation, and places the customers by it.
pub(super) fn fit<'l>(
    training: &SegmentsTraining,
    known: &Known<'l>,
    potential: Option<Potential>,
) -> Result<
    (
        SegmentationContent,
        Vec<(Measured<'l>, crate::policy::Placement)>,
    ),
    SegmentsError,
> {
    let as_of = cut_off(training, known)?;
    let refunds = known.histories.refunds;
    let features = if training.features.is_empty() {
        SegmentsTraining::USUAL_FEATURES.map(str::to_owned).to_vec()
    } else {
        training.features.clone()
    };
    let value_days = training.value_days.unwrap_or_else(|| {
        let of_model = potential.as_ref().map(Potential::current_value_days);
        of_model.unwrap_or(SegmentsTraining::USUAL_VALUE_DAYS)
    });
    let measures = Measures::new(&features, refunds, value_days, potential)?;
    let customers = measures.at(as_of, &known.histories)?;
    let buyers: Vec<&Measured<'_>> = customers.iter().filter(|c| c.rfm.is_some()).collect();
    let rfm: Vec<Rfm> = buyers.iter().filter_map(|customer| customer.rfm).collect();
    let scales = RfmScales::fit(&rfm).ok_or(SegmentsError::NoCustomers { as_of })?;
    let values: Vec<f64> = buyers.iter().map(|c| c.current_value).collect();
    let (clusters, fitted) = cluster(training, &measures, &buyers)?;
    let lifecycle = &training.policy.lifecycle;
    let shares = &training.policy.tiers.shares;
    let lifetimes: Vec<f64> = buyers.iter().filter_map(|c| c.potential_value).collect();
    let potential = measures.potential();
    let potential =
        potential.map(|model| (TierEdges::fit(&lifetimes, shares), model.used().clone()));
    let segmentation = Segmentation {
        scales,
        clusters,
        current_edges: TierEdges::fit(&values, shares),
        potential,
        typical_gap_days: typical_gap_days(&customers, lifecycle.gap_days_without_repeats),
        value_days,
        refunds,
        occasion: known.occasion,
        policy: training.policy.clone(),
    }
    .checked()?;
    let facts = SegmentationFacts {
        sources: known.sources.clone(),
        data_sha256: known.data_sha256.clone(),
        first_day: known.first_day,
        last_day: known.last_day,
        as_of,
        currency: known.currency.clone(),
        customers: rfm.len() as u64,
        prospects: (customers.len() - rfm.len()) as u64,
        clustered: fitted.customers as u64,
        silhouettes: fitted.silhouettes,
        seed: training.seed,
        trainer_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let placed = groups::placed(customers, &segmentation);
    let days = [known.first_day, known.last_day];
    let watched = Watched::of(as_of, training.horizon_days, days);
    let summary = groups::summary(&segmentation, &placed, watched, &measures, &known.histories)?;
    let content = SegmentationContent {
        segmentation,
        facts,
        summary,
    };
    Ok((content, placed))
}

fn cut_off(training: &SegmentsTraining, known: &Known<'_>) -> Result<Day, SegmentsError> {
    let as_of = training.as_of.unwrap_or(known.last_day);
    if (known.first_day..=known.last_day).contains(&as_of) {
        Ok(as_of)
    } else {
        Err(SegmentsError::OutsideLog {
            as_of,
            first_day: known.first_day,
            last_day: known.last_day,
        })
    }
}

/// Clusters of the customers who have bought, the largest first.
fn cluster(
    training: &SegmentsTraining,
    measures: &Measures,
    buyers: &[&Measured<'_>],
) -> Result<(Clusters, Fitted), SegmentsError> {
    let features: Vec<ClusterFeature> = measures
        .names()
        .enumerate()
        .map(|(at, name)| {
            let values = buyers.iter().filter_map(|customer| customer.features[at]);
            clusters::scale(name, &values.collect::<Vec<f64>>())
        })
        .collect();
    let standardise = |customer: &&Measured<'_>| -> Vec<f64> {
        let values = features.iter().zip(&customer.features);
        values
            .map(|(feature, value)| feature.standardise(*value))
            .collect()
    };
    let points: Vec<Vec<f64>> = buyers.iter().map(standardise).collect();
    let mut fitted = clusters::fit(&points, training.clusters, training.seed)?;
    let found = Clusters::new(features.clone(), fitted.centroids.clone())?;
    let mut sizes = vec![0_usize; found.centroids().len()];
    for customer in buyers {
        sizes[found.assign(&customer.features)] += 1;
    }
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|&a, &b| {
        let by_place = || fitted.centroids[a].partial_cmp(&fitted.centroids[b]);
        let by_size = sizes[b].cmp(&sizes[a]);
        by_size.then_with(|| by_place().unwrap_or(std::cmp::Ordering::Equal))
    });
    fitted.centroids = order
        .iter()
        .map(|&at| fitted.centroids[at].clone())
        .collect();
    let clusters = Clusters::new(features, fitted.centroids.clone())?;
    Ok((clusters, fitted))
}
