//! Every term of the report in a sentence.

use crate::train::report::html::{
    glossary::{Term, of},
    parts::Section,
};

const TERMS: [Term; 18] = [
    (
        "auc",
        "AUC",
        "How often a customer who stays silent has a higher probability of no purchase than one who buys. 0.5 is chance, 1 is perfect.",
    ),
    (
        "cac",
        "CAC",
        "Customer acquisition cost: what it costs to win one customer. It is given, not computed.",
    ),
    (
        "churn",
        "Churn",
        "A customer without a contract never says goodbye: churn is no purchase within a stated number of days. Rates count those who stayed silent; probabilities come from the model.",
    ),
    (
        "clv",
        "CLV, lifetime value",
        "Expected purchases × expected spend per purchase × margin in each period to come, discounted to today, over a stated number of periods. It is the potential value of a customer.",
    ),
    (
        "csat",
        "CSAT",
        "Customer satisfaction: the share of satisfied answers in a survey.",
    ),
    (
        "current-value",
        "Current value",
        "What the customer has brought in over a stated window of the past.",
    ),
    (
        "gamma-gamma",
        "Gamma-Gamma",
        "Purchases of one customer vary around their mean by a gamma distribution, and so do these means between customers (Fader and Hardie 2013).",
    ),
    (
        "gini",
        "Gini",
        "How unequally value is spread: 0 when all customers are worth the same, 1 when one holds everything.",
    ),
    (
        "log-likelihood",
        "Log-likelihood",
        "How probable the data is to the model; higher is better, and only models of the same data compare.",
    ),
    (
        "log-score",
        "Log score",
        "Mean logarithm of the probability that the model gave to what came; higher is better.",
    ),
    (
        "mae",
        "Mean absolute error",
        "How far the expected purchases of a customer are from the actual ones, on average. Half a purchase expected and none made is an error of one half.",
    ),
    (
        "nps",
        "NPS",
        "Net promoter score: the percentage who would recommend the company, less the percentage who would not.",
    ),
    (
        "p-alive",
        "P(alive)",
        "Probability that a customer has not left for good. In BG/NBD it is 1 for everyone with a single purchase.",
    ),
    (
        "purchase-models",
        "BG/NBD, MBG/NBD, Pareto/NBD, BG/BB",
        "Customers buy at random, each at a rate of their own, until they leave unseen: after a purchase (BG/NBD; MBG/NBD also after the first), at any time (Pareto/NBD), or between fixed occasions (BG/BB).",
    ),
    (
        "recency",
        "Frequency and recency",
        "Frequency is the number of purchases after the first. Recency is the time from the first purchase to the last; it is not the time since the last.",
    ),
    (
        "rmse",
        "Root mean squared error",
        "As the mean absolute error, but large errors count for more.",
    ),
    (
        "sbg",
        "sBG",
        "Shifted beta-geometric: every contract is given up at each renewal with a probability of its own, so that those who are left are ever more loyal (Fader and Hardie 2007).",
    ),
    (
        "standard-error",
        "Standard error",
        "How much a figure would vary between samples; two of them up and down hold the true value nineteen times out of twenty.",
    ),
];

pub(super) fn section() -> Section {
    of(&TERMS)
}
