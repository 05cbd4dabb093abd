//! Connections as the server takes them.

use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;

/// Each of them without Nagle's delay. A server that is handed its connections ignores what its builder
/// says of them, and an answer of two packets, as every gRPC answer is, would wait about 40 ms for the
/// client's acknowledgement of the first.
pub(super) fn incoming(listener: TcpListener) -> TcpIncoming {
    TcpIncoming::from(listener).with_nodelay(Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpStream;
    use tokio_stream::StreamExt as _;

    #[tokio::test]
    async fn a_connection_sends_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut incoming = incoming(listener);
        let _client = TcpStream::connect(address).await.unwrap();
        let accepted = incoming.next().await.unwrap().unwrap();
        assert!(accepted.nodelay().unwrap());
    }
}
