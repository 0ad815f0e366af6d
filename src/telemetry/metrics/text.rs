//! Metrics as text: the exposition format 0.0.4 of Prometheus.

use std::fmt::{self, Display, Write as _};

use super::Histogram;

/// The media type of the text.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Metrics, one family after the other.
#[derive(Debug, Default)]
pub struct Text(String);

/// A family that samples are added to.
#[derive(Debug)]
pub struct Family<'t> {
    text: &'t mut String,
    name: &'static str,
}

/// Names and values.
type Labels<'l> = [(&'l str, &'l str)];

impl Text {
    /// Begins a family of counters; the name ends in `_total`.
    pub fn counter(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, "counter", help)
    }

    /// Begins a family of gauges.
    pub fn gauge(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, "gauge", help)
    }

    /// Begins a family of histograms.
    pub fn histogram(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, "histogram", help)
    }

    /// All of it.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    fn family(&mut self, name: &'static str, kind: &str, help: &str) -> Family<'_> {
        let Self(text) = self;
        push(
            text,
            format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"),
        );
        Family { text, name }
    }
}

impl Family<'_> {
    /// Adds a sample.
    pub fn sample(&mut self, labels: &Labels<'_>, value: impl Display) {
        self.line("", labels, value);
    }

    /// Adds a histogram.
    pub fn histogram(&mut self, labels: &Labels<'_>, histogram: &Histogram) {
        let (ends, all) = histogram.cumulative();
        let ends = ends
            .into_iter()
            .map(|(end, count)| (end.to_string(), count));
        for (end, count) in ends.chain([("+Inf".to_owned(), all)]) {
            let labels = [labels, &[("le", &end)]].concat();
            self.line("_bucket", &labels, count);
        }
        self.line("_sum", labels, histogram.sum());
        self.line("_count", labels, all);
    }

    fn line(&mut self, suffix: &str, labels: &Labels<'_>, value: impl Display) {
        push(self.text, format_args!("{}{suffix}", self.name));
        for (at, (name, value)) in labels.iter().enumerate() {
            let before = if at == 0 { '{' } else { ',' };
            push(
                self.text,
                format_args!("{before}{name}=\"{}\"", Escaped(value)),
            );
        }
        let after = if labels.is_empty() { "" } else { "}" };
        push(self.text, format_args!("{after} {value}\n"));
    }
}

fn push(text: &mut String, arguments: fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = text.write_fmt(arguments);
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

    #[test]
    fn samples_are_written_as_the_format_has_them() {
        let mut text = Text::default();
        text.gauge("a", "First.").sample(&[], 1);
        let mut second = text.counter("b_total", "Second.");
        second.sample(&[("model", "x"), ("code", "a\"\\\n")], 2u64);
        assert_eq!(
            text.into_string(),
            "# HELP a First.\n# TYPE a gauge\na 1\n\
             # HELP b_total Second.\n# TYPE b_total counter\n\
             b_total{model=\"x\",code=\"a\\\"\\\\\\n\"} 2\n"
        );
    }

    #[test]
    fn a_histogram_has_all_its_ends() {
        let histogram = Histogram::of_differences();
        histogram.observe(0.25);
        let mut text = Text::default();
        text.histogram("h", "How far.")
            .histogram(&[("model", "x")], &histogram);
        let text = text.into_string();
        assert!(
            text.contains("h_bucket{model=\"x\",le=\"0.1\"} 0\n"),
            "{text}"
        );
        assert!(
            text.contains("h_bucket{model=\"x\",le=\"0.25\"} 1\n"),
            "{text}"
        );
        assert!(
            text.contains("h_bucket{model=\"x\",le=\"+Inf\"} 1\n"),
            "{text}"
        );
        assert!(
            text.ends_with("h_sum{model=\"x\"} 0.25\nh_count{model=\"x\"} 1\n"),
            "{text}"
        );
    }
}
