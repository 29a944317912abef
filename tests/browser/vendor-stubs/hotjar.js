// Stands in for Hotjar's script of one site, which the page's settings must name.
const site = /hotjar-(\d+)\.js/.exec(document.currentScript.src)[1];
if (String(window._hjSettings.hjid) !== site) throw new Error("the settings name another site");
const waiting = window.hj.q;
window.hj = (...call) => report(site, call);
for (const call of waiting) window.hj(...call);
