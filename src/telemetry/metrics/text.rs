//! Metrics as text: the exposition format 0.0.4 of Prometheus.

use std::fmt::{self, Display, Write as _};

use super::families::{Families, Family, Kind, Number, Sample, Value};

/// The media type of the text.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

impl Display for Families {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|family| family.fmt(f))
    }
}

impl Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            help,
            kind,
            samples,
        } = self;
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        write!(f, "# HELP {name} {help}\n# TYPE {name} {kind}\n")?;
        for Sample { labels, value } in samples {
            let line = |suffix, end| Line {
                name,
                suffix,
                labels,
                end,
            };
            match value {
                Value::One(number) => writeln!(f, "{} {number}", line("", None))?,
                Value::Many { ends, count, sum } => {
                    for (end, count) in ends {
                        let end = Some(end.to_string());
                        writeln!(f, "{} {count}", line("_bucket", end))?;
                    }
                    let all = Some("+Inf".to_owned());
                    writeln!(f, "{} {count}", line("_bucket", all))?;
                    writeln!(f, "{} {sum}", line("_sum", None))?;
                    writeln!(f, "{} {count}", line("_count", None))?;
                }
            }
        }
        Ok(())
    }
}

impl Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(number) => number.fmt(f),
            Self::Real(number) => number.fmt(f),
        }
    }
}

/// A line without its value.
struct Line<'l> {
    name: &'l str,
    suffix: &'l str,
    labels: &'l [(&'static str, String)],
    /// Of a bucket.
    end: Option<String>,
}

impl Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            suffix,
            labels,
            end,
        } = self;
        write!(f, "{name}{suffix}")?;
        let labels = labels.iter().map(|(name, value)| (*name, value));
        let labels = labels.chain(end.iter().map(|end| ("le", end)));
        let mut before = '{';
        for (name, value) in labels {
            write!(f, "{before}{name}=\"{}\"", Escaped(value))?;
            before = ',';
        }
        if before == ',' {
            f.write_char('}')?;
        }
        Ok(())
    }
}

/// A label's value.
struct Escaped<'v>(&'v str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '\\' => f.write_str("\\\\"),
            '"' => f.write_str("\\\""),
            '\n' => f.write_str("\\n"),
            c => f.write_char(c),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::metrics::Histogram;

    #[test]
    fn samples_are_written_as_the_format_has_them() {
        let mut families = Families::default();
        families.gauge("a", "First.").sample(&[], 1_u64);
        let second = families.counter("b_total", "Second.");
        second.sample(&[("model", "x"), ("code", "a\"\\\n")], 2_u64);
        assert_eq!(
            families.to_string(),
            "# HELP a First.\n# TYPE a gauge\na 1\n\
             # HELP b_total Second.\n# TYPE b_total counter\n\
             b_total{model=\"x\",code=\"a\\\"\\\\\\n\"} 2\n"
        );
    }

    #[test]
    fn a_histogram_has_all_its_ends() {
        let histogram = Histogram::of_differences();
        histogram.observe(0.25);
        let mut families = Families::default();
        families
            .histogram("h", "How far.")
            .histogram(&[("model", "x")], &histogram);
        let text = families.to_string();
        for line in [
            "h_bucket{model=\"x\",le=\"0.1\"} 0\n",
            "h_bucket{model=\"x\",le=\"0.25\"} 1\n",
            "h_bucket{model=\"x\",le=\"+Inf\"} 1\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
        assert!(
            text.ends_with("h_sum{model=\"x\"} 0.25\nh_count{model=\"x\"} 1\n"),
            "{text}"
        );
    }
}
