// Stands in for Heap's heap_config.js: puts its methods into the page's object, then runs what waits for them.
const { envId } = window.heap;
for (const name of ["track", "identify", "addUserProperties", "resetIdentity"])
  window.heap[name] = (...args) => report(envId, [name, ...args]);
for (const { fn } of window.heapReadyCb.splice(0)) fn();
