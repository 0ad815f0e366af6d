//! From files to a log.

use super::{LogError, LogOptions, PurchaseLog, lines::LineReader, stop::Stop};
use crate::train::{DataSource, Progress, TableError, table::stream};

/// Reads a log into purchase histories.
///
/// # Errors
///
/// A file that cannot be read, a line that cannot and may not be left out, a log
/// of which nothing is left: with its place.
pub fn read_log(options: &LogOptions, progress: &dyn Progress) -> Result<PurchaseLog, LogError> {
    progress.stage("reading purchases");
    let files = stream::list(&options.paths)?;
    let mut reader = LineReader::new(options, files.len());
    let mut sources: Vec<DataSource> = Vec::with_capacity(files.len());
    for (index, path) in files.iter().enumerate() {
        if files.len() > 1 {
            progress.step("reading purchases", index + 1, files.len());
        }
        reader.begin_file(path);
        let source =
            stream::rows(path, options.dialect, &mut reader).map_err(|stop| match stop {
                Stop::Log(error) => *error,
                Stop::Fault(fault) => LogError::Table(TableError {
                    path: path.clone(),
                    fault,
                }),
            })?;
        if let Some(same) = sources.iter().find(|there| there.sha256 == source.sha256) {
            return Err(LogError::SameContent {
                first: same.name.clone(),
                second: source.name,
            });
        }
        sources.push(source);
    }
    reader.finish(sources)
}
