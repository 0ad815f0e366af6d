//! The days that snapshots are taken at.

use super::SnapshotError;
use crate::customer::Day;

/// The most cut-offs of one table.
const MAX_CUT_OFFS: i64 = 1000;

/// Which days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CutOffs {
    /// The last one that is possible.
    Latest,
    /// These.
    Days(Vec<Day>),
    /// One after the other.
    Every {
        /// Days from one to the next; at least 1.
        days: u32,
        /// The first.
        first: Day,
        /// The last at most; the last one that is possible if not stated.
        last: Option<Day>,
    },
}

/// One of the days, with the end of its horizon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CutOff {
    /// Everything to the end of this day is known.
    pub(super) as_of: Day,
    /// The last day of the horizon.
    pub(super) until: Option<Day>,
}

impl CutOffs {
    /// The days, the earliest first, within what the log tells: its first day,
    /// and the one to which it is complete.
    pub(super) fn within(
        &self,
        log_days: (Day, Day),
        horizon_days: Option<u32>,
    ) -> Result<Vec<CutOff>, SnapshotError> {
        let (first_day, through) = log_days;
        let ahead = i64::from(horizon_days.unwrap_or(0));
        let latest = through.plus_days(-ahead);
        let cut_off = |as_of: Day| {
            let until = as_of.plus_days(ahead).filter(|until| *until <= through);
            match horizon_days {
                _ if as_of < first_day => Err(SnapshotError::BeforeLog { as_of, first_day }),
                _ if as_of > through => Err(SnapshotError::AfterLog { as_of, through }),
                Some(horizon_days) if until.is_none() => Err(SnapshotError::HorizonAfterLog {
                    as_of,
                    horizon_days,
                    through,
                    latest: latest
                        .map_or_else(|| "the log's beginning".to_owned(), |day| day.to_string()),
                }),
                Some(_) => Ok(CutOff { as_of, until }),
                None => Ok(CutOff { as_of, until: None }),
            }
        };
        self.days(latest.unwrap_or(first_day).max(first_day))?
            .into_iter()
            .map(cut_off)
            .collect()
    }

    /// The days in order, each once.
    fn days(&self, latest: Day) -> Result<Vec<Day>, SnapshotError> {
        match self {
            Self::Latest => Ok(vec![latest]),
            Self::Days(days) => {
                let mut days = days.clone();
                days.sort_unstable();
                match days.windows(2).find(|pair| pair[0] == pair[1]) {
                    Some(pair) => Err(SnapshotError::CutOffTwice { as_of: pair[0] }),
                    None => few(i64::try_from(days.len()).unwrap_or(i64::MAX)).map(|()| days),
                }
            }
            Self::Every { days, first, last } => {
                let (first, last) = (*first, last.unwrap_or(latest));
                let step = i64::from((*days).max(1));
                let apart = i64::from(last.days_since(first));
                if apart < 0 {
                    return Err(SnapshotError::NoCutOff { first, last });
                }
                few(apart / step + 1)?;
                let days = (0..=apart / step).map_while(|at| first.plus_days(at * step));
                Ok(days.collect())
            }
        }
    }
}

fn few(found: i64) -> Result<(), SnapshotError> {
    if found > MAX_CUT_OFFS {
        return Err(SnapshotError::TooManyCutOffs {
            found,
            most: MAX_CUT_OFFS,
        });
    }
    Ok(())
}
