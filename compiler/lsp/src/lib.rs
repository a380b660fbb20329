//! The language server: what `ide` knows, over the Language Server Protocol.
//!
//! Takes messages on standard input. Gives answers on standard output.
//! Never opens a file: editors send the text, and block files come from whoever starts it (`Host`). The only crate that
//! knows the protocol.

mod answers;
mod documents;
mod host;
mod library;
mod positions;
mod problems;
mod protocol;
mod semantic;
mod server;
mod transport;
mod uri;
mod users;

use std::collections::VecDeque;
use std::io::{self, BufReader, Write};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, channel};

use serde_json::Value;

pub use crate::host::Host;
pub use crate::server::{Flow, Server};
use crate::transport::Incoming;

/// Serves on standard input and output until the client says `exit`. 0 when it said `shutdown` before, else 1.
#[must_use]
pub fn run(host: Box<dyn Host>) -> ExitCode {
    let (sender, receiver) = channel();
    // the thread ends with the process: reading blocks
    let _reader = std::thread::spawn(move || {
        let mut input = BufReader::new(io::stdin());
        loop {
            let incoming = transport::read(&mut input).unwrap_or(Incoming::End);
            let is_end = matches!(incoming, Incoming::End);
            if sender.send(incoming).is_err() || is_end {
                return;
            }
        }
    });
    let code = serve(Server::new(host), &receiver, &mut io::stdout().lock());
    ExitCode::from(code)
}

/// The loop: everything that is there already is read before anything is answered, so that what was cancelled is not
/// computed, and diagnostics are computed once for a burst of keys.
fn serve(mut server: Server, receiver: &Receiver<Incoming>, output: &mut impl Write) -> u8 {
    let mut queue: VecDeque<Incoming> = VecDeque::new();
    loop {
        let mut answers = Vec::new();
        queue.extend(receiver.try_iter());
        if queue.is_empty() && server.idle(&mut answers) {
            if !told(output, &answers) {
                return server.exit_code();
            }
            continue;
        }
        if queue.is_empty() {
            match receiver.recv() {
                Ok(incoming) => queue.push_back(incoming),
                Err(_) => return server.exit_code(),
            }
            continue;
        }
        let Some(incoming) = queue.pop_front() else { continue };
        let flow = match incoming {
            Incoming::Message(message) => {
                if is_cancelled(&message, &queue) {
                    answers.push(protocol::cancelled(&message));
                    Flow::Continue
                } else {
                    server.handle(&message, &mut answers)
                }
            }
            Incoming::Malformed(why) => {
                answers.push(protocol::error(&Value::Null, protocol::PARSE_ERROR, &why));
                Flow::Continue
            }
            Incoming::End => Flow::Exit(server.exit_code()),
        };
        if !told(output, &answers) {
            return server.exit_code();
        }
        if let Flow::Exit(code) = flow {
            return code;
        }
    }
}

/// Whether the client could be told; one that went away cannot.
fn told(output: &mut impl Write, answers: &[Value]) -> bool {
    answers.iter().all(|answer| transport::write(output, answer).is_ok())
}

/// Whether a request is taken back by a message that is there already.
fn is_cancelled(message: &Value, queue: &VecDeque<Incoming>) -> bool {
    let (Some(id), Some(method)) = (message.get("id"), message.get("method")) else { return false };
    if method == "initialize" || method == "shutdown" {
        return false;
    }
    queue.iter().any(|waiting| match waiting {
        Incoming::Message(m) => {
            m.get("method").is_some_and(|m| m == "$/cancelRequest")
                && m.get("params").and_then(|p| p.get("id")) == Some(id)
        }
        Incoming::Malformed(_) | Incoming::End => false,
    })
}
