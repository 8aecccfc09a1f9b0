//! What pages do in the browser alone.

pub mod arrival;
pub mod deep_link;
pub mod focus;
pub mod keys;
pub mod live;
pub mod place;
pub mod resource;
