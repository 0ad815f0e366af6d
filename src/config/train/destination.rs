//! Where a command publishes: a directory, or a bucket that a directory stands
//! for meanwhile.

use std::path::PathBuf;

use super::{Surroundings, answer::Failure, signing::SignOptions};
use crate::{
    artifact::{self, Draft, Identity, Location, ModelName, S3Access, SigningKey, StoreSettings},
    train::assess::PublishedModel,
};

/// Where a model is published, and who signs it.
pub(super) struct Destination {
    draft: Option<Draft>,
    directory: PathBuf,
    key: Option<SigningKey>,
}

impl Destination {
    /// Leaves a directory as it is. In place of a bucket, `models` becomes a directory
    /// with the newest version of the model.
    pub(super) fn of(
        models: &mut PathBuf,
        name: &ModelName,
        sign: &SignOptions,
        surroundings: &Surroundings<'_>,
    ) -> Result<Self, Failure> {
        let local = |models: &PathBuf, key| Self {
            draft: None,
            directory: models.clone(),
            key,
        };
        // A key that cannot be used is told before the work.
        let key = sign.key()?;
        let location: Location = match models.to_str() {
            Some(text) => text
                .parse()
                .map_err(|error| Failure::usage(format!("--models: {error}")))?,
            None => return Ok(local(models, key)),
        };
        if let Location::Directory(_) = location {
            return Ok(local(models, key));
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
        Ok(Self {
            directory: models.clone(),
            draft: Some(draft),
            key,
        })
    }

    /// The same for a model that is needed, if it is in the same bucket.
    pub(super) fn bring(&self, model: &mut PublishedModel) -> Result<(), Failure> {
        if let Some(draft) = &self.draft
            && (model.models == draft.place() || model.models == draft.path())
        {
            draft.bring(&model.name, model.version)?;
            draft.path().clone_into(&mut model.models);
        }
        Ok(())
    }

    /// Signs what was published, and puts it where it belongs; it may get another number there.
    pub(super) fn publish(&self, identity: Identity) -> Result<Identity, Failure> {
        match (&self.draft, &self.key) {
            (Some(draft), key) => Ok(draft.publish(&identity, key.as_ref())?),
            (None, Some(key)) => {
                let Identity { name, version, .. } = &identity;
                Ok(artifact::sign(&self.directory, name, *version, key)?)
            }
            (None, None) => Ok(identity),
        }
    }

    /// Where that is, for messages, in place of the directory that was published to.
    pub(super) fn place(&self, directory: PathBuf) -> PathBuf {
        match &self.draft {
            Some(draft) => draft.place().to_owned(),
            None => directory,
        }
    }
}
