//! Worlds: by the sentences of the seeds.
