//! The layer between plain and stored bytes: age in an encrypted archive, nothing in a plain one.

use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, OnceLock};

use age::stream::{StreamReader, StreamWriter};
use age::x25519;

use crate::error::Error;

/// How every age file begins.
pub(crate) const AGE_START: &[u8] = b"age-encryption.org/v1\n";

/// Encrypts (or passes on) what is written to it.
pub(crate) enum Sealer<W: Write> {
    Plain(W),
    Age(Box<StreamWriter<Remembering<W>>>),
}

/// Keeps why writing failed: age tells of a header that cannot be written in words only, and whether
/// the disk is full must not be lost.
pub(crate) struct Remembering<W> {
    output: W,
    failed: Arc<OnceLock<io::ErrorKind>>,
}

impl<W: Write> Write for Remembering<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let written = self.output.write(buf);
        written.inspect_err(|error| {
            // The first reason counts.
            let _ = self.failed.set(error.kind());
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

impl<W: Write> Sealer<W> {
    pub(crate) fn new(
        recipient: Option<&x25519::Recipient>,
        output: W,
        what: &'static str,
    ) -> Result<Self, Error> {
        let Some(recipient) = recipient else {
            return Ok(Sealer::Plain(output));
        };
        let encryptor =
            age::Encryptor::with_recipients(std::iter::once(recipient as &dyn age::Recipient))
                .map_err(|source| Error::Encrypt { what, source })?;
        let failed = Arc::new(OnceLock::new());
        let output = Remembering {
            output,
            failed: Arc::clone(&failed),
        };
        let writer = encryptor.wrap_output(output).map_err(|error| {
            let known = failed.get().map(|kind| io::Error::from(*kind));
            Error::io(what)(known.unwrap_or(error))
        })?;
        Ok(Sealer::Age(Box::new(writer)))
    }

    /// Writes what is still held back and gives the output back.
    pub(crate) fn finish(self) -> io::Result<W> {
        match self {
            Sealer::Plain(output) => Ok(output),
            Sealer::Age(writer) => Ok(writer.finish()?.output),
        }
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self {
            Sealer::Plain(output) => output.write(buf),
            Sealer::Age(writer) => writer.write(buf),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Sealer::Plain(output) => output.flush(),
            Sealer::Age(writer) => writer.flush(),
        }
    }
}

/// Decrypts (or passes on) what it reads.
pub(crate) enum Opener<R> {
    Plain(R),
    Age(Box<StreamReader<R>>),
}

impl<R: BufRead> Opener<R> {
    /// The error is a sentence about the file.
    pub(crate) fn new(identity: Option<&x25519::Identity>, input: R) -> Result<Self, String> {
        let Some(identity) = identity else {
            return Ok(Opener::Plain(input));
        };
        let decryptor = age::Decryptor::new_buffered(input)
            .map_err(|e| format!("it is not an age file: {}", why(&e)))?;
        let reader = decryptor
            .decrypt(std::iter::once(identity as &dyn age::Identity))
            .map_err(|e| {
                format!(
                    "it cannot be decrypted with the archive identity: {}",
                    why(&e)
                )
            })?;
        Ok(Opener::Age(Box::new(reader)))
    }
}

/// Why age refused, in our words: its own are looked up in language files, which are not beside every program.
pub(crate) fn why(error: &age::DecryptError) -> String {
    use age::DecryptError::{
        DecryptionFailed, ExcessiveWork, InvalidHeader, InvalidMac, Io, KeyDecryptionFailed,
        NoMatchingKeys, UnknownFormat,
    };
    let words = match error {
        ExcessiveWork { required, .. } => {
            return format!("its passphrase asks for too much work (2^{required})");
        }
        Io(error) => return error.to_string(),
        InvalidHeader => "its header is malformed",
        InvalidMac => "its header was changed",
        UnknownFormat => "it has a format that is not known",
        NoMatchingKeys => "it is for another key",
        KeyDecryptionFailed | DecryptionFailed => "its content was changed",
        #[allow(
            unreachable_patterns,
            reason = "more of them with other features of age"
        )]
        _ => "age refuses it",
    };
    words.to_owned()
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Opener::Plain(input) => input.read(buf),
            Opener::Age(reader) => reader.read(buf),
        }
    }
}

impl<R: Read + Seek> Seek for Opener<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Opener::Plain(input) => input.seek(to),
            Opener::Age(reader) => reader.seek(to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk without room.
    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_told_of_from_the_first_byte_on() {
        let recipient = x25519::Identity::generate().to_public();
        let refused = Sealer::new(Some(&recipient), Full, "a blob");
        let full = |error: Error| match error {
            Error::Io { source, .. } => source.kind() == io::ErrorKind::StorageFull,
            _ => false,
        };
        assert!(refused.err().is_some_and(full));
    }
}
