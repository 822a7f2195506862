//! SOCKS5. Names are looked up by the proxy, so that no name server learns them.

use tokio::net::TcpStream;
use tokio_socks::tcp::Socks5Stream;

use super::Credentials;

/// Why a proxy does not do its work.
pub struct SocksFailure {
    /// In words.
    pub why: String,
    /// True when it may work later.
    pub passing: bool,
}

/// Asks the proxy at the other end of `stream` for a connection with `HOST:PORT`.
pub async fn through_socks(
    stream: TcpStream,
    credentials: Option<&Credentials>,
    address: &str,
) -> Result<TcpStream, SocksFailure> {
    let wrong = || SocksFailure {
        why: "the server's address is not HOST:PORT".to_owned(),
        passing: false,
    };
    let (host, port) = address.rsplit_once(':').ok_or_else(wrong)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let target = (host, port.parse().map_err(|_| wrong())?);
    let connected = match credentials {
        None => Socks5Stream::connect_with_socket(stream, target).await,
        Some(Credentials { user, password }) => {
            Socks5Stream::connect_with_password_and_socket(stream, target, user, password).await
        }
    };
    match connected {
        Ok(stream) => Ok(stream.into_inner()),
        Err(error) => Err(failure(&error)),
    }
}

fn failure(error: &tokio_socks::Error) -> SocksFailure {
    use tokio_socks::Error;
    let (why, passing) = match error {
        Error::PasswordAuthFailure(_) => ("it does not accept the user name and password", false),
        Error::NoAcceptableAuthMethods => ("it wants a user name and password", false),
        Error::UnknownAuthMethod | Error::InvalidAuthValues(_) | Error::AuthorizationRequired => {
            ("it wants another way to prove who one is", false)
        }
        Error::ConnectionNotAllowedByRuleset => ("its rules do not allow this connection", false),
        Error::InvalidResponseVersion | Error::InvalidReservedByte => {
            ("it is no SOCKS5 proxy", false)
        }
        Error::Io(_) => ("it closed the connection", true),
        Error::NetworkUnreachable | Error::HostUnreachable | Error::ConnectionRefused => {
            ("it cannot reach the server", true)
        }
        _ => ("it could not make the connection", true),
    };
    SocksFailure {
        why: why.to_owned(),
        passing,
    }
}
