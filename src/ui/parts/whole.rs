//! A view within a Suspense that the server makes only once.

use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        ssr::StreamBuilder,
        view::{Position, PositionState, add_attr::AddAnyAttr},
    },
};

/// A view that waits for nothing but what `wait` reads.
///
/// To find out what a page waits for, a Suspense makes its children, throws them away, and makes them again. The server would read
/// all data of the page twice, and send the answers of one reading beside the markup of another. Where all resources are known,
/// calling `wait` is enough, and the view is made only when it is written.
pub struct Whole<W, V> {
    wait: W,
    view: V,
    has_others: bool,
}

impl<W, V> Whole<W, V> {
    /// `wait` only reads the resources. It may be called after the page is done and the resources are gone.
    /// With its data there, the view is written at once: nothing in it waits for anything.
    pub const fn new(wait: W, view: V) -> Self {
        Self { wait, view, has_others: false }
    }

    /// The same around other views that wait for data of their own.
    pub const fn around_others(wait: W, view: V) -> Self {
        Self { wait, view, has_others: true }
    }
}

impl<W: Send, V: Render> Render for Whole<W, V> {
    type State = V::State;

    fn build(self) -> V::State {
        self.view.build()
    }

    fn rebuild(self, state: &mut V::State) {
        self.view.rebuild(state);
    }
}

impl<W: FnMut() + Send + 'static, V: AddAnyAttr> AddAnyAttr for Whole<W, V> {
    type Output<A: Attribute> = Whole<W, V::Output<A>>;

    fn add_any_attr<A: Attribute>(self, attr: A) -> Self::Output<A>
    where
        Self::Output<A>: RenderHtml,
    {
        let Self { wait, view, has_others } = self;
        Whole { wait, view: view.add_any_attr(attr), has_others }
    }
}

impl<W: FnMut() + Send + 'static, V: RenderHtml> RenderHtml for Whole<W, V> {
    type AsyncOutput = Self;
    type Owned = Whole<W, V::Owned>;

    const MIN_LENGTH: usize = V::MIN_LENGTH;
    const EXISTS: bool = V::EXISTS;

    fn dry_resolve(&mut self) {
        (self.wait)();
    }

    async fn resolve(self) -> Self {
        self
    }

    fn html_len(&self) -> usize {
        self.view.html_len()
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.view.to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        buf: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        if self.has_others {
            self.view.to_html_async_with_buf::<OUT_OF_ORDER>(buf, position, escape, mark_branches, extra_attrs);
        } else {
            // Without the two strings that each element would cost in a stream.
            buf.with_buf(|buf| self.view.to_html_with_buf(buf, position, escape, mark_branches, extra_attrs));
        }
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> V::State {
        self.view.hydrate::<FROM_SERVER>(cursor, position)
    }

    async fn hydrate_async(self, cursor: &Cursor, position: &PositionState) -> V::State {
        self.view.hydrate_async(cursor, position).await
    }

    fn into_owned(self) -> Self::Owned {
        let Self { wait, view, has_others } = self;
        Whole { wait, view: view.into_owned(), has_others }
    }
}
