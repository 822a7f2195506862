//! Downloading one file: parts over the wire, bytes in order into a blob, and what is needed to
//! go on inside the file after an interruption.

use std::io::Write;

use serde_json::{Value, json};
use telekeep_journal::{BlobInfo, BlobWriter};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use super::fetch::{Fetch, PART, Part, Taken};
use super::location::location;
use super::partial::{CHUNK, Partial, Partials};
use super::refresh::Renewed;
use crate::spool::FileRow;
use crate::telegram::backup::error::BackupError;
use crate::telegram::backup::list::name_of;
use crate::telegram::backup::recorder::Item;
use crate::telegram::backup::run::{Engine, Halt};
use crate::telegram::wire::{CallError, Reply};

/// Parts that wait for the disk.
const WRITE_QUEUE: usize = 2;

/// Why a file is not had.
enum Miss {
    /// It concerns only this file.
    File(String),
    /// The server has it no more, or not for this account.
    Gone,
    /// It ends the run.
    Run(Halt),
}

impl<E: Into<Halt>> From<E> for Miss {
    fn from(error: E) -> Miss {
        Miss::Run(error.into())
    }
}

type Answers = JoinSet<(Part, Result<Reply, CallError>)>;

impl Engine {
    /// Fetches a file and records that it is held, or why not. Only what ends the whole run is an
    /// error.
    pub(super) async fn fetch_file(
        &self,
        mut file: FileRow,
        partials: Option<Partials>,
    ) -> Result<(), Halt> {
        if self.stop.is_set() {
            return Err(Halt::Stopped);
        }
        let large = file.size > CHUNK as u64;
        let partial = partials
            .filter(|_| large)
            .map(|partials| partials.of(&file.key));
        let folder = partials_of(&partial);
        match self.download(&mut file, partial).await {
            Ok(blob) => {
                let (stored, done) = oneshot::channel();
                self.store(Item::FileHeld {
                    file: Box::new(file),
                    blob,
                    stored,
                })
                .await?;
                if let Some(partial) = folder {
                    done.await.map_err(|_| Halt::Writer)?;
                    // A leftover costs space only and goes with the next finished queue.
                    let _ = partial.remove();
                }
                Ok(())
            }
            Err(Miss::File(error)) => {
                self.store(Item::FileFailed {
                    file: Box::new(file),
                    error,
                })
                .await
            }
            Err(Miss::Gone) => {
                self.store(Item::FileGone {
                    file: Box::new(file),
                })
                .await
            }
            Err(Miss::Run(halt)) => Err(halt),
        }
    }

    async fn download(
        &self,
        file: &mut FileRow,
        partial: Option<Partial>,
    ) -> Result<BlobInfo, Miss> {
        let folder = partials_of(&partial);
        let writer = self.archive.blob_writer(Some(file.size))?;
        let mut output = Output::begin(writer, partial).await?;
        let mut fetch = Fetch::new(
            file.size,
            output.have,
            self.options.parts_at_once,
            self.options.file_attempts,
        );
        let mut answers = Answers::new();
        while !fetch.is_done() {
            while let Some(part) = fetch.ask() {
                self.ask(&mut answers, file, part)?;
            }
            let answer = tokio::select! {
                answer = answers.join_next() => answer,
                () = self.stop.wait() => return Err(Halt::Stopped.into()),
            };
            let Some(Ok((part, reply))) = answer else {
                return Err(Halt::from(BackupError::Worker("downloading")).into());
            };
            match reply {
                Ok(reply) => {
                    self.take(&mut answers, file, &mut fetch, &mut output, part, &reply)
                        .await?
                }
                Err(error) => {
                    self.mend(file, &error).await?;
                    self.ask(&mut answers, file, part)?;
                }
            }
        }
        let blob = output.finish().await?;
        if blob.size != file.size {
            // Only a kept beginning of something else can do this.
            folder.iter().for_each(|partial| drop(partial.remove()));
            return Err(Miss::File("WRONG_LENGTH".to_owned()));
        }
        Ok(blob)
    }

    fn ask(&self, answers: &mut Answers, file: &FileRow, part: Part) -> Result<(), Miss> {
        let location =
            location(file).ok_or_else(|| Miss::File("UNKNOWN_KIND_OF_FILE".to_owned()))?;
        let request = request(&location, part);
        let (client, dc) = (self.client.clone(), file.dc);
        answers.spawn(async move { (part, client.call_dc(dc, &request).await) });
        Ok(())
    }

    async fn take(
        &self,
        answers: &mut Answers,
        file: &mut FileRow,
        fetch: &mut Fetch,
        output: &mut Output,
        part: Part,
        reply: &Reply,
    ) -> Result<(), Miss> {
        let bytes = self.bytes(reply)?;
        match fetch.take(part, bytes) {
            Taken::Ready(ready) => output.write(ready).await,
            Taken::Again(part) => {
                file.attempts += 1;
                self.ask(answers, file, part)
            }
            Taken::GiveUp => {
                file.attempts += 1;
                Err(Miss::File("WRONG_LENGTH".to_owned()))
            }
        }
    }

