//! TLS to the broker. lapin opens its connections through a reactor, so it gets one whose streams
//! are encrypted; its own support for TLS always trusts the system's authorities too.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_rs::traits::Reactor;
use async_rs::util::RuntimeParts;
use async_rs::{Runtime, Tokio};
use futures_util::{AsyncRead, AsyncWrite, Stream};
use lapin::uri::{AMQPAuthority, AMQPScheme, AMQPUri};
use lapin::{Connection, ConnectionProperties};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{
    self, AlertDescription as Alert, CertificateError as Unfit, ClientConfig, RootCertStore,
};
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

use crate::config::AmqpTls;
use crate::error::Error;

/// What it takes to open encrypted streams to one broker.
#[derive(Clone)]
pub(super) struct Tls {
    connector: TlsConnector,
    name: ServerName<'static>,
    port: u16,
    /// Whether the authorities are the ones in `ssl.ca_certs`.
    own_authorities: bool,
    /// Whether there is a certificate to show, that in `ssl.certfile`.
    own_certificate: bool,
}

impl Tls {
    /// Reads the files for connections to the host of `authority`.
    ///
    /// # Errors
    ///
    /// [`Error::Config`], naming the setting and the file.
    pub(super) fn new(files: &AmqpTls, authority: &AMQPAuthority) -> Result<Self, Error> {
        let AMQPAuthority { host, port, .. } = authority;
        let name = ServerName::try_from(host.clone()).map_err(|_| {
            Error::Config(format!("broker URL: `{host}` is no name that a certificate could have"))
        })?;
        // Named here, so that what else the process links cannot change it.
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has what TLS 1.2 and 1.3 need");
        let builder = builder.with_root_certificates(match &files.ca_certs {
            Some(file) => authorities(file)?,
            None => authorities_of_the_system()?,
        });
        let config = match &files.certfile {
            None => builder.with_no_client_auth(),
            Some(certfile) => {
                let keyfile = files.keyfile.as_ref().unwrap_or(certfile);
                let key = PrivateKeyDer::from_pem_file(keyfile)
                    .map_err(|error| unusable("keyfile", keyfile, &error))?;
                builder
                    .with_client_auth_cert(certificates("certfile", certfile)?, key)
                    .map_err(|error| unusable("keyfile", keyfile, &error))?
            }
        };
        let connector = TlsConnector::from(Arc::new(config));
        let (own_authorities, own_certificate) = (files.ca_certs.is_some(), files.certfile.is_some());
        Ok(Self { connector, name, port: *port, own_authorities, own_certificate })
    }

    /// A new connection, or why there is none.
    pub(super) async fn connect(
        &self,
        mut uri: AMQPUri,
        properties: ConnectionProperties,
    ) -> Result<Connection, String> {
        // lapin would encrypt what is encrypted already.
        uri.scheme = AMQPScheme::AMQP;
        let reactor = TlsReactor { tokio: Tokio::current(), tls: self.clone() };
        let runtime = Runtime::new(RuntimeParts::new(Tokio::current(), reactor));
        let connected = Connection::connect_uri_with_runtime(uri, properties, runtime).await;
        connected.map_err(|error| self.explain(&error))
    }

    /// Shakes hands over a connection to the broker.
    pub(super) async fn upgrade(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.connector.connect(self.name.clone(), stream).await
    }

