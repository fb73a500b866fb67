//! A platform that does not show that it is the platform.

use super::server::Server;
use super::{ACCOUNT, TOKEN, at, bounded, credentials};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Someone who vouches for certificates.
struct Authority {
    params: CertificateParams,
    key: KeyPair,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { params, key, pem }
    }

    fn vouches_for(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::from_params(&self.params, &self.key);
        let certificate = params.signed_by(&key, &issuer).unwrap();
        Identity {
            certificate: certificate.der().clone(),
            key,
        }
    }

    fn file(&self, folder: &Path) -> PathBuf {
        let file = folder.join("authority.pem");
        std::fs::write(&file, &self.pem).unwrap();
        file
    }
}

/// What a server shows.
struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

/// A server that speaks TLS, says 401 to all, and remembers what it was asked.
struct Secure {
    url: String,
    heard: Arc<Mutex<String>>,
    _runtime: tokio::runtime::Runtime,
}

impl Secure {
    fn start(identity: Identity) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let key = PrivatePkcs8KeyDer::from(identity.key.serialize_der());
        let config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![identity.certificate], PrivateKeyDer::Pkcs8(key))
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.unwrap();
        let url = format!(
            "https://localhost:{}",
            listener.local_addr().unwrap().port()
        );
        let heard: Arc<Mutex<String>> = Arc::default();
        let all = Arc::clone(&heard);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, all) = (acceptor.clone(), Arc::clone(&all));
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let mut head = [0; 4096];
                    let length = stream.read(&mut head).await.unwrap_or(0);
                    all.lock()
                        .unwrap()
                        .push_str(&String::from_utf8_lossy(&head[..length]));
                    let answer =
                        b"HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                    let _ = stream.write_all(answer).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Secure {
            url,
            heard,
            _runtime: runtime,
        }
    }

    fn heard(&self) -> String {
        self.heard.lock().unwrap().clone()
    }
}

fn localhost() -> CertificateParams {
    CertificateParams::new(["localhost".to_owned()]).unwrap()
}

#[test]
fn nothing_is_sent_to_who_cannot_show_who_it_is() {
    let (known, other) = (Authority::new("Known"), Authority::new("Other"));
    let mut expired = localhost();
    (expired.not_before, expired.not_after) =
        (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    let mut early = localhost();
    (early.not_before, early.not_after) = (date_time_ymd(4000, 1, 1), date_time_ymd(4001, 1, 1));
    let elsewhere = CertificateParams::new(["evil.example".to_owned()]).unwrap();
    let own_key = KeyPair::generate().unwrap();
    let itself = Identity {
        certificate: localhost().self_signed(&own_key).unwrap().der().clone(),
        key: own_key,
    };
    let cases = [
        (
            "expired",
            known.vouches_for(&expired),
            "its certificate has expired",
        ),
        (
            "early",
            known.vouches_for(&early),
            "its certificate is not valid yet",
        ),
        (
            "another's",
            known.vouches_for(&elsewhere),
            "its certificate is for another name",
        ),
        (
            "unknown",
            other.vouches_for(&localhost()),
            "nobody known vouches for its certificate",
        ),
        (
            "its own word",
            itself,
            "nobody known vouches for its certificate",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let authority = known.file(folder.path());
    for (what, identity, said) in cases {
        let server = Secure::start(identity);
        let project = at(&server.url);
        for command in [&["plan", "-vvv"][..], &["apply", "--auto-approve"]] {
            let mut command = credentials(project.bursar(command));
            command
                .env("SSL_CERT_FILE", &authority)
                .env_remove("SSL_CERT_DIR");
            let ran = bounded(command).exits(5);
            assert!(ran.stderr.contains(said), "{what}: {}", ran.stderr);
            assert!(
                ran.stderr.contains("help: nothing was sent to it"),
                "{what}: {}",
                ran.stderr
            );
            assert!(
                !ran.stderr.contains("evil.example"),
                "{what}: {}",
                ran.stderr
            );
        }
        assert_eq!(server.heard(), "", "{what}");
    }
    // Who can is asked, with credentials: that these arrive is what the others show the lack of.
    let server = Secure::start(known.vouches_for(&localhost()));
    let project = at(&server.url);
    let mut command = credentials(project.bursar(&["plan"]));
    command
        .env("SSL_CERT_FILE", &authority)
        .env_remove("SSL_CERT_DIR");
    bounded(command).exits(4);
    assert!(server.heard().contains(TOKEN), "{}", server.heard());
    assert!(server.heard().contains(ACCOUNT), "{}", server.heard());
}

#[test]
fn a_state_server_must_show_who_it_is() {
    let known = Authority::new("Known");
    let mut expired = localhost();
    (expired.not_before, expired.not_after) =
        (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    let folder = tempfile::tempdir().unwrap();
    let authority = known.file(folder.path());
    for (params, code, is_asked) in [(expired, 5, false), (localhost(), 4, true)] {
        let server = Secure::start(known.vouches_for(&params));
        let project = super::project(&[]);
        let root = format!(
            "version: 1\nproject: p\nstate: {{ backend: http, address: \"{}\" }}\n",
            server.url
        );
        std::fs::write(project.path().join("bursar.yaml"), root).unwrap();
        let mut command = project.bursar(&["plan"]);
        command
            .env("SSL_CERT_FILE", &authority)
            .env_remove("SSL_CERT_DIR");
        command
            .env("BURSAR_STATE_USERNAME", "ann")
            .env("BURSAR_STATE_PASSWORD", TOKEN);
        let ran = bounded(command).exits(code);
        assert!(ran.stderr.contains("  help: "), "{}", ran.stderr);
        let has_asked = server
            .heard()
            .to_lowercase()
            .contains("authorization: basic");
        assert_eq!(has_asked, is_asked, "{}", server.heard());
    }
}

#[test]
fn who_does_not_speak_tls_hears_nothing() {
    let plain = Server::start(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".to_vec());
    let silent = Server::start(|_| Vec::new());
    for (server, said) in [(plain, "it does not speak TLS"), (silent, "")] {
        let project = at(&format!("https://{}", server.address));
        let ran = bounded(credentials(project.bursar(&["plan"]))).exits(5);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        assert!(ran.stderr.contains("  help: "), "{}", ran.stderr);
        let heard = server.heard();
        assert!(!heard.is_empty());
        for heard in heard {
            assert!(!heard.contains(TOKEN) && !heard.contains("GET"), "{heard}");
        }
    }
}

#[test]
fn plain_http_is_for_this_machine_alone() {
    for url in [
        "http://school.example",
        "http://10.0.0.1:8080",
        "http://localhost.school.example",
        "http://127.0.0.1.school.example",
        "http://0.0.0.0:8080",
        "http://[2001:db8::1]",
        "http://ann:s3cret@127.0.0.1",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "//127.0.0.1",
        "127.0.0.1:80",
    ] {
        let ran = bounded(credentials(at(url).bursar(&["plan"]))).exits(3);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains("help: "), "{url}: {said}");
        assert!(!ran.stderr.contains("s3cret"), "{url}: {said}");
    }
}
