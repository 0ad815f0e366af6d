//! A comparison for machines.

use serde_json::{Map, Value, json};

use super::{Compared, Moves, Verdict};
use crate::{
    model::ChurnDefinition,
    train::assess::json::{identity, interval, sources},
};

impl Compared {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self {
            champion,
            challenger,
            sources: files,
            trained_on_these_files,
            churn: [first, second],
            rows,
            churners,
            areas,
            differences,
            moves,
            verdict,
        } = self;
        let figures = differences.iter().map(|difference| {
            let told = json!({
                "champion": difference.champion,
                "challenger": difference.challenger,
                "difference": difference.difference(),
                "interval": interval(difference.interval),
                "challenger_better": difference.challenger_better,
            });
            (difference.figure.key().to_owned(), told)
        });
        json!({
            "champion": identity(champion),
            "challenger": identity(challenger),
            "data": sources(files),
            "trained_on_these_files": trained_on_these_files.contains(&true),
            "churn_definitions": {
                "differ": self.definitions_differ(),
                "champion": definition(first),
                "challenger": definition(second),
            },
            "rows": rows,
            "churners": churners,
            "delong": {
                "champion": areas.champion,
                "challenger": areas.challenger,
                "difference": areas.difference,
                "standard_error": areas.standard_error,
                "z": areas.z,
                "p_value": areas.p_value,
                "interval": interval(areas.interval),
            },
            "differences": Value::Object(figures.collect::<Map<_, _>>()),
            "moves": told_moves(moves),
            "verdict": verdict.key(),
            "rule": Verdict::RULE,
        })
    }
}

fn definition(churn: &ChurnDefinition) -> Value {
    json!({
        "target": churn.target,
        "positive": churn.positive,
        "horizon_days": churn.horizon_days,
    })
}

fn told_moves(moves: &Moves) -> Value {
    json!({
        "changed_decile": moves.changed_decile,
        "rank_correlation": moves.rank_correlation,
        "top_decile_kept": moves.top_decile_kept,
        "deciles": moves.deciles,
    })
}
