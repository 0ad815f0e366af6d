use super::{
    sample::{NASTY, nasty, telco},
    *,
};

/// Elements that HTML never closes.
const VOID: [&str; 4] = ["meta", "br", "hr", "img"];

/// Checks that every tag of a page is closed by its own end tag, in order, and
/// returns the names of all tags. The style sheet holds no markup.
fn tags(page: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut seen = Vec::new();
    let mut rest = page.strip_prefix("<!DOCTYPE html>").unwrap();
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, after) = after.split_once('>').expect("a tag ends");
        assert!(!tag.contains('<'), "unescaped < in <{tag}>");
        assert_eq!(tag.matches('"').count() % 2, 0, "odd quotes in <{tag}>");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "</{name}>");
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap().to_owned();
        if !tag.ends_with('/') && !VOID.contains(&name.as_str()) {
            open.push(name.clone());
        }
        seen.push(name);
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    seen
}

fn attributes<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let start = format!(" {name}=\"");
    page.match_indices(&start)
        .map(|(at, _)| page[at + start.len()..].split('"').next().unwrap())
        .collect()
}

pub(super) fn check_page(page: &str) {
    let tags = tags(page);
    for forbidden in [
        "script",
        "img",
        "iframe",
        "link",
        "object",
        "image",
        "use",
        "foreignObject",
    ] {
        assert!(!tags.iter().any(|tag| tag == forbidden), "<{forbidden}>");
    }
    for loading in ["src", "xlink:href", "srcset", "data", "onload", "onerror"] {
        assert!(attributes(page, loading).is_empty(), "{loading}");
    }
    assert!(!page.contains("@import") && !page.contains("url("));
    let mut ids = attributes(page, "id");
    for target in attributes(page, "href") {
        let target = target.strip_prefix('#').expect("links stay on the page");
        assert!(ids.contains(&target), "#{target} leads nowhere");
    }
    for labels in attributes(page, "aria-labelledby") {
        assert!(
            labels.split(' ').all(|label| ids.contains(&label)),
            "{labels}"
        );
    }
    let pictures = tags.iter().filter(|tag| *tag == "svg").count();
    assert_eq!(
        page.matches("role=\"img\" aria-labelledby").count(),
        pictures
    );
    assert_eq!(tags.iter().filter(|tag| *tag == "desc").count(), pictures);
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "every id once");
}

#[test]
fn the_page_is_whole_and_loads_nothing() {
    let page = html(&telco()).unwrap();
    check_page(&page);
    assert!(!page.contains("http"));
    assert!(page.contains("Contract") && page.contains("Month-to-month"));
}

#[test]
fn names_from_the_data_are_harmless() {
    let page = html(&nasty()).unwrap();
    check_page(&page);
    assert!(page.contains("&lt;script&gt;alert(1)"));
    assert!(!page.contains('\u{202E}') && !page.contains('\u{0}'));
    let card = card(&nasty());
    for name in &NASTY[..3] {
        assert!(!card.contains(name), "{name}");
    }
    assert!(!card.contains("<script") && !card.contains("<img"));
    let columns = card
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| line.replace("\\|", "").matches('|').count());
    assert!(columns.into_iter().all(|bars| bars == 3 || bars == 8));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (mut data, again) = (telco(), telco());
    assert_eq!(html(&data), html(&again));
    assert_eq!(card(&data), card(&again));
    data.effects.reverse();
    data.causes.reverse();
    data.slices.reverse();
    data.pairs.reverse();
    assert_eq!(
        html(&data),
        html(&again),
        "the order of these does not count"
    );
}

