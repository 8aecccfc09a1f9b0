// What runs in the page that is measured, before its own scripts.

/** Gives the page `window.measured`. Self-contained: Playwright sends its text to the browser. */
export function observe() {
  const state = { lcp: 0, cls: 0, hydrated: Number.NaN, worst: 0 };
  const watch = (type, each, options = {}) => {
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true, ...options });
  };
  watch("largest-contentful-paint", (entry) => (state.lcp = entry.startTime));
  watch("layout-shift", (entry) => {
    if (!entry.hadRecentInput) state.cls += entry.value;
  });
  watch("event", (entry) => {
    if (entry.interactionId) state.worst = Math.max(state.worst, entry.duration);
  }, { durationThreshold: 16 });

  const hydrated = new MutationObserver(() => {
    if (!document.body?.hasAttribute("data-hydrated")) return;
    state.hydrated = performance.now();
    hydrated.disconnect();
  });
  hydrated.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-hydrated"] });

  const rows = () => [...document.querySelectorAll("table tbody tr")].filter((row) => row.querySelector("th"));
  const links = () => rows().map((row) => row.querySelector("th a")?.href).join(" ");
  const stand = (text, before) =>
    rows().length > 0 &&
    !document.querySelector("[aria-busy=true]") &&
    rows().every((row) => row.textContent.includes(text)) &&
    links() !== before;
  window.measured = {
    load: () => ({ lcp: state.lcp, cls: state.cls, hydrated: state.hydrated }),
    forget: () => (state.worst = 0),
    worst: () => state.worst,
    /** Milliseconds from the next change of a control until all rows hold `text`, and are painted. */
    rowsSay: (text) =>
      new Promise((done, failed) => {
        document.addEventListener("change", () => {
          const [began, before] = [performance.now(), links()];
          const look = () => {
            if (performance.now() - began > 20_000) failed(new Error("The rows have not come within 20 s."));
            else if (stand(text, before)) setTimeout(() => done(performance.now() - began));
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        }, { once: true, capture: true });
      }),
  };
}
