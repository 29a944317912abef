// Stands in for Meta's fbevents.js: takes the queued calls of fbq, then every later one, and reports each.
(() => {
  let count = 0;
  const { fbq } = window;
  fbq.callMethod = (...call) => {
    navigator.sendBeacon(`https://www.facebook.com/tr?id=fbq&page=${performance.timeOrigin}&n=${count++}`, JSON.stringify(call));
  };
  while (fbq.queue.length > 0) fbq.callMethod(...fbq.queue.shift());
})();
