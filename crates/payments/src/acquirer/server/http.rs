//! One HTTP/1.1 request and its answer on a connection.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// Most bytes of a request's head.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Most bytes of a request's body.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// Most headers of a request.
const HEADERS_MAX: usize = 64;
/// How long a peer may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// An answer; `None` breaks the connection.
pub(super) type Answer = Option<(u16, serde_json::Value)>;

impl Request {
    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads one request, answers it and closes the connection.
pub(super) fn serve(mut stream: TcpStream, answer: impl FnOnce(&Request) -> Answer) {
    // The peer sees a broken connection, which is what it is.
    let _ = talk(&mut stream, answer);
    let _ = stream.shutdown(Shutdown::Both);
}

fn talk(stream: &mut TcpStream, answer: impl FnOnce(&Request) -> Answer) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let Some(request) = read(stream)? else { return Ok(()) };
    let Some((status, body)) = answer(&request) else { return Ok(()) };
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} \r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

/// A request; `None` if the peer left without one.
fn read(stream: &mut impl Read) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    loop {
        if let Some((mut request, head, length)) = parse(&bytes)? {
            let mut body = bytes.split_off(head.min(bytes.len()));
            if length > BODY_BYTES_MAX || body.len() > length {
                return Err(invalid("a body of another length"));
            }
            let have = body.len();
            body.resize(length, 0);
            stream.read_exact(&mut body[have..])?;
            request.body = body;
            return Ok(Some(request));
        }
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece)?;
        if read == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece[..read]);
        if bytes.len() > HEAD_BYTES_MAX + BODY_BYTES_MAX {
            return Err(invalid("too long a head"));
        }
    }
}

/// The request without its body, the head's length and the body's; `None` while the head is not whole.
fn parse(bytes: &[u8]) -> io::Result<Option<(Request, usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Request::new(&mut headers);
    let status = parsed.parse(bytes).map_err(|error| invalid(&error.to_string()))?;
    let httparse::Status::Complete(head) = status else { return Ok(None) };
    let headers: Vec<(String, String)> = parsed
        .headers
        .iter()
        .map(|h| (h.name.to_ascii_lowercase(), String::from_utf8_lossy(h.value).into_owned()))
        .collect();
    let request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        target: parsed.path.unwrap_or_default().to_owned(),
        headers,
        body: Vec::new(),
    };
    if request.header("transfer-encoding").is_some() {
        return Err(invalid("a body in pieces"));
    }
    let length = request.header("content-length").map_or(Ok(0), str::parse);
    Ok(Some((request, head, length.map_err(|_| invalid("content-length is no number"))?)))
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_however_it_is_split() {
        struct Trickle<'a>(&'a [u8]);
        impl Read for Trickle<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
                buffer[0] = *first;
                self.0 = rest;
                Ok(1)
            }
        }
        let text = b"POST /v1/refunds?a=b HTTP/1.1\r\nIdempotency-Key: k\r\nContent-Length: 3\r\n\r\na=b";
        for request in [read(&mut Trickle(text)), read(&mut &text[..])] {
            let request = request.unwrap().unwrap();
            assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/v1/refunds?a=b"));
            assert_eq!(request.header("idempotency-key"), Some("k"));
            assert_eq!(request.body, b"a=b");
        }
        assert!(read(&mut &b""[..]).unwrap().is_none());
        assert!(read(&mut &b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\na"[..]).is_err());
    }
}
