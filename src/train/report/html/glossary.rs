//! Every term of the report in a sentence.

use maud::html;

use super::parts::Section;

/// Where links lead (behind `g-`), the term, and what it means.
pub(in crate::train::report) type Term = (&'static str, &'static str, &'static str);

const TERMS: [Term; 19] = [
    (
        "auc",
        "AUC",
        "Area under the ROC curve: how often a customer who leaves gets a higher score than one who stays. 0.5 is chance, 1 is perfect.",
    ),
    (
        "bootstrap",
        "Bootstrap",
        "Drawing customers again and again, with repetition, to see how much a figure depends on which ones happened to be drawn.",
    ),
    (
        "brier",
        "Brier score",
        "Mean squared distance between the probability and what happened (1 left, 0 stayed). Lower is better; it splits into what is left open, what is gained by telling customers apart, and what is lost by wrong probabilities.",
    ),
    (
        "calibration",
        "Calibration",
        "Bending the model's probabilities, without changing the ranking, until they match how often customers leave.",
    ),
    (
        "calibration-error",
        "Calibration error",
        "How far, on average, a stated probability lies from the share of customers who left. 0 is perfect.",
    ),
    (
        "calibration-gap",
        "Calibration gap",
        "Mean probability less the share who left, in percentage points: above zero the model expects too much churn, below zero too little.",
    ),
    (
        "control-group",
        "Control group",
        "Customers who qualify for a campaign and are left alone on purpose, to see what the campaign really changed.",
    ),
    (
        "empc",
        "EMPC",
        "Expected maximum profit for churn: profit per customer of the base at the best threshold, averaged over how likely customers are to accept an offer (Verbraken, Verbeke and Baesens 2013).",
    ),
    (
        "gini",
        "Gini",
        "The AUC on another scale: 0 is chance, 1 is perfect.",
    ),
    (
        "ks",
        "KS",
        "Kolmogorov-Smirnov: the largest difference between the shares of churners and of others above a score. 1 is perfect.",
    ),
    (
        "lift",
        "Lift",
        "How many times more churners a group holds than one of the same size picked at random. The top decile is the tenth with the highest scores.",
    ),
    (
        "log-loss",
        "Log loss",
        "The penalty for probabilities: small when likely things happen, large when the model was sure and wrong. Lower is better.",
    ),
    (
        "log-odds",
        "Log-odds",
        "The scale on which effects add up: +0.69 doubles the odds of leaving, −0.69 halves them, 0 changes nothing.",
    ),
    (
        "mp",
        "Maximum profit",
        "Profit per customer of the base when the best share of customers is contacted, under stated costs and benefits.",
    ),
    (
        "pr-auc",
        "PR-AUC",
        "Area under the curve of precision and recall. Chance gives the share of churners, 1 is perfect.",
    ),
    (
        "precision",
        "Precision and recall",
        "Precision: how many of those contacted would have left. Recall: how many of those who would have left are contacted.",
    ),
    (
        "psi",
        "PSI",
        "Population stability index: how far the distribution of a feature has moved. Below 0.1 little, from 0.25 on far.",
    ),
    (
        "standard-error",
        "Standard error",
        "How much a figure would vary between samples; two of them up and down hold the true value nineteen times out of twenty.",
    ),
    (
        "threshold",
        "Threshold",
        "The probability from which a customer is contacted.",
    ),
];

pub(super) fn section() -> Section {
    of(&TERMS)
}

/// A glossary of terms.
pub(in crate::train::report) fn of(terms: &[Term]) -> Section {
    Section {
        id: "glossary",
        title: "Glossary",
        body: html! {
            dl.glossary {
                @for (id, term, meaning) in terms {
                    dt id={ "g-" (id) } { (term) }
                    dd { (meaning) }
                }
            }
        },
    }
}
