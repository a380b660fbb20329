//! Addresses of documents and paths of files: `file:///plays/a%20b.yml` is `/plays/a b.yml`.

use std::path::{Path, PathBuf};

/// The path of a `file:` address; other documents are no files.
#[must_use]
pub fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let path = decoded(&rest[rest.find('/')?..])?;
    // `/c:/plays` is `c:/plays`
    let bytes = path.as_bytes();
    let has_drive = cfg!(windows) && bytes.len() > 2 && bytes[1].is_ascii_alphabetic() && bytes[2] == b':';
    Some(PathBuf::from(if has_drive { &path[1..] } else { path.as_str() }))
}

#[must_use]
pub fn of(path: &Path) -> String {
    let mut uri = String::from("file://");
    let text = path.to_string_lossy();
    if !text.starts_with('/') {
        uri.push('/');
    }
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(byte.into())
            }
            b'\\' if cfg!(windows) => uri.push('/'),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |b: Option<u8>| char::from(b?).to_digit(16);
        bytes.push(match byte {
            b'%' => u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?,
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths_are_inverse() {
        for text in ["/plays/a.yml", "/a b/ö%/#?.yml", "/x/+&=.yml"] {
            assert_eq!(path(&of(Path::new(text))), Some(PathBuf::from(text)), "{text}");
        }
        assert_eq!(path("file:///a%20b/%C3%B6.yml"), Some(PathBuf::from("/a b/ö.yml")));
        assert_eq!(path("file://localhost/a.yml"), Some(PathBuf::from("/a.yml")));
        for odd in ["untitled:Untitled-1", "file:", "file://host", "file:///a%2", "file:///%FF", ""] {
            assert_eq!(path(odd), None, "{odd}");
        }
    }
}
