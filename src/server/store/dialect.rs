//! What differs between the engines.

#[cfg(not(feature = "postgres"))]
pub const BEGIN_WRITE: &str = "begin immediate";
#[cfg(feature = "postgres")]
pub const BEGIN_WRITE: &str = "begin";
