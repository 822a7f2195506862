//! Downloading one file: parts over the wire, bytes in order into a blob, and what is needed to
//! go on inside the file after an interruption.

use std::io::Write;

use serde_json::{Value as Json, json};
use telekeep_journal::{BlobInfo, BlobWriter};
use telekeep_tl::{Object, Schema, Value};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use super::fetch::{Fetch, PART, Part, Taken};
use super::hashes::{HashCheck, Range};
use super::location::location;
use super::partial::{KEPT_FROM, Partial, Partials};
use super::portrait::{is_portrait, photo_of};
use super::refresh::Renewed;
use super::web::is_web;
use crate::spool::FileRow;
use crate::telegram::backup::HashChecks;
use crate::telegram::backup::error::BackupError;
use crate::telegram::backup::list::name_of;
use crate::telegram::backup::recorder::Item;
use crate::telegram::backup::run::{Engine, Halt};
use crate::telegram::wire::{CallError, Reply};

/// Parts that wait for the disk.
const WRITE_QUEUE: usize = 2;

/// How often in a row a reference is renewed without a part that came of it. Where references
/// expire every few seconds, a large file takes many renewals; they are no failures of it.
const RENEWALS: u32 = 8;

/// Why a file is not had.
pub(super) enum Miss {
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

/// What was asked for.
enum Asked {
    Part(Part),
    /// Hashes from this offset on.
    Hashes(u64),
}

/// Answers with what was asked for and the file reference it was asked with.
type Answers = JoinSet<(Asked, Vec<u8>, Result<Result<Reply, CallError>, Halt>)>;

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
        if let Some((photo, _)) = photo_of(&file.key)
            && self.spool.has_photo(photo)?
        {
            // It came with all photos of somebody the account has a chat with.
            let file = Box::new(file);
            return self.store(Item::PortraitNeedless { file }).await;
        }
        let large = file.size >= KEPT_FROM;
        let partial = partials
            .filter(|_| large)
            .map(|partials| partials.of(&file.key));
        let folder = partials_of(&partial);
        let fetched = match file.key.as_str() {
            key if is_portrait(key) => self.download_portrait(&mut file).await,
            key if is_web(key) => self.download_web(&mut file).await,
            _ => self.download(&mut file, partial).await,
        };
        match fetched {
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
                if error.starts_with("WRONG_") {
                    // The next run begins anew instead of going on after doubtful bytes.
                    folder.iter().for_each(|partial| drop(partial.remove()));
                }
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
        let output = Output::begin(writer, partial).await?;
        let (size, have, options) = (file.size, output.have, &self.options);
        let hashed = match options.hashes {
            HashChecks::Never => false,
            HashChecks::Disturbed => have > 0,
            HashChecks::Always => size > u64::from(PART),
        };
        let mut download = Download {
            engine: self,
            file,
            fetch: Fetch::new(size, have, options.parts_at_once, options.file_attempts),
            check: HashCheck::new(hashed, size, have),
            handed: have,
            output,
            answers: Answers::new(),
            renewals: 0,
        };
        download.work().await?;
        let blob = download.output.finish().await?;
        if blob.size != size {
            // Only a kept beginning of something else can do this.
            folder.iter().for_each(|partial| drop(partial.remove()));
            return Err(Miss::File("WRONG_LENGTH".to_owned()));
        }
        Ok(blob)
    }

