//! Effects that share their code.

use leptos::prelude::*;

/// As `Effect::new`, which compiles the loop that runs an effect anew for each closure: with one kind of closure, the browser's
/// build has it once.
pub fn effect<T: 'static>(mut run: impl FnMut(Option<T>) -> T + 'static) {
    let mut last = None;
    run_by_itself(Box::new(move || last = Some(run(last.take()))));
}

fn run_by_itself(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_| run());
}
