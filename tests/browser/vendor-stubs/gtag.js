// Stands in for Google's gtag.js: takes the commands of the data layer in their order, and reports each.
(() => {
  let count = 0;
  const id = new URL(document.currentScript.src).searchParams.get("id");
  const take = (entry) => {
    // As the real one does: a command is an `arguments` object; anything else in the layer is for tag managers.
    if (Object.prototype.toString.call(entry) !== "[object Arguments]") return;
    navigator.sendBeacon(`https://www.google-analytics.com/g/collect?id=${id}&page=${performance.timeOrigin}&n=${count++}`, JSON.stringify(Array.from(entry)));
  };
  const layer = (window.dataLayer = window.dataLayer || []);
  layer.forEach(take);
  const push = layer.push;
  layer.push = (...entries) => {
    entries.forEach(take);
    return push.apply(layer, entries);
  };
})();
