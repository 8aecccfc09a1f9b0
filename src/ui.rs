//! What the browser shows.