    /// Says of a failure what is wrong, and which setting to look at.
    pub(super) fn explain(&self, error: &(dyn StdError + 'static)) -> String {
        let host = self.name.to_str();
        let no_tls = || {
            format!(
                "port {} of `{host}` does not speak TLS: `ssl` and `amqps` are for the broker's TLS port, usually 5671",
                self.port
            )
        };
        match cause(error) {
            Some(Cause::Tls(rustls::Error::InvalidCertificate(unfit))) => self.explain_certificate(unfit),
            Some(Cause::Tls(rustls::Error::AlertReceived(alert))) => match alert {
                Alert::CertificateRequired | Alert::HandshakeFailure => format!(
                    "the broker at `{host}` ends the handshake ({alert:?}): \
                     if it asks for a certificate, set `certfile` and `keyfile` of `ssl`"
                ),
                _ => format!(
                    "the broker at `{host}` ends the handshake ({alert:?}): \
                     look at `certfile` of `ssl`, and at the authorities that the broker trusts"
                ),
            },
            Some(Cause::Tls(rustls::Error::InvalidMessage(_)) | Cause::Ended) => no_tls(),
            // Its last word is lost when the reset is noticed first, as by whoever is writing.
            Some(Cause::Reset) if self.own_certificate => format!(
                "the broker at `{host}` resets the connection: \
                 look at `certfile` of `ssl`, and at the authorities that the broker trusts"
            ),
            Some(Cause::Reset) => format!(
                "the broker at `{host}` resets the connection: \
                 if it asks for a certificate, set `certfile` and `keyfile` of `ssl`"
            ),
            Some(Cause::Tls(other)) => format!("TLS with the broker at `{host}`: {other}"),
            None => error.to_string(),
        }
    }

    fn explain_certificate(&self, unfit: &Unfit) -> String {
        let host = self.name.to_str();
        let certificate = format!("the certificate of the broker at `{host}`");
        match unfit {
            Unfit::UnknownIssuer if self.own_authorities => {
                format!("{certificate} is signed by none of the authorities in `ssl.ca_certs`")
            }
            Unfit::UnknownIssuer => format!(
                "{certificate} is signed by no authority that this system knows: \
                 set `ssl: {{ca_certs: FILE}}` to the one that signed it"
            ),
            Unfit::NotValidForName => format!("{certificate} is not for that name"),
            Unfit::NotValidForNameContext { presented, .. } => {
                let names: Vec<_> = presented.iter().map(|name| format!("`{}`", bare(name))).collect();
                format!(
                    "{certificate} is for {} instead: set `hostname`, or the host in `url`, to a name in it",
                    names.join(", ")
                )
            }
            other => format!("{certificate} is not acceptable: {other}"),
        }
    }
}

impl fmt::Debug for Tls {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("name", &self.name).finish_non_exhaustive()
    }
}

/// `localhost` of `DnsName("localhost")`.
fn bare(name: &str) -> &str {
    let inner = name.split_once('(').map_or(name, |(_, inner)| inner.trim_end_matches(')'));
    inner.trim_matches('"')
}

enum Cause<'a> {
    Tls(&'a rustls::Error),
    /// The connection ended within a handshake.
    Ended,
    /// The broker would not even take what was sent.
    Reset,
}

/// What an error of lapin's, or of a stream, goes back to.
fn cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<Cause<'a>> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            let inner = io.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            return match (inner, io.kind()) {
                (Some(tls), _) => Some(Cause::Tls(tls)),
                (None, io::ErrorKind::UnexpectedEof) => Some(Cause::Ended),
                (None, io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => Some(Cause::Reset),
                (None, _) => None,
            };
        }
        next = error.source();
    }
    None
}

fn unusable(setting: &str, file: &Path, error: &dyn fmt::Display) -> Error {
    Error::Config(format!("`ssl.{setting}`: cannot use `{}`: {error}", file.display()))
}

fn certificates(setting: &str, file: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let found = read.map_err(|error| unusable(setting, file, &error))?;
    if found.is_empty() {
        return Err(unusable(setting, file, &"it holds no certificate in PEM"));
    }
    Ok(found)
}

fn authorities(file: &Path) -> Result<RootCertStore, Error> {
    let mut store = RootCertStore::empty();
    for certificate in certificates("ca_certs", file)? {
        store.add(certificate).map_err(|error| unusable("ca_certs", file, &error))?;
    }
    Ok(store)
}

fn authorities_of_the_system() -> Result<RootCertStore, Error> {
    let mut store = RootCertStore::empty();
    // Systems have certificates that nobody can read; those that can be read are meant.
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if store.is_empty() {
        let message = "this system knows no authorities for TLS: set `ssl: {ca_certs: FILE}` to the broker's";
        return Err(Error::Config(message.to_owned()));
    }
    Ok(store)
}

/// Tokio's, with TLS on every connection.
#[derive(Debug, Clone)]
struct TlsReactor {
    tokio: Tokio,
    tls: Tls,
}

impl Reactor for TlsReactor {
    type TcpStream = Compat<TlsStream<TcpStream>>;
    type Sleep = <Tokio as Reactor>::Sleep;

    fn register<H: io::Read + io::Write + Send + 'static>(
        &self,
        _: H,
    ) -> io::Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static> {
        Err::<Self::TcpStream, _>(io::ErrorKind::Unsupported.into())
    }

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.tokio.sleep(duration)
    }

    fn interval(&self, duration: Duration) -> impl Stream<Item = Instant> + Send + 'static {
        self.tokio.interval(duration)
    }

    fn tcp_connect_addr(
        &self,
        address: SocketAddr,
    ) -> impl Future<Output = io::Result<Self::TcpStream>> + Send + 'static {
        let tls = self.tls.clone();
        async move {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            Ok(tls.upgrade(stream).await?.compat())
        }
    }
}
