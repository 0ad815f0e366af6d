//! Where a command reads published models: in directories, or in buckets that
//! directories stand for meanwhile.

use super::{Surroundings, answer::Failure};
use crate::{
    artifact::{Draft, Location, S3Access, StoreSettings},
    train::assess::PublishedModel,
};

/// What was brought from buckets; gone with the end of the command.
#[derive(Debug, Default)]
pub(super) struct Source(Vec<Draft>);

impl Source {
    /// The model in a directory: its own, or for one in a bucket, a directory with
    /// the version that is meant.
    pub(super) fn of(
        &mut self,
        model: PublishedModel,
        surroundings: &Surroundings<'_>,
    ) -> Result<PublishedModel, Failure> {
        let Some(text) = model.models.to_str() else {
            return Ok(model);
        };
        let location: Location = text
            .parse()
            .map_err(|error| Failure::usage(format!("{text}: {error}")))?;
        if let Location::Directory(_) = location {
            return Ok(model);
        }
        let settings = StoreSettings {
            location,
            cache: None,
            access: S3Access::new(None, surroundings.environment),
        };
        let store = settings.open(&surroundings.temporary)?;
        let draft = Draft::of(store, &surroundings.temporary)?;
        let brought = draft.fetch(&model.name, model.version)?;
        let in_directory = PublishedModel {
            models: draft.path().to_owned(),
            name: brought.name,
            version: Some(brought.version),
        };
        self.0.push(draft);
        Ok(in_directory)
    }
}
