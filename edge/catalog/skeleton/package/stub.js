// Stands in for the vendor's script where it cannot be had: takes what waits, then every later call.
{
  const waiting = window.__GLOBAL__.q;
  const calls = (window.__GLOBAL__Calls = []);
  window.__GLOBAL__ = (...call) => calls.push(call);
  for (const call of waiting) window.__GLOBAL__(...call);
}
