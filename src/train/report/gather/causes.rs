//! Which cause of churn a feature belongs to, guessed from its name.

/// Groups with the words that speak for them. The first group with a word of
/// the name is taken.
const GROUPS: [(&str, &[&str]); 9] = [
    ("competitor", &["competitor", "competition", "market"]),
    (
        "service",
        &[
            "support",
            "ticket",
            "complaint",
            "complain",
            "service call",
            "care",
            "claim",
            "outage",
            "satisfaction",
            "helpdesk",
            "incident",
        ],
    ),
    (
        "payment",
        &[
            "payment",
            "pay",
            "paperless",
            "invoice",
            "debit",
            "overdue",
            "dunning",
            "arrears",
        ],
    ),
    (
        "price",
        &[
            "charge", "fee", "premium", "price", "bill", "billing", "cost", "amount", "discount",
            "tariff",
        ],
    ),
    (
        "contract",
        &[
            "contract",
            "term",
            "renewal",
            "plan",
            "commitment",
            "subscription",
        ],
    ),
    (
        "product",
        &[
            "internet",
            "phone",
            "line",
            "stream",
            "streaming",
            "product",
            "device",
            "backup",
            "security",
            "protection",
            "card",
            "tv",
            "movie",
            "coverage",
            "policy",
        ],
    ),
    (
        "engagement",
        &[
            "tenure",
            "login",
            "usage",
            "use",
            "minute",
            "mins",
            "call",
            "message",
            "frequency",
            "recency",
            "active",
            "activity",
            "visit",
            "session",
            "order",
            "balance",
            "length",
            "since",
        ],
    ),
    (
        "profile",
        &[
            "age",
            "gender",
            "sex",
            "region",
            "geography",
            "country",
            "state",
            "city",
            "area",
            "partner",
            "dependent",
            "job",
            "senior",
            "citizen",
            "marital",
            "income",
            "salary",
            "education",
            "credit",
            "score",
        ],
    ),
    (OTHER, &[]),
];
const OTHER: &str = "other";

/// The cause group of a feature: what the user says, else a guess from the words
/// of its name, else `other`.
pub(super) fn group(feature: &str, told: Option<&str>) -> String {
    if let Some(told) = told {
        return told.to_owned();
    }
    let words = format!(" {} ", words(feature).join(" "));
    let has = |keyword: &&str| {
        ["", "s", "es"]
            .iter()
            .any(|plural| words.contains(&format!(" {keyword}{plural} ")))
    };
    let found = GROUPS.iter().find(|(_, keywords)| keywords.iter().any(has));
    found.map_or(OTHER, |(group, _)| group).to_owned()
}

/// The words of a name in lower case, cut at case, digits and signs:
/// `MonthlyCharges`, `monthly_charges` and `monthly charges` alike.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    for letter in name.chars() {
        let begins = match before {
            Some(before) if char::is_alphabetic(before) => {
                letter.is_uppercase() && !before.is_uppercase()
            }
            Some(_) | None => true,
        };
        if letter.is_alphabetic() {
            if begins {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(letter.to_lowercase());
            }
        }
        before = Some(letter);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_into_words() {
        assert_eq!(words("MonthlyCharges"), ["monthly", "charges"]);
        assert_eq!(
            words("number_customer_service_calls"),
            ["number", "customer", "service", "calls"]
        );
        assert_eq!(words("total day  minutes2"), ["total", "day", "minutes"]);
        assert_eq!(words("StreamingTV"), ["streaming", "tv"]);
        assert_eq!(words("_9"), Vec::<String>::new());
    }

    #[test]
    fn the_usual_columns_find_their_cause() {
        for (feature, cause) in [
            ("MonthlyCharges", "price"),
            ("total_intl_charge", "price"),
            ("premium_year2", "price"),
            ("PaymentMethod", "payment"),
            ("PaperlessBilling", "payment"),
            ("Contract", "contract"),
            ("international_plan", "contract"),
            ("TechSupport", "service"),
            ("number_customer_service_calls", "service"),
            ("InternetService", "product"),
            ("OnlineSecurity", "product"),
            ("NumOfProducts", "product"),
            ("tenure", "engagement"),
            ("total_day_minutes", "engagement"),
            ("IsActiveMember", "engagement"),
            ("Age", "profile"),
            ("Dependents", "profile"),
            ("prem_market", "competitor"),
            ("x7", "other"),
            ("", "other"),
        ] {
            assert_eq!(group(feature, None), cause, "{feature}");
        }
    }

    #[test]
    fn the_user_knows_better() {
        assert_eq!(group("tenure", Some("loyalty")), "loyalty");
    }
}
