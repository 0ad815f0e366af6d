//! What a back-test found, for machines. Names are stable.

use serde_json::{Value, json};

use super::{Advice, BackTest, Figures, Hysteresis, Ranked, Retrained, Ruled, Times};

impl BackTest {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self {
            name,
            sources,
            cleaning,
            times,
            trainings,
            customers,
            scorings,
            model,
            base_rate,
            capacity,
            ranked,
            grid,
            simple,
            hysteresis,
            advice,
        } = self;
        let Times {
            log: (first_day, through),
            scorings: (first, last),
            weeks,
            counted_weeks,
            horizon_days,
            active_days,
        } = times;
        json!({
            "name": name,
            "files": sources.iter().map(|file| json!({ "name": file.name, "sha256": file.sha256, "rows": file.rows })).collect::<Value>(),
            "cleaning": cleaning.json(),
            "log": { "first_day": first_day.to_string(), "complete_through": through.to_string() },
            "scorings": {
                "first": first.to_string(),
                "last": last.to_string(),
                "weeks": weeks,
                "counted_weeks": counted_weeks,
                "rows": scorings,
                "customers": customers,
            },
            "horizon_days": horizon_days,
            "active_days": active_days,
            "trainings": trainings.iter().map(training).collect::<Value>(),
            "model": model.map(|model| json!({
                "area_under_curve": model.area_under_curve,
                "log_loss": model.log_loss,
                "brier_score": model.brier_score,
            })),
            "base_rate": base_rate,
            "alarms_a_week": {
                "all": capacity.all,
                "high": capacity.by_tier.high,
                "medium": capacity.by_tier.medium,
                "low": capacity.by_tier.low,
            },
            "ranked": ranked.iter().map(of_ranked).collect::<Value>(),
            "grid": grid.iter().map(ruled).collect::<Value>(),
            "simple": simple.iter().flat_map(|(rule, thresholds)| {
                thresholds.iter().map(|(threshold, of)| json!({
                    "rule": rule.as_str(), "threshold": threshold, "figures": figures(of),
                }))
            }).collect::<Value>(),
            "hysteresis": of_hysteresis(hysteresis),
            "advised": advice.zip(self.advised()).map(|(advice, rule)| advised(advice, rule)),
        })
    }
}

fn advised(advice: Advice, rule: &Ruled) -> Value {
    let Advice {
        position,
        earlier_base_rate,
        later_base_rate,
    } = advice;
    json!({
        "position": position,
        "rule": ruled(rule),
        "earlier_base_rate": earlier_base_rate,
        "later_base_rate": later_base_rate,
    })
}

fn training(training: &Retrained) -> Value {
    let Retrained {
        as_of,
        latest,
        rows,
        churned,
    } = training;
    json!({
        "as_of": as_of.to_string(),
        "latest_cut_off": latest.to_string(),
        "rows": rows,
        "churned": churned,
    })
}

fn of_ranked(ranked: &Ranked) -> Value {
    json!({ "by": ranked.by, "figures": figures(&ranked.figures) })
}

fn of_hysteresis(hysteresis: &Hysteresis) -> Value {
    let Hysteresis {
        on,
        off,
        without,
        with,
    } = hysteresis;
    json!({ "on": on, "off": off, "without": figures(without), "with": figures(with) })
}

fn ruled(ruled: &Ruled) -> Value {
    let Ruled {
        rules,
        all,
        earlier,
        later,
        on_frontier,
    } = ruled;
    json!({
        "on": rules.level.on,
        "off": rules.level.off,
        "scorings": rules.level.scorings,
        "signals_together": rules.alarms.signals_together,
        "on_frontier": on_frontier,
        "all": figures(all),
        "earlier": figures(earlier),
        "later": figures(later),
    })
}

fn figures(figures: &Figures) -> Value {
    let Figures {
        alarms,
        true_alarms,
        repeats,
        weeks,
        left,
        found,
        lead_days,
    } = figures;
    json!({
        "alarms": alarms,
        "true_alarms": true_alarms,
        "repeats": repeats,
        "weeks": weeks,
        "left": left,
        "found": found,
        "precision": figures.precision(),
        "recall": figures.recall(),
        "repeat_share": figures.repeat_share(),
        "lead_days": lead_days.map(|lead| json!({
            "lower_quartile": lead.lower, "median": lead.median, "upper_quartile": lead.upper,
        })),
    })
}
