// What Plausible's script for pages adds to the tracker of its npm package, which goes before this: the site from the
// tag, options from `plausible.o`, and the calls that wait in `plausible.q`.
const tag = document.currentScript;
const waiting = window.plausible.q;
init({ domain: tag.dataset.domain, endpoint: tag.dataset.api || `${new URL(tag.src).origin}/api/event`, ...window.plausible.o });
for (const call of waiting) window.plausible(...call);
