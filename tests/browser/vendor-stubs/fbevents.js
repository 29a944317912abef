// Stands in for Meta's fbevents.js: takes the queued calls of fbq, then every later one, and reports each.
(() => {
  const { fbq } = window;
  fbq.callMethod = (...call) => {
    navigator.sendBeacon("https://www.facebook.com/tr?id=fbq", JSON.stringify(call));
  };
  while (fbq.queue.length > 0) fbq.callMethod(...fbq.queue.shift());
})();
