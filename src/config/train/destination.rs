//! Where a command publishes: a directory, or a bucket that a directory stands
//! for meanwhile.

use std::path::PathBuf;

use super::{Surroundings, answer::Failure};
use crate::{
    artifact::{Draft, Identity, Location, ModelName, S3Access, StoreSettings},
    train::assess::PublishedModel,
};

/// Where a model is published.
pub(super) struct Destination(Option<Draft>);

impl Destination {
    /// Leaves a directory as it is. In place of a bucket, `models` becomes a directory
    /// with the newest version of the model.
    pub(super) fn of(
        models: &mut PathBuf,
        name: &ModelName,
        surroundings: &Surroundings<'_>,
    ) -> Result<Self, Failure> {
        let location: Location = match models.to_str() {
            Some(text) => text
                .parse()
                .map_err(|error| Failure::usage(format!("--models: {error}")))?,
            None => return Ok(Self(None)),
        };
        if let Location::Directory(_) = location {
            return Ok(Self(None));
        }
        let settings = StoreSettings {
            location,
            cache: None,
            access: S3Access::new(None, surroundings.environment),
        };
        let store = settings.open(&surroundings.temporary)?;
        let draft = Draft::of(store, &surroundings.temporary)?;
        draft.bring(name, None)?;
        draft.path().clone_into(models);
        Ok(Self(Some(draft)))
    }

    /// The same for a model that is needed, if it is in the same bucket.
    pub(super) fn bring(&self, model: &mut PublishedModel) -> Result<(), Failure> {
        if let Self(Some(draft)) = self
            && (model.models == draft.place() || model.models == draft.path())
        {
            draft.bring(&model.name, model.version)?;
            draft.path().clone_into(&mut model.models);
        }
        Ok(())
    }

    /// Puts what was published where it belongs; it may get another number there.
    pub(super) fn publish(&self, identity: Identity) -> Result<Identity, Failure> {
        match &self.0 {
            Some(draft) => Ok(draft.publish(&identity)?),
            None => Ok(identity),
        }
    }

    /// Where that is, for messages, in place of the directory that was published to.
    pub(super) fn place(&self, directory: PathBuf) -> PathBuf {
        match &self.0 {
            Some(draft) => draft.place().to_owned(),
            None => directory,
        }
    }
}