#[test]
fn large_data_makes_no_unreadable_page() {
    let mut data = telco();
    let template = data.effects.clone();
    let column = data.quality.columns[1].clone();
    data.effects = (0..300)
        .map(|index| {
            let mut effect = template[index % template.len()].clone();
            effect.feature = format!("feature {index} {}", "with a long name ".repeat(40));
            if let EffectShape::Levels(levels) = &mut effect.shape {
                *levels = (0..1000_u32)
                    .map(|level| Level {
                        name: format!("value {level}"),
                        log_odds: f64::from(level).sin(),
                        standard_error: None,
                        rows: u64::from(1000 - level),
                    })
                    .collect();
            }
            effect
        })
        .collect();
    data.quality.columns = vec![column; 300];
    data.coefficients = vec![data.coefficients[0].clone(); 150_000];
    data.slices = vec![data.slices[0].clone(); 5000];
    data.curves.roc = vec![data.curves.roc[50]; 100_000];
    let page = html(&data).unwrap();
    check_page(&page);
    assert!(page.contains("985 rarer values not shown"));
    assert!(page.len() < 6_000_000, "{} bytes", page.len());
    assert!(card(&data).len() < 100_000);
}

#[test]
fn odd_figures_are_drawn_or_left_out() {
    let mut data = telco();
    let odd = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        1e300,
        -1e300,
        0.0,
    ];
    for (index, value) in odd.into_iter().enumerate() {
        data.curves.roc[index].y = value;
        data.curves.deciles[index].lift = value;
        data.curves.calibration[index].churn_rate = value;
        data.curves.uncalibrated[index].mean_probability = value;
        data.folds[index].log_loss = value;
        data.causes[index].share = value;
        data.effects[index].importance = value;
        data.pairs[0].log_odds[0][index] = value;
        data.watch.features[0].missing_share = value;
        if let Some(profit) = &mut data.profit {
            profit.curve[index].profit = value;
        }
    }
    for effect in &mut data.effects {
        match &mut effect.shape {
            EffectShape::Curve { points, support } => {
                let (some, all) = (points.len().min(6), points.clone());
                for (point, value) in points[..some].iter_mut().zip(odd) {
                    (point.log_odds, point.standard_error) = (value, Some(value));
                }
                points.extend(odd.into_iter().map(|x| CurvePoint { x, ..all[0] }));
                support[0].from = f64::NAN;
            }
            EffectShape::Levels(levels) => levels[0].log_odds = f64::NAN,
        }
    }
    check_page(&html(&data).unwrap());
}

#[test]
fn a_poor_fit_has_a_report_too() {
    let mut data = telco();
    data.candidates.clear();
    data.calibrations.clear();
    data.profit = None;
    data.effects.clear();
    data.pairs.clear();
    data.causes.clear();
    data.coefficients.clear();
    data.slices.clear();
    data.folds.clear();
    data.watch.features.clear();
    data.watch.probabilities.clear();
    data.performance.cross_validated = None;
    data.performance.plain = None;
    data.performance.held_out.calibration_error = None;
    data.curves = Curves {
        roc: Vec::new(),
        precision_recall: Vec::new(),
        gains: Vec::new(),
        deciles: Vec::new(),
        calibration: Vec::new(),
        uncalibrated: Vec::new(),
    };
    check_page(&html(&data).unwrap());
    assert!(card(&data).contains("## Caveats and recommendations"));
}

#[test]
fn the_card_has_the_nine_sections_of_the_paper() {
    let card = card(&telco());
    let headings: Vec<&str> = card
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    assert_eq!(
        headings,
        [
            "Model details",
            "Intended use",
            "Factors",
            "Metrics",
            "Evaluation data",
            "Training data",
            "Quantitative analyses",
            "Ethical considerations",
            "Caveats and recommendations",
        ]
    );
    assert!(card.contains("Apache-2.0") && card.contains("16320c9c"));
}

/// For looking at it: `HOLDFAST_SAMPLE_REPORT=directory cargo test writes_a_sample -- --ignored`.
#[test]
#[ignore = "writes files to look at"]
fn writes_a_sample() {
    let Some(directory) = std::env::var_os("HOLDFAST_SAMPLE_REPORT") else {
        return;
    };
    let directory = std::path::PathBuf::from(directory);
    for (name, data) in [("telco", telco()), ("nasty", nasty())] {
        std::fs::write(directory.join(format!("{name}.html")), html(&data).unwrap()).unwrap();
        std::fs::write(directory.join(format!("{name}.md")), card(&data)).unwrap();
    }
}
