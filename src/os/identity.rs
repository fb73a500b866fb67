//! Who runs the program, and where: for the holder of a lock.

use std::io::Read as _;

/// The most bytes of a name.
const MOST_BYTES: u64 = 256;

/// The user's login name, or `unknown`.
pub fn user() -> String {
    first_set(&["USER", "LOGNAME", "USERNAME"])
}

/// The machine's name, or `unknown`.
pub fn host() -> String {
    let mut name = String::new();
    let read = std::fs::File::open("/proc/sys/kernel/hostname")
        .and_then(|file| file.take(MOST_BYTES).read_to_string(&mut name));
    match read {
        Ok(_) if !name.trim().is_empty() => name.trim().to_owned(),
        Ok(_) | Err(_) => first_set(&["HOSTNAME", "COMPUTERNAME"]),
    }
}

fn first_set(names: &[&str]) -> String {
    names
        .iter()
        .find_map(|name| {
            let value = std::env::var_os(name)?;
            let value = value.to_string_lossy().into_owned();
            (!value.is_empty()).then_some(value)
        })
        .unwrap_or_else(|| "unknown".to_owned())
}
