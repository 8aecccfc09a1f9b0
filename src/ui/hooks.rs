//! What pages do in the browser alone.

pub mod deep_link;
pub mod keys;
pub mod live;
pub mod place;
