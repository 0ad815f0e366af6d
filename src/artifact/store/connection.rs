//! Requests to one bucket, for those who block: each with a time limit.

use std::{
    future::Future,
    io,
    sync::{Arc, mpsc},
    time::Duration,
};

use object_store::{
    Error, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions, UpdateVersion,
    aws::AmazonS3, path::Path as Key,
};
use tokio::{
    runtime::{Builder, Runtime},
    time::timeout,
};
use tokio_stream::StreamExt;

use super::away::{explain, timed_out};

/// How long the store may take to begin an answer, to go on with one, or to take
/// what is put.
const PATIENCE: Duration = Duration::from_secs(10);
/// More objects than any reasonable number of versions has.
const MAX_OBJECTS: usize = 1_000_000;

/// A bucket, and a thread that speaks with it.
#[derive(Debug)]
pub(super) struct Connection {
    objects: Arc<AmazonS3>,
    worker: Worker,
}

/// The thread of the connection; gone when it is dropped.
#[derive(Debug)]
struct Worker(Option<Runtime>);

/// What an object was when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag(Option<String>);

/// When an object may be put.
#[derive(Debug)]
pub(super) enum Only {
    /// While there is none of its name.
    IfAbsent,
    /// While it is what was read.
    IfUnchanged(Tag),
}

/// What became of an object that was to be put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    Done,
    /// The condition does not hold: somebody else was faster.
    Refused,
}

impl Connection {
    pub(super) fn new(objects: AmazonS3) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("object-store")
            .enable_all()
            .build()?;
        Ok(Self {
            objects: Arc::new(objects),
            worker: Worker(Some(runtime)),
        })
    }

    /// Every object below a prefix.
    pub(super) fn list(&self, prefix: Key) -> io::Result<Vec<ObjectMeta>> {
        self.wait(|objects| async move {
            let mut listed = Vec::new();
            let mut stream = objects.list(Some(&prefix));
            while let Some(object) = in_time(stream.next()).await? {
                listed.push(object.map_err(|error| explain(&error))?);
                if listed.len() > MAX_OBJECTS {
                    return Err(io::Error::other(format!(
                        "there are more than {MAX_OBJECTS} objects below the prefix; keep models under one of their own"
                    )));
                }
            }
            Ok(listed)
        })
    }

    /// An object of at most so many bytes; `None` where there is none of that
    /// name.
    pub(super) fn get(&self, key: Key, limit: u64) -> io::Result<Option<(Vec<u8>, Tag)>> {
        self.wait(move |objects| async move {
            match in_time(objects.get(&key)).await? {
                Ok(found) => read(found, limit).await.map(Some),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(explain(&error)),
            }
        })
    }

    /// Puts an object if the condition holds.
    pub(super) fn put(&self, key: Key, bytes: Vec<u8>, only: Only) -> io::Result<Put> {
        let mode = match only {
            Only::IfAbsent => PutMode::Create,
            Only::IfUnchanged(Tag(e_tag)) => PutMode::Update(UpdateVersion {
                e_tag,
                version: None,
            }),
        };
        let changed = matches!(mode, PutMode::Update(_));
        self.wait(move |objects| async move {
            // A large file over a slow line takes longer than a question.
            let patience = PATIENCE + Duration::from_secs(bytes.len() as u64 >> 20);
            let put = objects.put_opts(&key, bytes.into(), PutOptions::from(mode));
            match timeout(patience, put).await.map_err(|_| timed_out())? {
                Ok(_) => Ok(Put::Done),
                Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(Put::Refused),
                // Gone since it was read.
                Err(Error::NotFound { .. }) if changed => Ok(Put::Refused),
                Err(error) => Err(explain(&error)),
            }
        })
    }

    /// Does work on the connection's own thread, whatever thread this is.
    fn wait<T, F>(&self, work: impl FnOnce(Arc<AmazonS3>) -> F) -> io::Result<T>
    where
        T: Send + 'static,
        F: Future<Output = io::Result<T>> + Send + 'static,
    {
        let gone = || io::Error::other("the thread of the object store is gone");
        let Worker(Some(runtime)) = &self.worker else {
            return Err(gone());
        };
        let work = work(Arc::clone(&self.objects));
        let (tell, told) = mpsc::sync_channel(1);
        runtime.spawn(async move {
            // Whoever asked waits for this.
            let _ = tell.send(work.await);
        });
        told.recv().map_err(|_| gone())?
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Without waiting, which an asynchronous caller may not.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

async fn in_time<T>(work: impl Future<Output = T>) -> io::Result<T> {
    timeout(PATIENCE, work).await.map_err(|_| timed_out())
}

/// Reads no more than `limit` bytes, whatever the store says or sends.
async fn read(found: GetResult, limit: u64) -> io::Result<(Vec<u8>, Tag)> {
    let too_large = || {
        let text = format!("is larger than {limit} bytes");
        io::Error::new(io::ErrorKind::FileTooLarge, text)
    };
    if found.meta.size > limit {
        return Err(too_large());
    }
    let tag = Tag(found.meta.e_tag.clone());
    let mut bytes = Vec::new();
    let mut stream = found.into_stream();
    while let Some(part) = in_time(stream.next()).await? {
        let part = part.map_err(|error| explain(&error))?;
        if bytes.len() as u64 + part.len() as u64 > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&part);
    }
    Ok((bytes, tag))
}
