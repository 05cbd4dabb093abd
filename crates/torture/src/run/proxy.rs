//! A TCP proxy that fails on demand: between a client and a service, or a service and its log.

use anyhow::{Context as _, Result};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What one direction does with what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// Passes it on.
    Pass,
    /// Passes it on later.
    Delay(Duration),
    /// Keeps it, and passes it on when that is over.
    Hold,
    /// Loses it. A connection that lost something ends when that is over.
    Lose,
}

/// What the proxy does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Weather {
    /// From those who connect.
    pub(super) there: Flow,
    /// Back to them.
    pub(super) back: Flow,
    /// Every connection is closed, and none is taken.
    pub(super) cut: bool,
}

impl Weather {
    /// Everything passes.
    pub(super) const FAIR: Self = Self {
        there: Flow::Pass,
        back: Flow::Pass,
        cut: false,
    };
}

/// Most bytes of one chunk.
const CHUNK: usize = 16 * 1024;

/// A proxy in front of one address, until it is dropped.
#[derive(Debug)]
pub(super) struct Proxy {
    address: SocketAddr,
    weather: watch::Sender<Weather>,
    listening: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Listens at a port of its own; connections go to `target`, each when it is made.
    ///
    /// # Errors
    /// When no port can be had.
    pub(super) async fn start(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .context("a port for a proxy")?;
        let address = listener.local_addr()?;
        let (weather, seen) = watch::channel(Weather::FAIR);
        let listening = tokio::spawn(listen(listener, target, seen));
        Ok(Self {
            address,
            weather,
            listening,
        })
    }

    /// Where it listens.
    #[must_use]
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what it does, for connections there are and will be.
    pub(super) fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, target: SocketAddr, weather: watch::Receiver<Weather>) {
    loop {
        // What fails here, for want of file descriptors, fails for one who connects.
        let Ok((near, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        if weather.borrow().cut {
            continue;
        }
        tokio::spawn(join(near, target, weather.clone()));
    }
}

async fn join(near: TcpStream, target: SocketAddr, mut weather: watch::Receiver<Weather>) {
    let Ok(far) = TcpStream::connect(target).await else {
        return;
    };
    // Small messages go at once, as without a proxy.
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let (near_read, near_write) = near.into_split();
    let (far_read, far_write) = far.into_split();
    let there = pump(near_read, far_write, weather.clone(), |weather| {
        weather.there
    });
    let back = pump(far_read, near_write, weather.clone(), |weather| {
        weather.back
    });
    // Both ends are closed when either direction ends, or the proxy is told to cut.
    tokio::select! {
        () = there => {}
        () = back => {}
        _ = weather.wait_for(|weather| weather.cut) => {}
    }
}

async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut weather: watch::Receiver<Weather>,
    flow: impl Fn(&Weather) -> Flow,
) {
    let mut chunk = vec![0; CHUNK];
    let mut lost = false;
    loop {
        let read = tokio::select! {
            read = from.read(&mut chunk) => read,
            changed = weather.changed() => {
                if changed.is_err() || (lost && flow(&weather.borrow()) != Flow::Lose) {
                    return;
                }
                continue;
            }
        };
        let Ok(length @ 1..) = read else {
            return;
        };
        let now = flow(&weather.borrow_and_update());
        match now {
            Flow::Pass => {}
            Flow::Delay(time) => tokio::time::sleep(time).await,
            Flow::Hold => {
                if weather
                    .wait_for(|weather| flow(weather) != Flow::Hold)
                    .await
                    .is_err()
                {
                    return;
                }
            }
            Flow::Lose => {
                lost = true;
                continue;
            }
        }
        if lost || to.write_all(&chunk[..length]).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that sends back whatever it is sent.
    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.into_split();
                    tokio::io::copy(&mut read, &mut write).await
                });
            }
        });
        address
    }

    async fn says(stream: &mut TcpStream, word: &[u8]) -> Option<Vec<u8>> {
        stream.write_all(word).await.ok()?;
        let mut heard = vec![0; word.len()];
        let reading =
            tokio::time::timeout(Duration::from_millis(300), stream.read_exact(&mut heard));
        reading.await.ok()?.ok()?;
        Some(heard)
    }

    #[tokio::test]
    async fn it_passes_holds_loses_and_cuts() {
        let proxy = Proxy::start(echo().await).await.unwrap();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(
            says(&mut stream, b"one").await.as_deref(),
            Some(&b"one"[..])
        );
        // What is held comes when that is over.
        for held in [
            Weather {
                back: Flow::Hold,
                ..Weather::FAIR
            },
            Weather {
                there: Flow::Hold,
                ..Weather::FAIR
            },
        ] {
            proxy.set(held);
            assert_eq!(says(&mut stream, b"two").await, None);
            proxy.set(Weather::FAIR);
            let mut heard = [0; 3];
            stream.read_exact(&mut heard).await.unwrap();
            assert_eq!(&heard, b"two");
        }
        // What is lost is lost, and its connection with it.
        proxy.set(Weather {
            back: Flow::Lose,
            ..Weather::FAIR
        });
        assert_eq!(says(&mut stream, b"six").await, None);
        proxy.set(Weather::FAIR);
        assert_eq!(stream.read(&mut [0; 8]).await.unwrap_or(0), 0);
        // What is cut is closed, and nobody gets in.
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(says(&mut stream, b"ten").await.is_some());
        proxy.set(Weather {
            cut: true,
            ..Weather::FAIR
        });
        assert_eq!(stream.read(&mut [0; 8]).await.unwrap_or(0), 0);
        let mut refused = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(says(&mut refused, b"new").await, None);
        proxy.set(Weather::FAIR);
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(says(&mut stream, b"end").await.is_some());
    }
}
