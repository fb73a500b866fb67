//! Who runs the program, and where: for the holder of a lock.

use std::io::Read as _;

/// The most bytes of a name.
const MOST_BYTES: u64 = 256;

/// Who runs it: the person that a CI system names, else the login name, or `unknown`.
pub fn user() -> String {
    first_set(&[
        "GITHUB_ACTOR",
        "GITLAB_USER_LOGIN",
        "USER",
        "LOGNAME",
        "USERNAME",
    ])
    .or_else(|| whoami::username().ok().filter(|name| !name.is_empty()))
    .unwrap_or_else(|| "unknown".to_owned())
}

/// The machine's name, or `unknown`.
pub fn host() -> String {
    let mut name = String::new();
    let read = std::fs::File::open("/proc/sys/kernel/hostname")
        .and_then(|file| file.take(MOST_BYTES).read_to_string(&mut name));
    match read {
        Ok(_) if !name.trim().is_empty() => name.trim().to_owned(),
        Ok(_) | Err(_) => {
            first_set(&["HOSTNAME", "COMPUTERNAME"]).unwrap_or_else(|| "unknown".to_owned())
        }
    }
}

fn first_set(names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        let value = std::env::var_os(name)?;
        let value = value.to_string_lossy().into_owned();
        (!value.is_empty()).then_some(value)
    })
}
