//! Ctrl-C and termination signals.
//!
//! A command that must end cleanly (backup: finish the transaction, seal, give the lock back)
//! asks for [`graceful`] stops and watches [`stopped`]; every other command ends at once, which
//! is safe because readers hold nothing that needs closing. The second signal always ends the
//! process at once; the archive survives that too.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, mpsc};

use tokio::sync::watch;

use crate::exit::ExitCode;

/// What is said after the first signal.
pub const STOPPING: &str = "Stopping cleanly · Ctrl-C again stops at once";

static GRACEFUL: AtomicBool = AtomicBool::new(false);
static SILENT: AtomicBool = AtomicBool::new(false);
static OWNS_TERMINAL: AtomicBool = AtomicBool::new(false);
static STOP: OnceLock<watch::Sender<bool>> = OnceLock::new();

/// What asked us to end.
enum Signal {
    CtrlC,
    #[cfg(unix)]
    Terminate,
}

/// Starts listening; called once, first thing. When it returns, no signal comes too early to be heard.
pub fn install() {
    let (ready, listening) = mpsc::channel();
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        // Without a listener, signals keep their default: they end the process.
        if let Ok(runtime) = runtime {
            runtime.block_on(listen(ready));
        }
    });
    // An error means that there is no listener.
    let _ = listening.recv();
}

async fn listen(ready: mpsc::Sender<()>) {
    let Ok(mut signals) = Signals::new() else {
        return;
    };
    let _ = ready.send(());
    loop {
        match signals.next().await {
            None => return,
            Some(Signal::CtrlC) if OWNS_TERMINAL.load(Ordering::SeqCst) => continue,
            Some(_) => {}
        }
        if !GRACEFUL.load(Ordering::SeqCst) || stopped() {
            exit_now();
        }
        stop().send_replace(true);
        if !SILENT.load(Ordering::SeqCst) {
            say_stopping();
        }
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Option<Signal> {
        tokio::select! {
            came = self.interrupt.recv() => came.map(|()| Signal::CtrlC),
            came = self.terminate.recv() => came.map(|()| Signal::Terminate),
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> std::io::Result<Signals> {
        tokio::signal::windows::ctrl_c().map(Signals)
    }

    async fn next(&mut self) -> Option<Signal> {
        self.0.recv().await.map(|()| Signal::CtrlC)
    }
}

fn stop() -> &'static watch::Sender<bool> {
    STOP.get_or_init(|| watch::Sender::new(false))
}

fn say_stopping() {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "\n{STOPPING}");
}

fn exit_now() -> ! {
    restore_terminal();
    remove_files();
    std::process::exit(i32::from(ExitCode::Interrupted.number()));
}

/// From now on the first signal only raises the flag.
pub fn graceful() {
    GRACEFUL.store(true, Ordering::SeqCst);
}

/// The same, for commands that end with a signal by design.
pub fn graceful_and_silent() {
    silent();
    graceful();
}

/// From now on nothing is printed when a signal arrives: whoever asks for this does, or has no
/// need to.
pub fn silent() {
    SILENT.store(true, Ordering::SeqCst);
}

/// For commands that own the terminal and have something to tidy up: its end (hangup) counts as a
/// signal from now on, and Ctrl-C does not. What is typed comes to them as a key; the signal comes only
/// while another program has the terminal, and is meant for that one.
pub fn of_terminal() {
    OWNS_TERMINAL.store(true, Ordering::SeqCst);
    #[cfg(unix)]
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        if let Ok(runtime) = runtime {
            runtime.block_on(async {
                use tokio::signal::unix::{SignalKind, signal};
                if let Ok(mut hangup) = signal(SignalKind::hangup()) {
                    hangup.recv().await;
                    stop().send_replace(true);
                }
            });
        }
    });
}

/// Files that are of no use when the process has ended.
static FILES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A file that goes when a signal ends the process.
pub fn remove_at_end(path: &Path) {
    if let Ok(mut files) = FILES.lock() {
        files.push(path.to_owned());
    }
}

/// The file stays, or is gone already.
pub fn leave_at_end(path: &Path) {
    if let Ok(mut files) = FILES.lock() {
        files.retain(|file| file != path);
    }
}

fn remove_files() {
    if let Ok(files) = FILES.lock() {
        for file in files.iter() {
            // Nobody is left to be told.
            let _ = std::fs::remove_file(file);
        }
    }
}

/// True after the first signal of a graceful command.
pub fn stopped() -> bool {
    *stop().borrow()
}

/// Returns when the first signal arrives.
pub async fn wait() {
    let mut stop = stop().subscribe();
    // The sender is static and never dropped.
    let _ = stop.wait_for(|stopped| *stopped).await;
}

#[cfg(unix)]
static TERMINAL: Mutex<Option<rustix::termios::Termios>> = Mutex::new(None);

/// Keeps the terminal's state before a prompt without echo, for [`exit_now`].
pub fn remember_terminal() {
    #[cfg(unix)]
    if let (Ok(state), Ok(mut kept)) = (
        rustix::termios::tcgetattr(std::io::stdin()),
        TERMINAL.lock(),
    ) {
        *kept = Some(state);
    }
}

fn restore_terminal() {
    #[cfg(unix)]
    if let Some(state) = TERMINAL.lock().ok().and_then(|kept| kept.clone()) {
        use rustix::termios::{OptionalActions, tcsetattr};
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &state);
    }
}
