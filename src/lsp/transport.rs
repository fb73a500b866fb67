//! Messages over standard input and output.
//!
//! The library's own threads take any length that a header names; here it has a limit, and what
//! comes after the client's last word is not waited for.

use lsp_server::{Connection, Message};
use std::io::{BufRead, BufReader, Error, ErrorKind, Read as _, Result};
use std::thread::JoinHandle;

/// Texts have 4 MiB at most; escaped and with their surroundings they stay below this.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The threads that read and write.
pub(super) struct Threads {
    reader: JoinHandle<Result<()>>,
    writer: JoinHandle<Result<()>>,
}

/// Connects the server with standard input and output.
pub(super) fn stdio() -> (Connection, Threads) {
    let (server, client) = Connection::memory();
    let Connection { sender, receiver } = client;
    let reader = std::thread::spawn(move || {
        let mut input = BufReader::new(std::io::stdin());
        while let Some(message) = read(&mut input)? {
            let is_last = matches!(&message, Message::Notification(last) if last.method == "exit");
            if sender.send(message).is_err() || is_last {
                break;
            }
        }
        Ok(())
    });
    let writer = std::thread::spawn(move || {
        let mut output = std::io::stdout();
        receiver
            .into_iter()
            .try_for_each(|message| message.write(&mut output))
    });
    (server, Threads { reader, writer })
}

impl Threads {
    /// Waits until all is written. Call it when the connection is gone.
    ///
    /// # Errors
    /// What was received is not the protocol, or nothing can be written.
    pub(super) fn join(self) -> Result<()> {
        let ended = |thread: JoinHandle<Result<()>>| {
            let panicked = |_| Err(Error::other("a thread has ended early"));
            thread.join().unwrap_or_else(panicked)
        };
        // The reading end has said `exit`, or there is nothing more to read.
        ended(self.reader)?;
        ended(self.writer)
    }
}

/// The next message; `None` at the end.
fn read(input: &mut impl BufRead) -> Result<Option<Message>> {
    let wrong = |why: &str| Error::new(ErrorKind::InvalidData, why.to_owned());
    let mut length = None;
    loop {
        let mut line = String::new();
        // A header without an end is no header.
        let read = input.by_ref().take(4096).read_line(&mut line)?;
        if read == 0 {
            return match length {
                None => Ok(None),
                Some(_) => Err(wrong("the input ends inside of a message")),
            };
        }
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            break;
        }
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| wrong("a line before a message is no header"))?;
        if name.eq_ignore_ascii_case("content-length") {
            let bytes = value.trim().parse::<usize>().ok();
            length = bytes.filter(|bytes| *bytes <= MOST_BYTES);
            if length.is_none() {
                return Err(wrong("a message has no length, or is too long"));
            }
        }
    }
    let length = length.ok_or_else(|| wrong("a message has no `Content-Length`"))?;
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    serde_json::from_slice(&body).map(Some).map_err(|error| {
        Error::new(
            ErrorKind::InvalidData,
            format!("a message is no JSON-RPC: {error}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_message() {
        let body = r#"{"jsonrpc":"2.0","method":"exit"}"#;
        let right = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        assert!(matches!(
            read(&mut right.as_bytes()),
            Ok(Some(Message::Notification(_)))
        ));
        assert!(matches!(read(&mut "".as_bytes()), Ok(None)));
        let wrong = [
            "Content-Length: 99999999999999999999\r\n\r\n{}",
            "Content-Length: 9999999999999\r\n\r\n{}",
            "Content-Length: -1\r\n\r\n{}",
            "Content-Length: 5\r\n\r\n{}",
            "Content-Length: 2\r\n\r\n{]",
            "Content-Length: 2\r\n\r\n[]",
            "Content-Length: 2\r\n",
            "\r\n{}",
            "nonsense\r\n\r\n{}",
        ];
        for text in wrong {
            assert!(read(&mut text.as_bytes()).is_err(), "{text}");
        }
        let endless = "x".repeat(10_000);
        assert!(read(&mut endless.as_bytes()).is_err());
        let bytes = b"Content-Length: 2\r\n\r\n\xff\xfe";
        assert!(read(&mut bytes.as_slice()).is_err());
    }
}
