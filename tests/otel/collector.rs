//! A collector of spans that understands as much of OTLP as the tests ask for, from the protocol's
//! own description (opentelemetry-proto, trace.proto), and none of the exporter's code.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What was sent, a request after the other.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// The head, as it came.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

/// A collector on a free port.
pub struct Collector {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

/// A span, as far as it is of interest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    pub trace: Vec<u8>,
    pub id: Vec<u8>,
    pub parent: Vec<u8>,
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    /// 2 is an error.
    pub status: u64,
}

impl Collector {
    /// Answers every request like this.
    pub fn start(answer: impl Into<String>) -> Self {
        let answer = answer.into();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let all = Arc::clone(&received);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, all) = (answer.clone(), Arc::clone(&all));
                std::thread::spawn(move || serve(stream, &answer, &all));
            }
        });
        Collector { url, received }
    }

    /// One that takes everything.
    pub fn willing() -> Self {
        Collector::start("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// All spans, and the attributes of what sent them.
    pub fn spans(&self) -> (Vec<Span>, BTreeMap<String, String>) {
        let (mut spans, mut resource) = (Vec::new(), BTreeMap::new());
        for Received { body, .. } in self.received() {
            for of_resource in fields(&body, 1) {
                for resource_itself in fields(of_resource, 1) {
                    resource.extend(attributes(resource_itself, 1));
                }
                for of_scope in fields(of_resource, 2) {
                    spans.extend(fields(of_scope, 2).into_iter().map(span));
                }
            }
        }
        (spans, resource)
    }
}

fn serve(mut stream: TcpStream, answer: &str, all: &Mutex<Vec<Received>>) {
    loop {
        let mut bytes = Vec::new();
        let mut piece = [0; 65_536];
        let end = loop {
            if let Some(at) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
                break at + 4;
            }
            match stream.read(&mut piece) {
                Ok(length @ 1..) => bytes.extend_from_slice(&piece[..length]),
                Ok(_) | Err(_) => return,
            }
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = head
            .lines()
            .find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length: ")
                    .map(str::to_owned)
            })
            .and_then(|length| length.parse().ok())
            .unwrap_or(0);
        while bytes.len() < end + length {
            match stream.read(&mut piece) {
                Ok(length @ 1..) => bytes.extend_from_slice(&piece[..length]),
                Ok(_) | Err(_) => return,
            }
        }
        let body = bytes[end..].to_vec();
        all.lock().unwrap().push(Received { head, body });
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn span(bytes: &[u8]) -> Span {
    let first = |number| {
        fields(bytes, number)
            .first()
            .map(|it| it.to_vec())
            .unwrap_or_default()
    };
    Span {
        trace: first(1),
        id: first(2),
        parent: first(4),
        name: String::from_utf8(first(5)).unwrap(),
        attributes: attributes(bytes, 9),
        status: fields(&first(15), 3)
            .first()
            .map_or(0, |it| u64::from(it[0])),
    }
}

/// Keys and values, which are texts (1), truths (2) or whole numbers (3).
fn attributes(bytes: &[u8], number: u64) -> BTreeMap<String, String> {
    fields(bytes, number)
        .into_iter()
        .map(|pair| {
            let key = String::from_utf8(fields(pair, 1)[0].to_vec()).unwrap();
            let value = fields(pair, 2).first().copied().unwrap_or_default();
            let text = fields(value, 1)
                .first()
                .map(|it| String::from_utf8_lossy(it).into_owned());
            let number = || fields(value, 3).first().map(|it| varint(it).0.to_string());
            (key, text.or_else(number).unwrap_or_default())
        })
        .collect()
}

/// The values of one field of a message, as bytes.
fn fields(mut bytes: &[u8], number: u64) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (tag, rest) = varint(bytes);
        let (value, rest) = match tag & 7 {
            0 => {
                let (_, after) = varint(rest);
                rest.split_at(rest.len() - after.len())
            }
            1 => rest.split_at(8),
            2 => {
                let (length, after) = varint(rest);
                after.split_at(usize::try_from(length).unwrap())
            }
            5 => rest.split_at(4),
            other => unreachable!("wire type {other}"),
        };
        if tag >> 3 == number {
            found.push(value);
        }
        bytes = rest;
    }
    found
}

fn varint(bytes: &[u8]) -> (u64, &[u8]) {
    let length = bytes.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    let value = bytes[..length]
        .iter()
        .rev()
        .fold(0_u64, |value, byte| value << 7 | u64::from(byte & 0x7f));
    (value, &bytes[length..])
}
