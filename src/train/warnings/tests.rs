//! What a model of the past may know, and how alarms are counted, on a log made
//! by hand.

use std::{fmt::Write as _, fs};

use super::{
    calendar::{Calendar, RUN_IN},
    figures::Judge,
    models::{self, Past},
    panel::Panel,
    replay::{Replay, Scorings},
    *,
};
use crate::{
    customer::{Day, Occasion},
    policy::{Capacity, GroupRules, WarningRules},
    train::{
        MissingSpellings, Shapes, Silent,
        transactions::{
            CleaningRules, Dialect, LogColumns, LogOptions, MoneyColumns, PurchaseLog, TimeFormat,
            TimeZone, read_log,
        },
    },
};

fn day(at: i64) -> Day {
    Day::from_days_since_1970(15_000 + at).unwrap()
}

/// Customers who buy every 5 to 30 days; some stop, on any day of the year.
fn log(through: i64) -> PurchaseLog {
    let mut text = "id,time,amount\n".to_owned();
    for customer in 0..150_i64 {
        let every = 5 + customer * 7 % 26;
        let stops = if customer % 2 == 0 {
            30 + 2 * customer
        } else {
            400
        };
        let mut at = customer % every;
        while at < stops && at <= through {
            writeln!(text, "c{customer},{},{}", day(at), 5 + customer % 9).unwrap();
            at += every + (at + customer) % 3 - 1;
        }
    }
    read(&text)
}

fn read(text: &str) -> PurchaseLog {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.csv");
    fs::write(&path, text).unwrap();
    let options = LogOptions {
        paths: vec![path],
        ..options()
    };
    read_log(&options, &Silent).unwrap()
}

fn options() -> LogOptions {
    LogOptions {
        paths: Vec::new(),
        columns: LogColumns {
            customer: "id".to_owned(),
            time: "time".to_owned(),
            money: MoneyColumns::Amount("amount".to_owned()),
            invoice: None,
            product: None,
            currency: None,
        },
        dialect: Dialect::default(),
        time_format: TimeFormat::Auto,
        time_zone: TimeZone::utc(),
        times_in: None,
        missing: MissingSpellings::default(),
        currency: None,
        cleaning: CleaningRules::default(),
        occasion: Occasion::Day,
    }
}

fn request(through: i64) -> WarningsRequest {
    WarningsRequest {
        name: "test".parse().unwrap(),
        log: options(),
        complete_through: Some(day(through)),
        horizon_days: 40,
        active_days: 80,
        windows_days: vec![30, 60],
        warm_up_days: 40,
        first_as_of: None,
        retrain_weeks: 5,
        shapes: Shapes::Lines,
        rules: WarningRules::default(),
        groups: GroupRules::default(),
        least_precision: None,
        most_repeats: 1.0,
        seed: 1,
    }
}

/// The days that are scored, and the scores.
fn scores(through: i64) -> (Vec<Day>, Vec<Vec<f64>>, Vec<Retrained>) {
    let (log, request) = (log(through), request(through));
    let calendar = Calendar::of(&request, &log).unwrap();
    let panel = Panel::of(&request, &log, &calendar).unwrap();
    let first = calendar
        .first_scoring(None, |weeks| models::enough(&panel, weeks))
        .unwrap();
    let past = Past {
        request: &request,
        log: &log,
        calendar: &calendar,
        panel: &panel,
    };
    let (scores, trainings) = past.log_odds(first..panel.weeks.len(), &Silent).unwrap();
    (calendar.days[first..].to_vec(), scores, trainings)
}

#[test]
fn what_comes_later_changes_no_score() {
    let (days, scores_then, trainings) = scores(240);
    // The same weeks of a log that goes on for eight weeks more.
    let (later_days, later, later_trainings) = scores(240 + 8 * 7);
    assert_eq!(later_days[..days.len()], days);
    assert_eq!(later[..scores_then.len()], scores_then);
    assert_eq!(later_trainings[..trainings.len()], trainings);
    assert!(trainings.len() > 2);
    for training in trainings {
        // No outcome was open on the day of the training.
        assert!(training.latest.plus_days(40).unwrap() <= training.as_of);
    }
}

