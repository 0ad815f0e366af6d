//! The table of a benchmark.

use std::fmt;

use serde_json::{Value, json};

use super::{
    json::metrics,
    terminal::{TextTable, figure, percent},
};
use crate::train::Benchmarked;

/// Recipes and what they reached on the same folds.
#[derive(Debug, Clone, PartialEq)]
pub struct RecipeTable(pub Vec<Benchmarked>);

impl RecipeTable {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let recipes = self.0.iter().map(|benchmarked| {
            json!({
                "recipe": benchmarked.recipe.to_string(),
                "metrics": metrics(&benchmarked.metrics),
            })
        });
        json!({ "recipes": recipes.collect::<Value>() })
    }
}

impl fmt::Display for RecipeTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = [
            "",
            "rows",
            "churn",
            "AUC",
            "log loss",
            "Brier",
            "top-decile lift",
        ];
        let mut table = TextTable::new(1, &header);
        for Benchmarked { recipe, metrics } in &self.0 {
            table.row([
                recipe.to_string(),
                metrics.rows.to_string(),
                percent(metrics.prevalence),
                figure(metrics.area_under_curve),
                figure(metrics.log_loss),
                figure(metrics.brier_score),
                format!("{:.2}", metrics.top_decile_lift),
            ]);
        }
        write!(f, "Mean over the folds\n{}", table.to_string().trim_end())
    }
}
