// Stands in for TikTok's events.js, which comes once for each pixel: takes what waits for it, then every later call.
const code = new URL(document.currentScript.src).searchParams.get("sdkid");
const before = window.ttq;
const pixel = Object.fromEntries(before.methods.map((name) => [name, (...args) => report(code, [name, ...args])]));
report(code, ["load", before._o[code]]);
for (const [name, ...args] of before._i[code]) pixel[name](...args);
window.ttq = { ...before, instance: (other) => (other === code ? pixel : before.instance(other)) };
