// Stands in for Intercom's messenger: takes what waits for it, then every later call.
const workspace = decodeURIComponent(new URL(document.currentScript.src).pathname.split("/").pop());
const waiting = window.Intercom.q;
window.Intercom = (...call) => report(workspace, call);
for (const call of waiting) window.Intercom(...call);