/// One customer a line: the days of purchases. The last of them keeps the log open.
fn judged(customers: &[&[i64]], raised: &[(usize, usize)]) -> Figures {
    let mut text = "id,time,amount\n".to_owned();
    for (customer, days) in customers.iter().enumerate() {
        for &at in *days {
            writeln!(text, "{customer},{},1", day(at)).unwrap();
        }
    }
    let (log, request) = (read(&text), request(210));
    let calendar = Calendar::of(&request, &log).unwrap();
    let panel = Panel::of(&request, &log, &calendar).unwrap();
    let weeks = panel.weeks.iter();
    let replay = Replay {
        weeks: weeks
            .map(|week| Scorings::of(week, &vec![0.0; week.rows.len()]))
            .collect(),
        customers: panel.customers,
        capacity: Capacity::default(),
    };
    let judge = Judge {
        replay: &replay,
        horizon_days: 40,
    };
    let raised: Vec<_> = raised
        .iter()
        .map(|&(week, customer)| {
            let scored = &replay.weeks[week].scored;
            let at = scored.iter().position(|s| s.row.customer == customer);
            replay::Raised {
                week,
                at: at.unwrap(),
                repeats: false,
            }
        })
        .collect();
    judge.figures(&raised, &(RUN_IN..replay.weeks.len()))
}

#[test]
fn an_alarm_is_true_where_nothing_is_bought_within_the_horizon() {
    // Scorings are on days 44, 51, … 170; the fifth is on day 72.
    let regular: Vec<i64> = (0..=21).map(|week| 10 * week).collect();
    let stops: Vec<i64> = (0..=7).map(|week| 10 * week).collect();
    let returns: Vec<i64> = stops.iter().copied().chain([112]).collect();
    let late: Vec<i64> = stops.iter().copied().chain([113]).collect();
    let customers = [&regular[..], &stops, &returns, &late];
    for (customer, is_true) in [(0, 0), (1, 1), (2, 0), (3, 1)] {
        let figures = judged(&customers, &[(4, customer)]);
        assert_eq!(figures.true_alarms, is_true, "{customer}");
        // Three stopped in the end, and one was silent for too long before that.
        assert_eq!((figures.alarms, figures.left), (1, 4), "{customer}");
        assert_eq!(figures.found, is_true, "{customer}");
        if is_true == 1 {
            // Silent for 2 days of 40.
            assert_eq!(figures.lead_days.unwrap().median, 38.0);
        }
    }
}

#[test]
fn thresholds_are_crossed_once_and_the_run_in_is_stock() {
    let log = log(280);
    let request = request(280);
    let calendar = Calendar::of(&request, &log).unwrap();
    let panel = Panel::of(&request, &log, &calendar).unwrap();
    let weeks = panel.weeks.iter();
    let mut replay = Replay {
        weeks: weeks
            .map(|week| Scorings::of(week, &vec![3.0; week.rows.len()]))
            .collect(),
        customers: panel.customers,
        capacity: Capacity::default(),
    };
    // Everybody is over the line from the first scoring on.
    let alarms = replay.by_rules(&WarningRules::default(), &Capacity::default());
    let first_seen = |customer: usize| {
        let weeks = replay.weeks.iter();
        weeks
            .take_while(|week| week.scored.iter().all(|s| s.row.customer != customer))
            .count()
    };
    for alarm in &alarms {
        let customer = replay.scored(alarm).row.customer;
        assert_eq!(alarm.week, first_seen(customer));
    }
    let recency =
        |replay: &Replay<'_>| replay.by_threshold(30.0, |scored| SimpleRule::Recency.score(scored));
    let all = recency(&replay);
    assert!(all.len() > 20 && all.iter().all(|alarm| alarm.week >= RUN_IN));
    for alarm in &all {
        let silent = replay.scored(alarm).row.purchasing.days_since_last;
        assert!((30..37).contains(&silent), "{silent}");
    }
    replay.capacity.all = Some(2);
    let few = recency(&replay);
    let most = (RUN_IN..replay.weeks.len()).map(|week| {
        let of_week = few.iter().filter(|alarm| alarm.week == week);
        of_week.count()
    });
    assert_eq!(most.max(), Some(2));
}
