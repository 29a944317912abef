// Stands in for matomo.js: trackers by server and site, made after the page's hook has been called.
const tracker = (url, site) =>
  new Proxy({}, { get: (_target, name) => (...args) => report(`${new URL(url).host}/${site}`, [name, ...args]) });
window.Matomo ??= { getTracker: tracker };
window.matomoAsyncInit?.();
