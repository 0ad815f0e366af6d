//! Options of `holdfast-train push` and `pull`.

use std::{fmt, path::PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::{
    Surroundings,
    answer::{Answer, Failure},
    shared::{ModelOptions, OutputOptions},
    signing::SignOptions,
};
use crate::artifact::{
    self, Identity, Location, ModelName, ModelStore, Pushed, S3Access, StoreSettings, Unchanged,
    Version,
};

const PUSH_EXAMPLE: &str = "Example:
  holdfast-train push --model models/telco-churn --to s3://my-bucket/models

The version gets the next number that is free there; the newest one there with the
same files is left as it is. Signatures come along where it keeps its number;
--sign-key signs it under the number that it gets. Credentials and region come from AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_REGION and so on.

Exit codes:
  0  the version is in the store
  2  the command line is wrong
  5  it cannot be written
  6  the model or the store cannot be read";

const PULL_EXAMPLE: &str = "Example:
  holdfast-train pull --from s3://my-bucket/models --name telco-churn --models models

Exit codes:
  0  the version is in the directory, under its own number
  2  the command line is wrong
  5  it cannot be written
  6  the model or the store cannot be read";

/// Options of `holdfast-train push`.
#[derive(Debug, Args)]
#[command(after_help = PUSH_EXAMPLE)]
pub struct Push {
    #[command(flatten)]
    model: ModelOptions,

    /// The object store, as `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "URL")]
    to: Location,

    #[command(flatten)]
    sign: SignOptions,
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    output: OutputOptions,
}

/// Options of `holdfast-train pull`.
#[derive(Debug, Args)]
#[command(after_help = PULL_EXAMPLE)]
pub struct Pull {
    /// The object store, as `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "URL")]
    from: Location,

    /// Name of the model
    #[arg(long)]
    name: ModelName,

    /// Version of the model; the newest by default
    #[arg(long = "version", value_name = "VERSION")]
    model_version: Option<Version>,

    /// Directory of models that it is copied to
    #[arg(long, value_name = "DIR", default_value = "models")]
    models: PathBuf,

    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    output: OutputOptions,
}

/// How an object store is reached.
#[derive(Debug, Args)]
pub(super) struct StoreOptions {
    /// Where the object store listens, unless it is Amazon's, such as
    /// `http://localhost:9000`
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
}

impl StoreOptions {
    pub(super) fn open(
        self,
        location: Location,
        surroundings: &Surroundings<'_>,
    ) -> Result<ModelStore, Failure> {
        let settings = StoreSettings {
            location,
            cache: None,
            access: S3Access::new(self.endpoint, surroundings.environment),
        };
        Ok(settings.open(&surroundings.temporary)?)
    }
}

impl Push {
    pub(super) fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        let model = self.model.into_model()?;
        let store = self.store.open(self.to, surroundings)?;
        let key = self.sign.key()?;
        let what = artifact::Push {
            root: &model.models,
            name: &model.name,
            version: model.version,
            unchanged: Unchanged::Skip,
            key: key.as_ref(),
        };
        let pushed = artifact::push(&what, &store)?;
        let (identity, new) = match pushed {
            Pushed::New(identity) => (identity, true),
            Pushed::Same(identity) => (identity, false),
        };
        let copied = Copied {
            identity,
            place: store.place().to_owned(),
            new: Some(new),
        };
        Ok(Answer {
            published: true,
            ..self.output.answer(&copied, || copied.json())
        })
    }
}

impl Pull {
    pub(super) fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        let store = self.store.open(self.from, surroundings)?;
        let identity = artifact::pull(&store, &self.name, self.model_version, &self.models)?;
        let copied = Copied {
            identity,
            place: self.models,
            new: None,
        };
        Ok(self.output.answer(&copied, || copied.json()))
    }
}

/// Where a version is now.
struct Copied {
    identity: Identity,
    place: PathBuf,
    /// Whether it was put there now, where that is told.
    new: Option<bool>,
}

impl Copied {
    fn json(&self) -> Value {
        let Identity {
            name,
            version,
            digest,
        } = &self.identity;
        json!({
            "name": name.as_str(),
            "version": version.get(),
            "digest": digest.as_str(),
            "models": self.place.to_string_lossy(),
            "new": self.new.unwrap_or(true),
        })
    }
}

impl fmt::Display for Copied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Identity {
            name,
            version,
            digest,
        } = &self.identity;
        let place = self.place.display();
        match self.new {
            Some(true) => write!(f, "published {place}/{name}/{version}")?,
            Some(false) => write!(f, "{place}/{name}/{version} has the same files already")?,
            None => write!(f, "copied to {place}/{name}/{version}")?,
        }
        write!(f, "\ndigest {digest}")
    }
}
