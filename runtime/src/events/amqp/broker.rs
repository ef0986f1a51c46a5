//! Where the broker is, and the way there.

use std::io::{Error as IoError, ErrorKind as IoErrorKind};

use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{Connection, ConnectionProperties, ErrorKind};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Settings;
#[cfg(feature = "amqps")]
use super::tls::Tls;
use crate::error::Error;

/// Seconds after which a broker that says nothing is asked whether it is there.
const HEARTBEAT_SECONDS: u16 = 10;

/// How every client of AMQP 0-9-1 begins.
const GREETING: &[u8] = b"AMQP\x00\x00\x09\x01";

/// One broker; connections to it are alike.
#[derive(Clone)]
pub(super) struct Broker {
    uri: AMQPUri,
    #[cfg(feature = "amqps")]
    tls: Option<Tls>,
}

impl Broker {
    /// Reads the URL, and the files for TLS when it wants that.
    ///
    /// # Errors
    ///
    /// [`Error::Config`], naming the setting.
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let mut uri: AMQPUri =
            settings.url.parse().map_err(|error| Error::Config(format!("broker URL: {error}")))?;
        uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
        if uri.scheme == AMQPScheme::AMQP {
            return Ok(Self::plain(uri));
        }
        Self::secure(uri, settings)
    }

    fn plain(uri: AMQPUri) -> Self {
        Self {
            uri,
            #[cfg(feature = "amqps")]
            tls: None,
        }
    }

    #[cfg(feature = "amqps")]
    fn secure(uri: AMQPUri, settings: &Settings) -> Result<Self, Error> {
        let tls = Some(Tls::new(&settings.tls, &uri.authority)?);
        Ok(Self { uri, tls })
    }

    #[cfg(not(feature = "amqps"))]
    fn secure(_: AMQPUri, _: &Settings) -> Result<Self, Error> {
        Err(Error::Config(
            "broker URL: `amqps`, or `ssl`, needs lymph's feature `amqps`, which this program was built without"
                .to_owned(),
        ))
    }

    /// A new connection, or why there is none.
    pub(super) async fn connect(&self, properties: ConnectionProperties) -> Result<Connection, String> {
        #[cfg(feature = "amqps")]
        if let Some(tls) = &self.tls {
            return tls.connect(self.uri.clone(), properties).await;
        }
        let connected = Connection::connect_uri(self.uri.clone(), properties).await;
        connected.map_err(|error| match error.kind() {
            // What TLS answers to a greeting in the clear is no frame.
            ErrorKind::ParsingError(_) => format!(
                "port {} does not speak AMQP in the clear: if it is for TLS, set `ssl` or an `amqps` URL",
                self.uri.authority.port
            ),
            // That answer is lost when the end of the connection is noticed first.
            ErrorKind::IOError(broken)
                if matches!(broken.kind(), IoErrorKind::ConnectionReset | IoErrorKind::BrokenPipe) =>
            {
                format!(
                    "port {} resets the connection: if it is for TLS, set `ssl` or an `amqps` URL",
                    self.uri.authority.port
                )
            }
            _ => error.to_string(),
        })
    }

    /// Whether it speaks at all.
    pub(super) async fn probe(&self) -> Result<(), String> {
        let authority = &self.uri.authority;
        let stream = TcpStream::connect((&*authority.host, authority.port)).await;
        let stream = stream.map_err(|error| error.to_string())?;
        #[cfg(feature = "amqps")]
        if let Some(tls) = &self.tls {
            let stream = tls.upgrade(stream).await.map_err(|error| tls.explain(&error))?;
            return greet(stream).await.map_err(|error| tls.explain(&error));
        }
        greet(stream).await.map_err(|error| error.to_string())
    }
}

async fn greet(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> Result<(), IoError> {
    stream.write_all(GREETING).await?;
    stream.flush().await?;
    stream.read_u8().await.map(drop)
}

#[cfg(all(test, not(feature = "amqps")))]
mod tests {
    use super::*;

    #[test]
    fn tls_that_is_not_built_in_is_told_with_its_feature() {
        let refused = Broker::new(&Settings::new("amqps://shop:hunter2@rabbit")).err().expect("no TLS");
        let told = refused.to_string();
        assert!(told.contains("feature `amqps`") && !told.contains("hunter2"), "{told}");
    }
}
