use super::*;
use crate::model::logistic;

/// Rows whose outcomes follow their log-odds; another seed, other rows.
fn sample(rows: u32, seed: u64) -> (Vec<f64>, Vec<bool>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..rows)
        .map(|_| {
            let x = random.gen_range(-4.0..2.0);
            (x, random.gen_range(0.0..1.0) < logistic(x))
        })
        .unzip()
}

fn on_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
        .install(run)
}

#[test]
fn the_number_of_threads_changes_no_digit() {
    let (log_odds, churned) = sample(500, 1);
    let challenger: Vec<f64> = log_odds.iter().map(|x| x.sin()).collect();
    let groups: Vec<u32> = (0..500).map(|row| row / 3 * 7).collect();
    let run = || {
        let bootstrap = Bootstrap {
            replicates: 50,
            seed: 7,
        };
        let profit = ProfitMeasure::default();
        let scored = Scored {
            log_odds: &log_odds,
            churned: &churned,
            groups: Some(&groups),
        };
        let twice = ScoredTwice {
            champion: &log_odds,
            challenger: &challenger,
            churned: &churned,
            groups: None,
        };
        (
            bootstrap.intervals(scored, &profit).unwrap(),
            bootstrap.differences(twice, &profit).unwrap(),
        )
    };
    let alone = on_threads(1, run);
    assert_eq!(alone, on_threads(4, run));
    assert_eq!(alone.0.len(), Figure::ALL.len());
}

#[test]
fn a_replicate_is_the_figure_of_the_rows_that_were_drawn() {
    let (log_odds, churned) = sample(200, 2);
    let ranking = Ranking::of(&log_odds, &churned).unwrap();
    let times = |row: usize| u32::try_from(row % 3).unwrap();
    let (drawn, outcomes): (Vec<f64>, Vec<bool>) = (0..200)
        .flat_map(|row| std::iter::repeat_n((log_odds[row], churned[row]), row % 3))
        .unzip();
    let profit = ProfitMeasure::default();
    let by_counts = ranking
        .resampled(times)
        .unwrap()
        .assess(&profit, CalibrationLine::FLAT);
    let by_rows = Ranking::of(&drawn, &outcomes).unwrap().assess(&profit);
    for figure in Figure::ALL {
        let (a, b) = (figure.of(&by_counts).unwrap(), figure.of(&by_rows).unwrap());
        assert!((a - b).abs() < 1e-9, "{figure:?} {a} {b}");
    }
}

/// The interval of a share has the width of the binomial distribution.
#[test]
fn intervals_have_the_width_of_the_sampling_error() {
    let (log_odds, churned) = sample(2000, 3);
    let bootstrap = Bootstrap {
        replicates: 1000,
        seed: 3,
    };
    let width = |groups: Option<&[u32]>| {
        let scored = Scored {
            log_odds: &log_odds,
            churned: &churned,
            groups,
        };
        let intervals = bootstrap
            .intervals(scored, &ProfitMeasure::default())
            .unwrap();
        let interval = intervals[&Figure::Prevalence];
        interval.high - interval.low
    };
    let share = churned.iter().filter(|&&churned| churned).count() as f64 / 2000.0;
    let expected = 2.0 * 1.96 * (share * (1.0 - share) / 2000.0).sqrt();
    assert!((width(None) / expected - 1.0).abs() < 0.1);

    // Each customer's outcome is that of the customer's first row, ten times.
    let churned: Vec<bool> = (0..2000).map(|row| churned[row / 10]).collect();
    let groups: Vec<u32> = (0..2000).map(|row| 90_000 - row / 10).collect();
    let scored = |groups| Scored {
        log_odds: &log_odds,
        churned: &churned,
        groups,
    };
    let profit = ProfitMeasure::default();
    let interval =
        |groups| bootstrap.intervals(scored(groups), &profit).unwrap()[&Figure::Prevalence];
    let (by_row, whole) = (interval(None), interval(Some(&groups[..])));
    let ratio = (whole.high - whole.low) / (by_row.high - by_row.low);
    assert!((ratio / 10f64.sqrt() - 1.0).abs() < 0.15, "{ratio}");
}

#[test]
fn a_better_model_is_better_and_an_equal_one_equal() {
    let (log_odds, churned) = sample(1000, 4);
    let blurred: Vec<f64> = (0..1000)
        .map(|row| log_odds[row] + 2.0 * (row as f64 * 1.7).sin())
        .collect();
    let compare = |champion: &[f64], challenger: &[f64]| {
        let scored = ScoredTwice {
            champion,
            challenger,
            churned: &churned,
            groups: None,
        };
        Bootstrap::default()
            .differences(scored, &ProfitMeasure::default())
            .unwrap()
    };
    for difference in compare(&log_odds, &log_odds) {
        assert_eq!(difference.challenger_better, 0.5);
        assert_eq!(
            difference.interval,
            Interval {
                low: 0.0,
                high: 0.0
            }
        );
    }
    for difference in compare(&blurred, &log_odds) {
        assert!(difference.challenger_better > 0.95, "{difference:?}");
        let sign = difference.difference().signum();
        assert_eq!(difference.interval.low.signum(), sign, "{difference:?}");
        assert_eq!(difference.interval.high.signum(), sign, "{difference:?}");
    }
}

#[test]
fn too_few_churners_have_no_interval() {
    let scored = |churned, groups| Scored {
        log_odds: &[0.1, 0.2, 0.3],
        churned,
        groups,
    };
    let profit = ProfitMeasure::default();
    let intervals = |scored| Bootstrap::default().intervals(scored, &profit);
    assert_eq!(intervals(scored(&[true; 3], None)), None);
    assert_eq!(intervals(scored(&[true, false, true], Some(&[1]))), None);
    // One of three: absent in 8 of 27 draws, alone in 1.
    let few = intervals(scored(&[true, false, false], None)).unwrap();
    assert!(few.contains_key(&Figure::LogLoss));
    assert!(!few.contains_key(&Figure::CalibrationSlope));
}
