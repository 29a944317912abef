// A destination in the remote plugin contract that keeps every call, with the types of what it got.
window.typed = (value) => {
  if (value === undefined) return { $undefined: true };
  if (typeof value === "number" && !Number.isFinite(value)) return { $number: String(value) };
  if (value === null || typeof value !== "object") return typeof value === "function" ? { $function: true } : value;
  if (value instanceof Date) return { $date: String(Number(value)) === "NaN" ? null : value.toISOString() };
  if (Array.isArray(value)) return value.map(window.typed);
  return Object.fromEntries(Object.keys(value).map((key) => [key, window.typed(value[key])]));
};
window.calls = [];
window.recorderDestination = (settings) => {
  const record = (method) => (ctx) => {
    window.calls.push({ method, event: window.typed(ctx.event) });
    return ctx;
  };
  const methods = ["track", "page", "identify", "group", "alias", "screen"];
  return {
    name: "Recorder",
    version: "1.0.0",
    type: "destination",
    isLoaded: () => true,
    load: () => Promise.resolve(settings),
    ...Object.fromEntries(methods.map((method) => [method, record(method)])),
  };
};
