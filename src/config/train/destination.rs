//! Where a command publishes: a directory, or a bucket that a directory stands
//! for meanwhile.

use std::{path::PathBuf, sync::Arc};

use super::{Surroundings, answer::Failure, signing::SignOptions};
use crate::{
    artifact::{Draft, Identity, Location, ModelName, S3Access, SigningKey, StoreSettings},
    train::assess::PublishedModel,
};

/// Where a model is published, and who signs it.
pub(super) struct Destination {
    draft: Option<Draft>,
    key: Option<Arc<SigningKey>>,
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
        let local = |key| Self { draft: None, key };
        // A key that cannot be used is told before the work.
        let key = sign.key()?.map(Arc::new);
        let location: Location = match models.to_str() {
            Some(text) => text
                .parse()
                .map_err(|error| Failure::usage(format!("--models: {error}")))?,
            None => return Ok(local(key)),
        };
        if let Location::Directory(_) = location {
            return Ok(local(key));
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

    /// Who signs what is published in a directory. In a bucket it may get another
    /// number, and is signed by that.
    pub(super) fn sign_key(&self) -> Option<Arc<SigningKey>> {
        self.key.clone().filter(|_| self.draft.is_none())
    }

    /// Puts what was published where it belongs; it may get another number there, and is signed by that.
    pub(super) fn publish(&self, identity: Identity) -> Result<Identity, Failure> {
        match &self.draft {
            Some(draft) => Ok(draft.publish(&identity, self.key.as_deref())?),
            None => Ok(identity),
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
