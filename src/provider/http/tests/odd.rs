//! Servers that answer something that is no answer, or never to the end.

use super::{coupon, reader};
use crate::model::{RemoteId, Secret};
use crate::provider::http::{HttpReader, HttpSettings};
use crate::provider::{ProviderError, Reader as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A server that takes a request and sends these bytes, as fast as `pause` lets it; how many
/// requests it took, and how many it answered to the end.
async fn server(bytes: Vec<u8>, pause: Duration) -> (String, Arc<AtomicU64>, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (taken, whole): (Arc<AtomicU64>, Arc<AtomicU64>) = Default::default();
    let (take, finish) = (Arc::clone(&taken), Arc::clone(&whole));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (bytes, finish) = (bytes.clone(), Arc::clone(&finish));
            take.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                if send(stream, &bytes, pause).await.is_ok() {
                    finish.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    (url, taken, whole)
}

async fn send(mut stream: TcpStream, bytes: &[u8], pause: Duration) -> std::io::Result<()> {
    let _ = stream.read(&mut [0; 4096]).await?;
    if pause.is_zero() {
        stream.write_all(bytes).await?;
    } else {
        for byte in bytes {
            stream.write_all(&[*byte]).await?;
            tokio::time::sleep(pause).await;
        }
    }
    stream.shutdown().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_is_asked_for_again_and_given_up() {
    let chunk = [&b"10000\r\n"[..], &[b' '; 0x10000], b"\r\n"].concat();
    for (what, bytes) in [
        ("nothing", Vec::new()),
        ("another protocol", b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()),
        ("no status", b"HTTP/1.1 999999 x\r\n\r\n".to_vec()),
        ("half a head", b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()),
        (
            "a length that is none",
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n".to_vec(),
        ),
        (
            "two lengths",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}".to_vec(),
        ),
        (
            "control codes in a header",
            b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\n{}".to_vec(),
        ),
        (
            "too many headers",
            format!("HTTP/1.1 200 OK\r\n{}\r\n{{}}", "X: y\r\n".repeat(100_000)).into_bytes(),
        ),
        (
            "no gzip",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}".to_vec(),
        ),
        (
            "cut between chunks",
            [
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(),
                chunk,
            ]
            .concat(),
        ),
        (
            "a chunk without a length",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n{}\r\n".to_vec(),
        ),
        (
            "cut",
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec(),
        ),
    ] {
        let (url, taken, _) = server(bytes, Duration::ZERO).await;
        let error = reader(&url)
            .get(coupon(), RemoteId(1))
            .await
            .expect_err(what);
        assert!(
            matches!(error, ProviderError::Unreachable(_)),
            "{what}: {error}"
        );
        assert!(
            error.to_string().starts_with("GET /coupons/1: "),
            "{what}: {error}"
        );
        let taken = taken.load(Ordering::SeqCst);
        assert!((1..=8).contains(&taken), "{what}: {taken}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_drips_ends_by_the_deadline() {
    let secret = || Secret::new("simulated");
    let body = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n{}",
        " ".repeat(10_000)
    );
    // It is never silent for long enough: only the time for a whole answer ends it.
    let (url, taken, whole) = server(body.into_bytes(), Duration::from_millis(10)).await;
    let reader = HttpReader::new(HttpSettings {
        backoff: Duration::from_millis(1),
        retries: 2,
        read_timeout: Duration::from_millis(100),
        ..HttpSettings::new("sandbox", &url, secret(), secret())
    });
    let error = reader.unwrap().list(coupon()).await.expect_err("dripped");
    assert!(matches!(error, ProviderError::Unreachable(_)), "{error}");
    assert!(error.to_string().contains("no answer in time"), "{error}");
    assert_eq!(taken.load(Ordering::SeqCst), 3);
    assert_eq!(whole.load(Ordering::SeqCst), 0);
}
