// Stands in for Customer.io's track.js, which finds its workspace in its own tag.
const site = document.currentScript.dataset.siteId;
const waiting = [...window._cio];
window._cio = Object.fromEntries(
  ["identify", "sidentify", "track", "page"].map((name) => [name, (...args) => report(site, [name, ...args])]),
);
for (const [name, ...args] of waiting) window._cio[name](...args);
