//! Documents against schemas.
