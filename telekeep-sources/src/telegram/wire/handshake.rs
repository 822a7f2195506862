//! From nothing to an encrypted connection: look up, connect, and make an authorization key when
//! there is none yet.

use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::book::KeyMaterial;
use super::connection::Common;
use super::error::ConnectError;
use super::exchange::{Exchange, ExchangeError, NewKey, Step, list};
use super::frame::{self, Frames};
use super::proxy::{Kind, hide, through_socks};
use super::random::{OsRandom, Random};

/// A connection ready for encrypted messages.
pub(crate) struct Opened {
    pub stream: TcpStream,
    pub frames: Frames,
    pub material: KeyMaterial,
    /// Random id of the session on this connection.
    pub session: i64,
    /// Bytes to send before everything else.
    pub unsent: Vec<u8>,
}

/// The system's time since 1970.
pub(crate) fn now() -> Duration {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

/// Connects to a data centre.
pub(crate) async fn open(common: &Common, dc: i32) -> Result<Opened, ConnectError> {
    let address = common
        .book
        .address(dc)
        .ok_or(ConnectError::NoAddress { dc })?;
    let mut session = [0; 8];
    OsRandom.fill(&mut session).map_err(ConnectError::Random)?;
    let session = i64::from_le_bytes(session);
    if let Some(material) = common.book.key(dc) {
        let (stream, frames, unsent) = dial(common, &address, dc).await?;
        return Ok(Opened {
            stream,
            frames,
            material,
            session,
            unsent,
        });
    }
    let lock = common.book.lock_of(dc);
    let _one_at_a_time = lock.lock().await;
    let (stream, frames, unsent) = dial(common, &address, dc).await?;
    // Another connection may have made the key while this one waited.
    if let Some(material) = common.book.key(dc) {
        return Ok(Opened {
            stream,
            frames,
            material,
            session,
            unsent,
        });
    }
    let named = named(common, &address);
    let mut talk = Talk {
        stream,
        frames,
        unsent,
        address: &named,
        dc,
        last_id: 0,
    };
    let new = match timeout(common.connect_timeout, talk.make_key(common)).await {
        Ok(new) => new.map_err(|error| doubted(common, dc, error))?,
        Err(_) => {
            let error = silent(dc, &named, common.connect_timeout);
            return Err(doubted(common, dc, error));
        }
    };
    common.book.set_key(dc, &address, &new)?;
    let NewKey {
        auth_key: key,
        salt,
        time_offset,
    } = new;
    let material = KeyMaterial {
        key,
        salt,
        time_offset,
    };
    let Talk {
        stream,
        frames,
        unsent,
        ..
    } = talk;
    Ok(Opened {
        stream,
        frames,
        material,
        session,
        unsent,
    })
}

fn silent(dc: i32, address: &str, timeout: Duration) -> ConnectError {
    ConnectError::Silent {
        dc,
        address: address.to_owned(),
        timeout,
    }
}

/// An error from behind an MTProto proxy, which hangs up on those whose secret it does not know, or
/// says nothing to them.
fn doubted(common: &Common, dc: i32, error: ConnectError) -> ConnectError {
    let Some(proxy) = common.proxy.as_ref().filter(|proxy| proxy.is_mtproto()) else {
        return error;
    };
    let why = match &error {
        ConnectError::Refused { why, .. } => why.clone(),
        ConnectError::Silent { timeout, .. } => {
            format!("nothing was heard within {} s", timeout.as_secs())
        }
        _ => return error,
    };
    ConnectError::Proxy {
        dc,
        proxy: proxy.to_string(),
        why: format!("{why}; its secret may be wrong"),
        passing: true,
    }
}

/// The address of a server in words, with the proxy on the way to it.
fn named(common: &Common, address: &str) -> String {
    match &common.proxy {
        None => address.to_owned(),
        Some(proxy) => format!("{address} through the proxy {proxy}"),
    }
}

/// A connection with a data centre, through the proxy when there is one and never around it, and
/// the bytes it begins with.
async fn dial(
    common: &Common,
    address: &str,
    dc: i32,
) -> Result<(TcpStream, Frames, Vec<u8>), ConnectError> {
    let limit = common.connect_timeout;
    let begin = || (Frames::default(), frame::TAG.to_vec());
    let Some(proxy) = &common.proxy else {
        let (frames, unsent) = begin();
        return Ok((connect(address, dc, limit).await?, frames, unsent));
    };
    let failed = |why: String, passing| ConnectError::Proxy {
        dc,
        proxy: proxy.to_string(),
        why,
        passing,
    };
    let stream = connect(&proxy.to_string(), dc, limit)
        .await
        .map_err(|error| failed(reason(&error), true))?;
    let ((frames, unsent), stream) = match &proxy.kind {
        Kind::MtProto(secret) => {
            let hidden = hide(secret, dc, &mut OsRandom).map_err(ConnectError::Random)?;
            (hidden, stream)
        }
        Kind::Socks(credentials) => {
            let asked = through_socks(stream, credentials.as_ref(), address);
            let stream = match timeout(limit, asked).await {
                Ok(stream) => stream.map_err(|error| failed(error.why, error.passing))?,
                Err(_) => return Err(failed("it does not answer".to_owned(), true)),
            };
            (begin(), stream)
        }
    };
    Ok((stream, frames, unsent))
}

/// Why there is no TCP connection.
fn reason(error: &ConnectError) -> String {
    match error {
        ConnectError::Unreachable { source, .. } => format!("it cannot be reached ({source})"),
        _ => "it does not answer".to_owned(),
    }
}

/// A TCP connection to the first address of the name that answers.
async fn connect(address: &str, dc: i32, limit: Duration) -> Result<TcpStream, ConnectError> {
    let unreachable = |source| ConnectError::Unreachable {
        dc,
        address: address.to_owned(),
        source,
    };
    let attempt = async {
        let mut last = std::io::Error::new(std::io::ErrorKind::NotFound, "the name has no address");
        for resolved in lookup_host(address).await? {
            match TcpStream::connect(resolved).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    };
    let stream = match timeout(limit, attempt).await {
        Ok(stream) => stream.map_err(unreachable)?,
        Err(_) => return Err(silent(dc, address, limit)),
    };
    stream.set_nodelay(true).map_err(unreachable)?;
    Ok(stream)
}

/// Unencrypted requests and answers during the exchange.
struct Talk<'a> {
    stream: TcpStream,
    frames: Frames,
    unsent: Vec<u8>,
    address: &'a str,
    dc: i32,
    last_id: i64,
}

impl Talk<'_> {
    async fn make_key(&mut self, common: &Common) -> Result<NewKey, ConnectError> {
        let keys = common.book.server_keys();
        let (mut exchange, mut request) =
            Exchange::start(keys, self.dc, OsRandom).map_err(|source| self.failed(source))?;
        loop {
            let answer = self.ask(&request).await?;
            let seconds = i64::try_from(now().as_secs()).unwrap_or(0);
            // The numbers are large enough to hold up other tasks of this thread for a while,
            // but a key is made once in the life of a session.
            match exchange
                .receive(&answer, seconds)
                .map_err(|source| self.failed(source))?
            {
                Step::Send(next) => request = next,
                Step::Done(key) => return Ok(*key),
            }
        }
    }

    fn failed(&self, source: ExchangeError) -> ConnectError {
        let (dc, address) = (self.dc, self.address.to_owned());
        match source {
            ExchangeError::UnknownKeys(offered) => ConnectError::WrongServerKey {
                dc,
                address,
                offered: list(&offered),
            },
            source => ConnectError::Exchange {
                dc,
                address,
                source,
            },
        }
    }

    fn refused(&self, why: impl ToString) -> ConnectError {
        ConnectError::Refused {
            dc: self.dc,
            address: self.address.to_owned(),
            why: why.to_string(),
        }
    }

    /// Sends an unencrypted message and waits for the next packet.
    async fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, ConnectError> {
        let mut packet = vec![0; 8];
        packet.extend_from_slice(&self.next_id().to_le_bytes());
        packet.extend_from_slice(&(request.len() as u32).to_le_bytes());
        packet.extend_from_slice(request);
        let mut out = std::mem::take(&mut self.unsent);
        self.frames.pack(&packet, &mut out);
        self.stream
            .write_all(&out)
            .await
            .map_err(|error| self.refused(error))?;
        loop {
            match self.frames.next_packet() {
                Ok(Some(packet)) => {
                    let body = plain_body(packet).map(<[u8]>::to_vec);
                    return body
                        .ok_or_else(|| self.refused("its answer is not an MTProto message"));
                }
                Ok(None) => {}
                Err(error) => return Err(self.refused(error)),
            }
            match self.stream.read_buf(self.frames.space()).await {
                Ok(0) => return Err(self.refused("it closed the connection")),
                Ok(_) => {}
                Err(error) => return Err(self.refused(error)),
            }
        }
    }

    fn next_id(&mut self) -> i64 {
        let now = now();
        let seconds = i64::try_from(now.as_secs()).unwrap_or(0) << 32;
        let fraction = (u64::from(now.subsec_nanos()) << 32) / 1_000_000_000;
        self.last_id = ((seconds | fraction as i64) & !3).max(self.last_id + 4);
        self.last_id
    }
}

/// `auth_key_id:0 message_id:long length:int body`
fn plain_body(packet: &[u8]) -> Option<&[u8]> {
    let (key_id, rest) = packet.split_first_chunk::<8>()?;
    let (_message_id, rest) = rest.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    if *key_id != [0; 8] {
        return None;
    }
    rest.get(..usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_messages_have_a_plain_body() {
        let mut packet = vec![0; 16];
        packet.extend_from_slice(&4u32.to_le_bytes());
        packet.extend_from_slice(b"body");
        assert_eq!(plain_body(&packet), Some(b"body".as_slice()));
        assert_eq!(plain_body(&packet[..23]), None);
        packet[0] = 1;
        assert_eq!(plain_body(&packet), None);
    }
}