    /// The bytes of an `upload.file`.
    fn bytes(&self, reply: &Reply) -> Result<Vec<u8>, Miss> {
        let answer = self.client.schema().object(&reply.bytes).ok();
        let bytes = answer
            .filter(|answer| answer.name() == "upload.file")
            .and_then(|answer| answer.bytes_field("bytes").map(<[u8]>::to_vec));
        bytes.ok_or_else(|| Miss::File("UNREADABLE_ANSWER".to_owned()))
    }

    /// Renews the reference when that is what is wrong; any other error is the file's end.
    async fn mend(&self, file: &mut FileRow, error: &CallError) -> Result<(), Miss> {
        if let Some(fatal) = BackupError::of_call(error) {
            return Err(fatal.into());
        }
        let expired = error.rpc().is_some_and(|rpc| {
            rpc.starts_with("FILE_REFERENCE_") || rpc.is("FILEREF_UPGRADE_NEEDED")
        });
        file.attempts += 1;
        if !expired || file.attempts > self.options.file_attempts {
            return Err(Miss::File(name_of(error)));
        }
        match self.renew(file).await? {
            Renewed::Yes => {}
            Renewed::Gone => return Err(Miss::Gone),
            Renewed::Failed(error) => return Err(Miss::File(error)),
        }
        self.store(Item::FileRenewed {
            file: Box::new(file.clone()),
        })
        .await?;
        Ok(())
    }
}

fn partials_of(partial: &Option<Partial>) -> Option<Partial> {
    partial.as_ref().map(Partial::fresh)
}

fn request(location: &Value, part: Part) -> Value {
    json!({"_": "upload.getFile", "location": location, "offset": part.offset, "limit": PART})
}

/// The file being written, on a thread of its own: encryption and disk do not hold up the wire.
struct Output {
    parts: mpsc::Sender<Vec<u8>>,
    worker: JoinHandle<Result<BlobWriter, BackupError>>,
    /// Bytes that were there from an earlier run.
    have: u64,
}

impl Output {
    async fn begin(writer: BlobWriter, partial: Option<Partial>) -> Result<Output, Miss> {
        let (parts, queue) = mpsc::channel(WRITE_QUEUE);
        let (tell, told) = oneshot::channel();
        let worker = tokio::task::spawn_blocking(move || write(writer, partial, queue, tell));
        match told.await {
            Ok(have) => Ok(Output {
                parts,
                worker,
                have,
            }),
            Err(_) => Err(join(worker).await.err().map_or(
                Miss::Run(Halt::from(BackupError::Worker("writing a file"))),
                Miss::Run,
            )),
        }
    }

    async fn write(&mut self, ready: Vec<Vec<u8>>) -> Result<(), Miss> {
        for bytes in ready {
            if self.parts.send(bytes).await.is_err() {
                let worker =
                    std::mem::replace(&mut self.worker, tokio::task::spawn_blocking(ended));
                join(worker).await?;
            }
        }
        Ok(())
    }

    async fn finish(self) -> Result<BlobInfo, Miss> {
        drop(self.parts);
        let writer = join(self.worker).await?;
        let finish = tokio::task::spawn_blocking(move || writer.finish());
        let blob = finish
            .await
            .map_err(|_| Halt::from(BackupError::Worker("writing a file")))?;
        Ok(blob?)
    }
}

fn ended() -> Result<BlobWriter, BackupError> {
    Err(BackupError::Worker("writing a file"))
}

async fn join(worker: JoinHandle<Result<BlobWriter, BackupError>>) -> Result<BlobWriter, Halt> {
    match worker.await {
        Ok(result) => Ok(result?),
        Err(_) => Err(Halt::from(BackupError::Worker("writing a file"))),
    }
}

/// Replays what is kept, says how much that was, and writes what comes.
fn write(
    mut writer: BlobWriter,
    mut partial: Option<Partial>,
    mut queue: mpsc::Receiver<Vec<u8>>,
    tell: oneshot::Sender<u64>,
) -> Result<BlobWriter, BackupError> {
    if let Some(partial) = &mut partial {
        while let Some(chunk) = partial.next() {
            writer.write_all(&chunk).map_err(failed)?;
        }
    }
    if tell.send(writer.size()).is_err() {
        return Ok(writer);
    }
    while let Some(bytes) = queue.blocking_recv() {
        writer.write_all(&bytes).map_err(failed)?;
        if let Some(partial) = &mut partial {
            partial.push(&bytes).map_err(failed)?;
        }
    }
    Ok(writer)
}

fn failed(source: std::io::Error) -> BackupError {
    BackupError::File(source)
}
