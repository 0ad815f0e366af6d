//! Work that may take its time, such as loading a model: on a thread of its own,
//! after those that answer calls.

use std::{io, thread};

use tokio::{runtime::Handle, sync::oneshot};

/// How much more willing the thread is to let others go first, of -20 to 19. Where
/// all want the same core, it gets about a tenth of what one of them gets.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Begins work that blocks; its result comes unless it panics.
///
/// # Errors
///
/// When the system has no thread for it.
pub(super) fn begin<T: Send + 'static>(
    runtime: &Handle,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<oneshot::Receiver<T>> {
    let (done, result) = oneshot::channel();
    let runtime = runtime.clone();
    thread::Builder::new()
        .name("background".to_owned())
        .spawn(move || {
            give_way();
            let _within = runtime.enter();
            // Nobody waits any more when the caller went away.
            let _ = done.send(work());
        })?;
    Ok(result)
}

/// On Linux a thread has a priority of its own; elsewhere it would be the process's.
#[cfg(target_os = "linux")]
fn give_way() {
    // As well as it can: without it, the work is only in the way.
    let _ = rustix::process::nice(NICENESS);
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_thread_gives_way() {
        let before = rustix::process::getpriority_process(None).unwrap();
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        let within = begin(&Handle::current(), niceness).unwrap().await.unwrap();
        assert_eq!(within, (before + NICENESS).min(19));
        assert_eq!(rustix::process::getpriority_process(None).unwrap(), before);
    }
}
