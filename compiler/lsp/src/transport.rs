//! Messages on a byte stream: a header with the length, then JSON. What cannot be read is skipped and said so.
//!
//! Written here because the usual crate ends the session at the first message that is no JSON.

use std::io::{self, BufRead, Read, Write};

use serde_json::Value;

/// Longer messages are skipped: no Play is so long.
const LENGTH_MAX: u64 = 64 << 20;

/// Longer header lines are no headers.
const HEADER_MAX: u64 = 4096;

#[derive(Debug)]
pub enum Incoming {
    Message(Value),
    /// Something that is no message; why, for the client.
    Malformed(String),
    /// The stream is over.
    End,
}

/// The next message; blocks until there is one.
pub fn read(input: &mut impl BufRead) -> io::Result<Incoming> {
    let mut length: Option<u64> = None;
    let mut is_first = true;
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(HEADER_MAX).read_until(b'\n', &mut line)? == 0 {
            return Ok(Incoming::End);
        }
        let text = String::from_utf8_lossy(&line);
        let header = text.trim_end();
        if header.is_empty() {
            match length {
                Some(length) => return body(input, length),
                // blank lines between messages are harmless
                None if is_first => continue,
                None => return Ok(Incoming::Malformed("a message without `Content-Length`".into())),
            }
        }
        is_first = false;
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("Content-Length")
        {
            match value.trim().parse() {
                Ok(parsed) => length = Some(parsed),
                Err(_) => return Ok(Incoming::Malformed(format!("`{header}` is no length"))),
            }
        }
    }
}

fn body(input: &mut impl BufRead, length: u64) -> io::Result<Incoming> {
    if length > LENGTH_MAX {
        io::copy(&mut input.take(length), &mut io::sink())?;
        return Ok(Incoming::Malformed(format!("a message of {length} bytes is longer than {LENGTH_MAX}")));
    }
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Ok(Incoming::End);
    }
    Ok(match serde_json::from_slice(&bytes) {
        Ok(message) => Incoming::Message(message),
        Err(error) => Incoming::Malformed(format!("the message is not JSON: {error}")),
    })
}

pub fn write(output: &mut impl Write, message: &Value) -> io::Result<()> {
    let text = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut bytes: &[u8]) -> Vec<String> {
        let mut out = Vec::new();
        loop {
            match read(&mut bytes).expect("memory does not fail") {
                Incoming::Message(value) => out.push(value.to_string()),
                Incoming::Malformed(_) => out.push("malformed".into()),
                Incoming::End => return out,
            }
        }
    }

    #[test]
    fn reading_goes_on_after_what_is_no_message() {
        let stream = b"Content-Length: 2\r\n\r\n{}Content-Length: 3\r\n\r\n{a}Content-Length: x\r\n\
            Content-Length: 1\r\ncontent-type: y\r\n\r\n7\r\n\r\nX: 1\r\n\r\nContent-Length: 2\r\n\r\n[]";
        assert_eq!(all(stream), ["{}", "malformed", "malformed", "7", "malformed", "[]"]);
        assert_eq!(all(b"Content-Length: 99\r\n\r\n{}"), [""; 0]);
    }

    #[test]
    fn what_is_written_can_be_read() {
        let mut bytes = Vec::new();
        let message = serde_json::json!({"text": "\u{1f600} é"});
        write(&mut bytes, &message).expect("memory does not fail");
        assert_eq!(all(&bytes), [message.to_string()]);
    }
}
