//! What the process takes of its machine, under the names that Prometheus' own
//! clients give. Read from `/proc` when somebody asks; where there is none, the
//! start alone is told.

use std::{
    fs,
    time::{SystemTime, UNIX_EPOCH},
};

use super::Families;

/// Clock ticks a second in `/proc`, on every platform that Rust has with Linux.
const TICKS: f64 = 100.0;

/// The process that counts.
#[derive(Debug)]
pub(super) struct Process {
    began: SystemTime,
}

/// What `/proc/self` says.
#[derive(Debug, PartialEq)]
struct Usage {
    /// Seconds of all cores, in the program and in the system for it.
    cpu: f64,
    threads: u64,
    /// Bytes in memory.
    resident: u64,
}

impl Process {
    /// One that begins now.
    pub(super) fn begin() -> Self {
        Self {
            began: SystemTime::now(),
        }
    }

    pub(super) fn began(&self) -> SystemTime {
        self.began
    }

    pub(super) fn write(&self, families: &mut Families) {
        let began = self.began.duration_since(UNIX_EPOCH).unwrap_or_default();
        families
            .gauge(
                "process_start_time_seconds",
                "When the process began, since 1970.",
            )
            .sample(&[], began.as_secs_f64());
        if let Some(usage) = Usage::now() {
            families
                .counter(
                    "process_cpu_seconds_total",
                    "Processor time, of all cores together.",
                )
                .sample(&[], usage.cpu);
            families
                .gauge("process_threads", "Threads.")
                .sample(&[], usage.threads);
            families
                .gauge("process_resident_memory_bytes", "Memory in use.")
                .sample(&[], usage.resident);
        }
        if let Some((open, most)) = files() {
            families
                .gauge("process_open_fds", "Open files and connections.")
                .sample(&[], open);
            families
                .gauge("process_max_fds", "How many there may be.")
                .sample(&[], most);
        }
    }
}

impl Usage {
    fn now() -> Option<Self> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        let status = fs::read_to_string("/proc/self/status").ok()?;
        Self::read(&stat, &status)
    }

    /// Of the texts of `stat` and `status`, as proc(5) has them.
    fn read(stat: &str, status: &str) -> Option<Self> {
        // The program's name, in parentheses, may hold anything.
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<_> = fields.split_ascii_whitespace().collect();
        // Fields count from 1, and these begin with the third.
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        let (user, system) = (field(14)?, field(15)?);
        let resident = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?
            .trim()
            .strip_suffix(" kB")?;
        Some(Self {
            cpu: (user + system) as f64 / TICKS,
            threads: field(20)?,
            resident: resident.parse::<u64>().ok()? * 1024,
        })
    }
}

/// How many files are open, and how many may be.
fn files() -> Option<(usize, u64)> {
    // Reading the directory opens one.
    let open = fs::read_dir("/proc/self/fd")
        .ok()?
        .count()
        .saturating_sub(1);
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    Some((open, most_files(&limits)?))
}

fn most_files(limits: &str) -> Option<u64> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_proc_are_read_as_they_are_defined() {
        let stat = "7 (a) b) R 1 7 7 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 9 0 100 2000 300 1";
        let status = "Name:\ta\nVmRSS:\t    2048 kB\nThreads:\t9\n";
        let usage = Usage {
            cpu: 2.0,
            threads: 9,
            resident: 2048 * 1024,
        };
        assert_eq!(Usage::read(stat, status), Some(usage));
        assert_eq!(Usage::read("7 (a", status), None);
        assert_eq!(Usage::read(stat, "Name:\ta\n"), None);
        let limits =
            "Limit  Soft Limit  Hard Limit  Units\nMax open files   1024   524288   files\n";
        assert_eq!(most_files(limits), Some(1024));
        assert_eq!(
            most_files("Max open files   unlimited   unlimited   files\n"),
            None
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_memory_threads_and_files() {
        let usage = Usage::now().unwrap();
        assert!(usage.resident > 0 && usage.threads > 0);
        let (open, most) = files().unwrap();
        assert!(open > 2 && most > open as u64);
    }
}
