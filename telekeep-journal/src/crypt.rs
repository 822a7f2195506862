//! The layer between plain and stored bytes: age in an encrypted archive, nothing in a plain one.

use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};

use age::stream::{StreamReader, StreamWriter};
use age::x25519;

use crate::error::Error;

/// How every age file begins.
pub(crate) const AGE_START: &[u8] = b"age-encryption.org/v1\n";

/// Encrypts (or passes on) what is written to it.
pub(crate) enum Sealer<W: Write> {
    Plain(W),
    Age(Box<StreamWriter<W>>),
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
        let writer = encryptor.wrap_output(output).map_err(Error::io(what))?;
        Ok(Sealer::Age(Box::new(writer)))
    }

    /// Writes what is still held back and gives the output back.
    pub(crate) fn finish(self) -> io::Result<W> {
        match self {
            Sealer::Plain(output) => Ok(output),
            Sealer::Age(writer) => writer.finish(),
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
