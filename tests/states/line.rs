//! The way to a server, which can be cut and can lose what comes back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone)]
enum Mode {
    Works,
    Cut,
    /// What is answered to requests with this in them is lost, so many times.
    Loses(&'static str, usize),
}

/// A port of this machine that leads to another one.
#[derive(Clone)]
pub struct Line {
    port: u16,
    mode: Arc<Mutex<Mode>>,
}

impl Line {
    /// Leads to `host:port`.
    pub async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Line {
            port: listener.local_addr().unwrap().port(),
            mode: Arc::new(Mutex::new(Mode::Works)),
        };
        let (server, mode) = (server.to_owned(), line.mode.clone());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if let Ok(far) = TcpStream::connect(&server).await {
                    join(near, far, &mode);
                }
            }
        });
        line
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn cut(&self) {
        *self.mode.lock().unwrap() = Mode::Cut;
    }

    pub fn mend(&self) {
        *self.mode.lock().unwrap() = Mode::Works;
    }

    /// From now on, the answers to so many requests that hold a text are lost; the requests arrive.
    pub fn lose(&self, text: &'static str, times: usize) {
        *self.mode.lock().unwrap() = Mode::Loses(text, times);
    }
}

fn join(near: TcpStream, far: TcpStream, mode: &Arc<Mutex<Mode>>) {
    near.set_nodelay(true).unwrap();
    far.set_nodelay(true).unwrap();
    let (from_near, to_near) = near.into_split();
    let (from_far, to_far) = far.into_split();
    let loses = Arc::new(AtomicBool::new(false));
    tokio::spawn(there(from_near, to_far, mode.clone(), loses.clone()));
    tokio::spawn(back(from_far, to_near, mode.clone(), loses));
}

async fn there(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mode: Arc<Mutex<Mode>>,
    loses: Arc<AtomicBool>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        match &mut *mode.lock().unwrap() {
            Mode::Cut => return,
            Mode::Loses(text, left @ 1..) if holds(&buffer[..length], text) => {
                *left -= 1;
                loses.store(true, Ordering::SeqCst);
            }
            Mode::Works | Mode::Loses(..) => {}
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

async fn back(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mode: Arc<Mutex<Mode>>,
    loses: Arc<AtomicBool>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let is_cut = matches!(*mode.lock().unwrap(), Mode::Cut);
        if is_cut || loses.load(Ordering::SeqCst) {
            return;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}
