//! What fitting and scoring value models costs: `cargo bench --bench value`.
//!
//! Reads summaries as CSV (`frequency,recency,T,monetary_value`, weeks) and
//! prints a line of JSON: seconds by what was done, each the median of its runs.
//! `bench/value.py` writes the files and puts the Python package `lifetimes`
//! beside it.
//!
//! ```text
//! cargo bench --bench value -- ALL.csv SAMPLE.csv
//! ```
#![expect(clippy::print_stdout, reason = "a bench talks to a person")]

use std::{collections::BTreeMap, hint::black_box, path::PathBuf, time::Instant};

use anyhow::Context;
use holdfast::{
    customer::{Occasion, PurchaseSummary, Refunds, TimeUnit},
    model::value::{
        ClvTerms, Counted, PurchaseModel, RepeatSpend, ValueInput, ValueModel, ValueParts,
        count_equal, fit_bg_nbd, fit_gamma_gamma, fit_pareto_nbd,
    },
};

/// Weeks ahead that purchases are expected for.
const HORIZON: f64 = 39.0;
/// Odd, so that the median is one of them.
const RUNS: usize = 9;

/// One file of customers.
struct Customers {
    summaries: Vec<PurchaseSummary>,
    spends: Vec<RepeatSpend>,
    inputs: Vec<ValueInput>,
}

fn main() -> anyhow::Result<()> {
    let files: Vec<PathBuf> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .map(PathBuf::from)
        .collect();
    let [all, sample] = files.as_slice() else {
        println!("give two files of summaries, or run bench/value.py");
        return Ok(());
    };
    let (all, sample) = (read(all)?, read(sample)?);

    let fitted = fit_bg_nbd(&count_equal(all.summaries.iter().copied()))?;
    let bg_nbd = PurchaseModel::BgNbd(fitted.model);
    let pareto_nbd = PurchaseModel::ParetoNbd(
        fit_pareto_nbd(&count_equal(sample.summaries.iter().copied()))?.model,
    );
    let spend = fit_gamma_gamma(&one_each(&all.spends))?;
    let value = ValueModel::new(ValueParts {
        purchase: bg_nbd,
        purchase_covariance: fitted.covariance,
        spend: Some((spend.model, spend.covariance)),
        unit: TimeUnit::Week,
        refunds: Refunds::Net,
        occasion: Occasion::Day,
        terms: ClvTerms::of_a_year("USD".parse()?),
    })?;

    let mut seconds = BTreeMap::new();
    let mut measure = |name: &'static str, work: &dyn Fn()| {
        seconds.insert(name, median(work));
    };
    measure("fit BG/NBD", &|| {
        black_box(fit_bg_nbd(&count_equal(all.summaries.iter().copied())).ok());
    });
    measure("fit Pareto/NBD", &|| {
        black_box(fit_pareto_nbd(&count_equal(sample.summaries.iter().copied())).ok());
    });
    measure("fit Gamma-Gamma", &|| {
        black_box(fit_gamma_gamma(&one_each(&all.spends)).ok());
    });
    measure("BG/NBD P(alive)", &|| {
        black_box(bg_nbd.p_alive_of_all(&all.summaries));
    });
    measure("BG/NBD expected purchases", &|| {
        black_box(bg_nbd.expected_purchases_of_all(&all.summaries, HORIZON));
    });
    measure("Pareto/NBD expected purchases", &|| {
        black_box(pareto_nbd.expected_purchases_of_all(&sample.summaries, HORIZON));
    });
    measure("12-month CLV", &|| {
        black_box(value.clv_amount_of_all(&all.inputs));
    });
    println!("{}", serde_json::to_string(&seconds)?);
    Ok(())
}

fn median(work: &dyn Fn()) -> f64 {
    let mut runs: Vec<f64> = (0..RUNS)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed().as_secs_f64()
        })
        .collect();
    runs.sort_by(f64::total_cmp);
    runs[RUNS / 2]
}

fn read(path: &PathBuf) -> anyhow::Result<Customers> {
    let mut rows =
        csv::Reader::from_path(path).with_context(|| format!("read {}", path.display()))?;
    let mut customers = Customers {
        summaries: Vec::new(),
        spends: Vec::new(),
        inputs: Vec::new(),
    };
    for row in rows.deserialize() {
        let (frequency, recency, observation, spend): (f64, f64, f64, f64) = row?;
        let summary = PurchaseSummary::new(frequency, recency, observation)?;
        customers.summaries.push(summary);
        customers.inputs.push(ValueInput {
            summary,
            mean_repeat_spend: (frequency > 0.0).then_some(spend),
        });
        if spend > 0.0 {
            customers
                .spends
                .extend(RepeatSpend::new(frequency, spend).ok());
        }
    }
    Ok(customers)
}

fn one_each<T: Copy>(items: &[T]) -> Vec<Counted<T>> {
    items
        .iter()
        .map(|&item| Counted {
            item,
            customers: 1.0,
        })
        .collect()
}
