//! New identifiers: the domain knows their form, and reads neither a clock nor randomness.

use uuid::Uuid;

pub trait NewId: From<Uuid> {
    /// A new UUIDv7: random, and in the order of creation.
    fn new() -> Self {
        Uuid::now_v7().into()
    }
}

impl<T: From<Uuid>> NewId for T {}
