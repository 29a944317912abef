// Stands in for Google's gtag.js: takes the commands of the data layer that concern its tag in their order, and reports each.
(() => {
  let count = 0;
  const id = new URL(document.currentScript.src).searchParams.get("id");
  // A tag is told its own configuration, and of events that are for it or for nobody in particular.
  const isForThis = ([command, target, parameters]) =>
    command === "config" ? target === id : command !== "event" || [parameters?.send_to ?? id].flat().includes(id);
  const take = (entry) => {
    // As the real one does: a command is an `arguments` object; anything else in the layer is for tag managers.
    if (Object.prototype.toString.call(entry) !== "[object Arguments]" || !isForThis(entry)) return;
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
