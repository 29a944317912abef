// Stands in for Snap's scevent.min.js: every call after `init` goes to all pixels that the page has started.
const pixels = new Set();
window.snaptr.handleRequest = (...call) => {
  if (call[0] === "init") pixels.add(call[1]);
  for (const pixel of pixels) report(pixel, call);
};
for (const call of window.snaptr.queue.splice(0)) window.snaptr.handleRequest(...call);
