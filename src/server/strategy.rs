//! Requests without staff, as a project's strategy says: `domain/strategy.rs` decides, and the planner does it.

pub mod planner;
