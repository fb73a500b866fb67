//! Servers that say what they like, byte by byte, and remember all that they were told.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A server on a free port of this machine.
pub struct Server {
    /// `127.0.0.1:PORT`
    pub address: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers each request with what `answer` makes of its head, and hangs up.
    pub fn start(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Server::that(move |mut stream, head| {
            let _ = stream.write_all(&answer(head));
        })
    }

    /// Does with each connection what `serve` does.
    pub fn that(serve: impl Fn(TcpStream, &str) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let (all, serve) = (Arc::clone(&heard), Arc::new(serve));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let (all, serve) = (Arc::clone(&all), Arc::clone(&serve));
                std::thread::spawn(move || {
                    let head = head(&mut stream);
                    all.lock().unwrap().push(head.clone());
                    serve(stream, &head);
                });
            }
        });
        Server { address, heard }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was heard, a connection after the other.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// What is sent up to the empty line, or until nothing more comes.
fn head(stream: &mut TcpStream) -> String {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
    let mut head = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut piece) {
        head.extend_from_slice(&piece[..length]);
        if head.windows(4).any(|end| end == b"\r\n\r\n") || head.first() == Some(&0x16) {
            break;
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// An answer with a body.
pub fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A page of nothing.
pub fn empty_page() -> Vec<u8> {
    let body = br#"{"data":[],"meta":{"current_page":1,"last_page":1,"per_page":100,"total":0}}"#;
    answer("200 OK", "Content-Type: application/json\r\n", body)
}
