//! Pages of a column, looked at before their decoder reserves memory for as many
//! values as they say they hold.

use parquet::{
    column::{
        page::{Page, PageMetadata, PageReader},
        reader::{ColumnReader, get_column_reader},
    },
    errors::{ParquetError, Result},
    file::reader::RowGroupReader,
};

/// The values of one column of a row group.
pub(super) fn values(group: &dyn RowGroupReader, position: usize) -> Result<ColumnReader> {
    let column = group.metadata().column(position).column_descr_ptr();
    let pages = group.get_column_page_reader(position)?;
    Ok(get_column_reader(column, Box::new(Sane(pages))))
}

/// Refuses a dictionary of more values than bytes: it would be reserved whole, by a
/// number of its header. What a data page holds is taken a batch at a time.
struct Sane(Box<dyn PageReader>);

impl PageReader for Sane {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.0.get_next_page()?;
        if let Some(Page::DictionaryPage {
            buf, num_values, ..
        }) = &page
            && *num_values as usize > buf.len()
        {
            let reason = format!(
                "a dictionary of {} bytes has no {num_values} values",
                buf.len()
            );
            return Err(ParquetError::General(reason));
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.0.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.0.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.0.at_record_boundary()
    }
}

impl Iterator for Sane {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        self.get_next_page().transpose()
    }
}
