//! Versions of models, of every kind: a JSON object of the documents `model`, `metrics`
//! and `golden`, which a manifest vouches for. A version is refused, or it scores; what
//! is made of it can be published and loads again.

#![no_main]

use std::{fs, sync::LazyLock};

use holdfast::{
    artifact::{self, Artifact, Content, Documents, ModelName},
    config::policy_file,
    customer::{KnownPurchases, SentSummary, Snapshot, SummarisedPurchases, Value},
    features::{Feature, FeatureKind},
    policy::Policy,
    scoring::{CauseTables, DecidedBy, Models, Scorer},
};
use holdfast_fuzz::{Scratch, mutate_json, put_version};
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::new);
static POLICY: LazyLock<Policy> = LazyLock::new(|| policy_file::built_in().unwrap());

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate_json(data, size, max_size, seed)
});

fuzz_target!(|input: &[u8]| -> Corpus {
    let Ok(serde_json::Value::Object(documents)) = serde_json::from_slice(input) else {
        return Corpus::Reject;
    };
    let files = ["model", "metrics", "golden"].map(|name| {
        let document = documents.get(name).unwrap_or_default();
        let file = match name {
            "model" => "model.json",
            "metrics" => "metrics.json",
            _ => "golden.json",
        };
        (file, document.to_string().into_bytes())
    });
    put_version(SCRATCH.path(), "changed", &files);
    let name: ModelName = "changed".parse().unwrap();
    let loaded = artifact::load(SCRATCH.path(), &name, artifact::Version::FIRST);
    if let Ok(loaded) = loaded {
        score(&loaded);
        publish(&loaded);
    }
    Corpus::Keep
});

fn publish(loaded: &Artifact) {
    let root = SCRATCH.path().join("again");
    let name = &loaded.identity.name;
    // A model that refuses rows of its own schema is not published.
    if let Ok(published) = artifact::publish(&root, name, &loaded.content, &Documents::new()) {
        let again = artifact::load(&root, name, published.version).expect("it was published");
        assert_eq!(again.content.kind(), loaded.content.kind());
    }
    // Each is the first version, so that the same input does the same.
    let _ = fs::remove_dir_all(root);
}

fn score(loaded: &Artifact) {
    let (churn, value, segmentation) = match loaded.content {
        Content::Churn(_) => (Some(loaded), None, None),
        Content::Value(_) => (None, Some(loaded), None),
        Content::Segmentation(_) => (None, None, Some(loaded)),
        // It is not served for scores.
        Content::Spend(_) => return,
    };
    let models = Models {
        churn,
        value,
        segmentation,
    };
    let causes = CauseTables::default();
    let scorer = Scorer::new(models, 5).unwrap().deciding(DecidedBy {
        policy: &POLICY,
        causes: &causes,
        language: "en",
    });
    for round in 0..4 {
        let features = features(loaded, round);
        let purchases = purchases(loaded, round);
        let customer = Snapshot::with_purchases("c", features.into_iter(), Ok(purchases));
        let Ok(customer) = customer else {
            continue;
        };
        if let Ok(score) = scorer.score(&customer)
            && let Some(churn) = score.churn
        {
            assert!((0.0..=1.0).contains(&churn.probability), "{churn:?}");
        }
    }
}

fn features(loaded: &Artifact, round: usize) -> Vec<(&str, Option<Value<'_>>)> {
    let Ok(churn) = loaded.churn() else {
        return Vec::new();
    };
    let value = |feature: &'_ Feature| match &feature.kind {
        FeatureKind::Number(number) => {
            let numbers = [number.minimum, number.maximum, number.mean, 1e300];
            Value::Number(numbers[round])
        }
        FeatureKind::Text(_) => Value::Text("another"),
        FeatureKind::Flag(_) => Value::Flag(round.is_multiple_of(2)),
    };
    let features = churn.model.schema().features().iter();
    features
        .map(|feature| (feature.name.as_str(), Some(value(feature))))
        .collect()
}

fn purchases(loaded: &Artifact, round: usize) -> Option<KnownPurchases> {
    let currency = loaded
        .value()
        .map(|value| value.model.parts().terms.currency.to_string());
    let summary = SummarisedPurchases::new(SentSummary {
        frequency: [0.0, 3.0, 1000.0, 7.0][round],
        recency_days: [0.0, 100.0, 7000.0, 6.5][round],
        observation_days: [9.0, 200.0, 7000.0, 1e5][round],
        mean_repeat_spend: (round > 0).then_some(37.5),
        currency: currency.as_deref().unwrap_or("USD"),
    });
    summary.ok().map(KnownPurchases::Summarised)
}
