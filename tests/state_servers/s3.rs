//! A bucket of SeaweedFS.

use super::{PAUSE, secret, told, unique};
use crate::state_suite::cases::{Elsewhere, Place, apply, elsewhere_cases, holder, in_store};
use crate::state_suite::line::Line;
use bursar::model::Secret;
use bursar::state::{S3Credentials, S3Object, S3Store, State, StateError, Store};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{ObjectStoreExt as _, PutPayload};
use std::path::Path;
use tempfile::TempDir;

struct Bucket {
    line: Line,
    key: String,
}

impl Bucket {
    async fn start() -> Self {
        Bucket {
            line: Line::to(&told("S3")).await,
            key: format!("{}/state.json", unique()),
        }
    }

    fn object(&self) -> S3Object {
        S3Object {
            bucket: told("S3_BUCKET"),
            key: self.key.clone(),
            region: "us-east-1".to_owned(),
            endpoint: Some(format!("http://127.0.0.1:{}", self.line.port())),
        }
    }

    fn with(&self, object: &S3Object, credentials: &S3Credentials, machine: &Path) -> State {
        let store = S3Store::new(object, credentials).unwrap().with_pause(PAUSE);
        in_store(Store::S3(store), machine, "school")
    }

    /// The bucket, without bursar.
    fn raw(&self) -> AmazonS3 {
        let _ = rustls::crypto::ring::default_provider().install_default();
        AmazonS3Builder::new()
            .with_bucket_name(told("S3_BUCKET"))
            .with_region("us-east-1")
            .with_access_key_id(told("S3_ID"))
            .with_secret_access_key(secret().expose())
            .with_allow_http(true)
            .with_endpoint(format!("http://{}", told("S3")))
            .build()
            .unwrap()
    }

    async fn put(&self, key: &str, text: &[u8]) {
        let payload = PutPayload::from(text.to_vec());
        self.raw().put(&Key::from(key), payload).await.unwrap();
    }
}

fn credentials() -> S3Credentials {
    S3Credentials {
        access_key_id: Secret::new(&*told("S3_ID")),
        secret_access_key: secret(),
        session_token: None,
    }
}

impl Place for Bucket {
    fn of(&self, machine: &Path, project: &str) -> State {
        let store = S3Store::new(&self.object(), &credentials()).unwrap();
        in_store(Store::S3(store.with_pause(PAUSE)), machine, project)
    }

    async fn document(&self) -> Option<Vec<u8>> {
        let key = Key::from(self.key.as_str());
        match self.raw().get(&key).await {
            Ok(found) => Some(found.bytes().await.unwrap().to_vec()),
            Err(object_store::Error::NotFound { .. }) => None,
            Err(error) => panic!("{error}"),
        }
    }

    async fn set_document(&self, text: &[u8]) {
        self.put(&self.key, text).await;
    }
}

impl Elsewhere for Bucket {
    fn line(&self) -> &Line {
        &self.line
    }
}

elsewhere_cases!(Bucket::start);

#[tokio::test]
async fn wrong_credentials_and_a_missing_bucket_are_told() {
    let place = Bucket::start().await;
    let machine = TempDir::new().unwrap();
    let wrong = S3Credentials {
        secret_access_key: Secret::new("s3cret-and-wrong"),
        ..credentials()
    };
    let unknown = S3Credentials {
        access_key_id: Secret::new("s3cret-nobody"),
        ..credentials()
    };
    for credentials in [wrong, unknown] {
        let state = place.with(&place.object(), &credentials, machine.path());
        for error in [
            state.read().await.unwrap_err(),
            state.lock(&holder("run-1")).await.map(drop).unwrap_err(),
        ] {
            assert!(matches!(error, StateError::Credentials { .. }), "{error}");
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
            assert!(error.hint().contains("AWS_SECRET_ACCESS_KEY"));
        }
    }
    let nowhere = S3Object {
        bucket: "no-such-bucket".to_owned(),
        ..place.object()
    };
    let state = place.with(&nowhere, &credentials(), machine.path());
    let error = state.read().await.unwrap_err();
    assert!(error.to_string().contains("does not exist"), "{error}");
    assert!(state.lock(&holder("run-1")).await.is_err());
}

#[tokio::test]
async fn an_object_that_is_no_lock_is_not_touched() {
    let place = Bucket::start().await;
    let machine = TempDir::new().unwrap();
    let lock = format!("{}.lock", place.key);
    place.put(&lock, b"someone's notes").await;
    let state = place.on(machine.path());
    let locked = state.lock(&holder("run-1")).await.map(drop);
    assert!(matches!(
        locked,
        Err(StateError::Locked { holder: None, .. })
    ));
    let unlocked = state.unlock("x", &holder("run-1")).await.map(drop);
    let error = unlocked.unwrap_err().to_string();
    assert!(error.contains("delete it"), "{error}");
    let kept = place.raw().get(&Key::from(lock.as_str())).await.unwrap();
    assert_eq!(&kept.bytes().await.unwrap()[..], b"someone's notes");
    // Once it is gone, all is well.
    place.raw().delete(&Key::from(lock.as_str())).await.unwrap();
    apply(&state, "run-2", "a", 1).await.unwrap();
}
