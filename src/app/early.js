// Before the WebAssembly has come: a press of a button that it opens something for is kept, and done again when it is there.
// Where it does not come, the button does what it does without scripts.
(() => {
  let pressed = null;
  const keep = (event) => {
    const button = event.target.closest?.("button[data-actions], button[data-opens], button[data-select], .theme-switch");
    if (!button) return;
    event.preventDefault();
    pressed = button;
    setTimeout(() => {
      if (pressed === button) {
        pressed = null;
        document.removeEventListener("click", keep, true);
        button.form?.requestSubmit(button);
      }
    }, 5000);
  };
  document.addEventListener("click", keep, true);
  document.addEventListener("hydrated", () => {
    document.removeEventListener("click", keep, true);
    const button = pressed;
    pressed = null;
    if (button?.isConnected) button.click();
  });
})();
