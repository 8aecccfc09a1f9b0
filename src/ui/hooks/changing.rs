//! Parts of views that share their code.

/// A part of a view that changes. Leptos compiles how a closure is shown, hydrated and run again anew for each closure: with one kind of
/// closure for each type of value, the browser's build has it once.
pub fn changing<T: 'static>(value: impl FnMut() -> T + Send + 'static) -> Box<dyn FnMut() -> T + Send> {
    Box::new(value)
}