    /// Renews the reference when that is what is wrong; any other error is the file's end.
    /// `renewals`: how many there were since the last part came.
    async fn mend(&self, file: &mut FileRow, error: &CallError, renewals: u32) -> Result<(), Miss> {
        if let Some(fatal) = BackupError::of_call(error) {
            return Err(fatal.into());
        }
        file.attempts += 1;
        if !is_expired(error) || renewals >= RENEWALS {
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

/// One file being fetched.
struct Download<'a> {
    engine: &'a Engine,
    file: &'a mut FileRow,
    fetch: Fetch,
    check: HashCheck,
    /// Bytes given to the check so far.
    handed: u64,
    output: Output,
    answers: Answers,
    /// Renewals of the reference since the last part came.
    renewals: u32,
}

impl Download<'_> {
    async fn work(&mut self) -> Result<(), Miss> {
        while !self.fetch.is_done() || !self.check.is_empty() {
            self.ask_more()?;
            let answer = tokio::select! {
                answer = self.answers.join_next() => answer,
                () = self.engine.stop.wait() => return Err(Halt::Stopped.into()),
            };
            let Some(Ok((asked, reference, reply))) = answer else {
                return Err(Halt::from(BackupError::Worker("downloading")).into());
            };
            match (asked, reply?) {
                (Asked::Part(part), Ok(reply)) => self.take(part, &reply)?,
                (Asked::Part(part), Err(error)) => {
                    // Other parts were on their way with the old reference when it was renewed.
                    if !is_expired(&error) || reference == self.file.reference {
                        self.engine.mend(self.file, &error, self.renewals).await?;
                        self.renewals += 1;
                        self.disturbed();
                    }
                    self.ask(Asked::Part(part))?;
                }
                (Asked::Hashes(offset), reply) => self.told(offset, reply)?,
            }
            let ready = self.check.ready();
            let ready = ready.map_err(|_| Miss::File("WRONG_HASH".to_owned()))?;
            self.output.write(ready).await?;
        }
        Ok(())
    }

    fn ask_more(&mut self) -> Result<(), Miss> {
        while !self.check.is_full()
            && let Some(part) = self.fetch.ask()
        {
            self.ask(Asked::Part(part))?;
        }
        while let Some(offset) = self.check.ask(self.fetch.horizon()) {
            self.ask(Asked::Hashes(offset))?;
        }
        Ok(())
    }

    fn ask(&mut self, asked: Asked) -> Result<(), Miss> {
        let location = location(self.file);
        let location = location.ok_or_else(|| Miss::File("UNKNOWN_KIND_OF_FILE".to_owned()))?;
        let request = request(&location, &asked);
        let (engine, dc) = (self.engine.clone(), self.file.dc);
        let reference = self.file.reference.clone();
        self.answers.spawn(async move {
            let reply = engine.call_dc(dc, &request).await;
            (asked, reference, reply)
        });
        Ok(())
    }

    fn take(&mut self, part: Part, reply: &Reply) -> Result<(), Miss> {
        let bytes = part_bytes(self.engine.client.schema(), reply)
            .ok_or_else(|| Miss::File("UNREADABLE_ANSWER".to_owned()))?;
        match self.fetch.take(part, bytes) {
            Taken::Ready(ready) => {
                self.renewals = 0;
                for bytes in ready {
                    let offset = self.handed;
                    self.handed += bytes.len() as u64;
                    self.check.push(offset, bytes);
                }
                Ok(())
            }
            Taken::Again(part) => {
                self.file.attempts += 1;
                self.disturbed();
                self.ask(Asked::Part(part))
            }
            Taken::GiveUp => {
                self.file.attempts += 1;
                Err(Miss::File("WRONG_LENGTH".to_owned()))
            }
        }
    }

    /// Something went wrong with this file: from here on its bytes are checked.
    fn disturbed(&mut self) {
        if self.engine.options.hashes != HashChecks::Never {
            self.check.begin(self.handed);
        }
    }

    /// A server that has no hashes, or does not give them, is believed.
    fn told(&mut self, offset: u64, reply: Result<Reply, CallError>) -> Result<(), Miss> {
        let ranges = match reply {
            Ok(reply) => hash_ranges(self.engine.client.schema(), &reply),
            Err(error) => match BackupError::of_call(&error) {
                Some(fatal) => return Err(fatal.into()),
                None => Vec::new(),
            },
        };
        self.check.told(offset, ranges);
        Ok(())
    }
}

/// The bytes of an `upload.file`.
pub(in crate::telegram) fn part_bytes(schema: &Schema, reply: &Reply) -> Option<Vec<u8>> {
    let answer = schema.object(&reply.bytes).ok()?;
    (answer.name() == "upload.file")
        .then(|| answer.bytes_field("bytes").map(<[u8]>::to_vec))
        .flatten()
}

/// The ranges of a `Vector<FileHash>`.
fn hash_ranges(schema: &Schema, reply: &Reply) -> Vec<Range> {
    let Ok(Value::Vector(hashes)) = schema.element("Vector<FileHash>", &reply.bytes) else {
        return Vec::new();
    };
    let range = |hash: &Object<'_>| {
        Some(Range {
            offset: u64::try_from(hash.long("offset")?).ok()?,
            length: u64::try_from(hash.int("limit")?).ok()?,
            sha256: hash.bytes_field("hash")?.to_vec(),
        })
    };
    let objects = hashes.iter().filter_map(Value::as_object);
    objects.filter_map(range).collect()
}

pub(super) fn is_expired(error: &CallError) -> bool {
    error
        .rpc()
        .is_some_and(|rpc| rpc.starts_with("FILE_REFERENCE_") || rpc.is("FILEREF_UPGRADE_NEEDED"))
}

fn partials_of(partial: &Option<Partial>) -> Option<Partial> {
    partial.as_ref().map(Partial::fresh)
}

fn request(location: &Json, asked: &Asked) -> Json {
    match asked {
        Asked::Part(part) => json!({
            "_": "upload.getFile", "location": location, "offset": part.offset, "limit": PART,
        }),
        Asked::Hashes(offset) => {
            json!({"_": "upload.getFileHashes", "location": location, "offset": offset})
        }
    }
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
            writer.write_all(&chunk).map_err(BackupError::of_write)?;
        }
    }
    if tell.send(writer.size()).is_err() {
        return Ok(writer);
    }
    while let Some(bytes) = queue.blocking_recv() {
        writer.write_all(&bytes).map_err(BackupError::of_write)?;
        if let Some(partial) = &mut partial {
            partial.push(&bytes).map_err(BackupError::of_write)?;
        }
    }
    Ok(writer)
}
