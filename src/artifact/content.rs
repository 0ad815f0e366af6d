//! What a version may hold: one variant for each kind of model.

use std::fmt;

use super::{
    ChurnContent, Identity, ModelName, SegmentationContent, SpendContent, ValueContent, Version,
};

/// What a model predicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Who leaves.
    Churn,
    /// What a customer is worth.
    Value,
    /// Which groups a customer belongs to.
    Segmentation,
    /// What a customer will spend, from features.
    Spend,
}

/// What a version holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// A churn model.
    Churn(Box<ChurnContent>),
    /// A value model.
    Value(Box<ValueContent>),
    /// A segmentation.
    Segmentation(Box<SegmentationContent>),
    /// A model of spend.
    Spend(Box<SpendContent>),
}

/// A verified version; of any kind, unless the type says which.
#[derive(Debug, Clone)]
pub struct Artifact<C = Content> {
    /// Which it is.
    pub identity: Identity,
    /// What it holds.
    pub content: C,
}

/// A model of another kind than the work needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("model `{name}` version {version} is a {found} model, and this needs a {wanted} model")]
pub struct WrongKind {
    /// The model.
    pub name: ModelName,
    /// Its version.
    pub version: Version,
    /// What it is.
    pub found: Kind,
    /// What it would have to be.
    pub wanted: Kind,
}

impl Kind {
    /// Its name, as people and machines read it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Churn => "churn",
            Self::Value => "value",
            Self::Segmentation => "segmentation",
            Self::Spend => "spend",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Content {
    /// Which kind it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Churn(_) => Kind::Churn,
            Self::Value(_) => Kind::Value,
            Self::Segmentation(_) => Kind::Segmentation,
            Self::Spend(_) => Kind::Spend,
        }
    }
}

impl From<ChurnContent> for Content {
    fn from(content: ChurnContent) -> Self {
        Self::Churn(Box::new(content))
    }
}

impl From<ValueContent> for Content {
    fn from(content: ValueContent) -> Self {
        Self::Value(Box::new(content))
    }
}

impl From<SegmentationContent> for Content {
    fn from(content: SegmentationContent) -> Self {
        Self::Segmentation(Box::new(content))
    }
}

impl From<SpendContent> for Content {
    fn from(content: SpendContent) -> Self {
        Self::Spend(Box::new(content))
    }
}

impl Artifact {
    /// The churn model that it holds.
    ///
    /// # Errors
    ///
    /// When it is of another kind.
    pub fn churn(&self) -> Result<&ChurnContent, WrongKind> {
        match &self.content {
            Content::Churn(content) => Ok(content),
            other @ (Content::Value(_) | Content::Segmentation(_) | Content::Spend(_)) => {
                Err(self.identity.no(Kind::Churn, other))
            }
        }
    }

    /// The value model that it holds.
    ///
    /// # Errors
    ///
    /// When it is of another kind.
    pub fn value(&self) -> Result<&ValueContent, WrongKind> {
        match &self.content {
            Content::Value(content) => Ok(content),
            other @ (Content::Churn(_) | Content::Segmentation(_) | Content::Spend(_)) => {
                Err(self.identity.no(Kind::Value, other))
            }
        }
    }

    /// The segmentation that it holds.
    ///
    /// # Errors
    ///
    /// When it is of another kind.
    pub fn segmentation(&self) -> Result<&SegmentationContent, WrongKind> {
        match &self.content {
            Content::Segmentation(content) => Ok(content),
            other @ (Content::Churn(_) | Content::Value(_) | Content::Spend(_)) => {
                Err(self.identity.no(Kind::Segmentation, other))
            }
        }
    }

    /// The same version, known to hold a churn model.
    ///
    /// # Errors
    ///
    /// When it is of another kind.
    pub fn into_churn(self) -> Result<Artifact<ChurnContent>, WrongKind> {
        let Self { identity, content } = self;
        match content {
            Content::Churn(content) => Ok(Artifact {
                identity,
                content: *content,
            }),
            other @ (Content::Value(_) | Content::Segmentation(_) | Content::Spend(_)) => {
                Err(identity.no(Kind::Churn, &other))
            }
        }
    }

    /// The same version, known to hold a value model.
    ///
    /// # Errors
    ///
    /// When it is of another kind.
    pub fn into_value(self) -> Result<Artifact<ValueContent>, WrongKind> {
        let Self { identity, content } = self;
        match content {
            Content::Value(content) => Ok(Artifact {
                identity,
                content: *content,
            }),
            other @ (Content::Churn(_) | Content::Segmentation(_) | Content::Spend(_)) => {
                Err(identity.no(Kind::Value, &other))
            }
        }
    }
}

impl Artifact {
    /// The same version, known to hold a segmentation.
    ///
    /// # Errors
    ///
    /// When it is of another kind.
    pub fn into_segmentation(self) -> Result<Artifact<SegmentationContent>, WrongKind> {
        let Self { identity, content } = self;
        match content {
            Content::Segmentation(content) => Ok(Artifact {
                identity,
                content: *content,
            }),
            other @ (Content::Churn(_) | Content::Value(_) | Content::Spend(_)) => {
                Err(identity.no(Kind::Segmentation, &other))
            }
        }
    }
}

impl Artifact {
    /// The same version, known to hold a spend model.
    ///
    /// # Errors
    ///
    /// When it is of another kind.
    pub fn into_spend(self) -> Result<Artifact<SpendContent>, WrongKind> {
        let Self { identity, content } = self;
        match content {
            Content::Spend(content) => Ok(Artifact {
                identity,
                content: *content,
            }),
            other @ (Content::Churn(_) | Content::Value(_) | Content::Segmentation(_)) => {
                Err(identity.no(Kind::Spend, &other))
            }
        }
    }
}

impl Identity {
    /// What is said of a version of another kind than the work needs.
    fn no(&self, wanted: Kind, content: &Content) -> WrongKind {
        WrongKind {
            name: self.name.clone(),
            version: self.version,
            found: content.kind(),
            wanted,
        }
    }
}
