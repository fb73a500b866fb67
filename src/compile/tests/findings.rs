//! What is said about projects that are wrong: each cause once, at its place.
