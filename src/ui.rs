//! What the browser shows: pages, the components that they arrange, and hooks.

pub mod connections;
pub mod customer;
pub mod frame;
pub mod hooks;
pub mod messages;
pub mod on_demand;
pub mod pages;
pub mod palette;
pub mod parts;

/// Whether this is the server's build. As it is known when it is compiled, the browser's build has nothing of what stands behind it.
pub const IS_SERVER: bool = cfg!(feature = "ssr");
