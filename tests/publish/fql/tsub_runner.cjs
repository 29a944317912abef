// Runs the routing middleware of the official client outside a browser: node tsub_runner.cjs CHUNK < cases
const fs = require("node:fs");

const pushed = [];
globalThis.self = globalThis;
globalThis.webpackChunk_segment_analytics_next = { push: (chunk) => pushed.push(chunk) };
new Function("self", fs.readFileSync(process.argv[2], "utf8"))(globalThis);
const modules = Object.assign({}, ...pushed.map((chunk) => chunk[1]));

function load(id) {
  const module = { exports: {} };
  modules[id].call(module.exports, module, module.exports, load);
  return module.exports;
}
load.d = (exports, getters) => {
  for (const name of Object.keys(getters)) Object.defineProperty(exports, name, { get: getters[name], enumerable: true });
};

const { tsubMiddleware } = Object.keys(modules)
  .map(load)
  .find((exports) => exports.tsubMiddleware);

const cases = JSON.parse(fs.readFileSync(0, "utf8"));
const answers = cases.map(([rules, integration, event]) => {
  let answer = "next was not called";
  try {
    tsubMiddleware(rules)({ payload: { obj: event }, integration, next: (payload) => (answer = payload && payload.obj) });
  } catch (error) {
    return `${error}`;
  }
  return answer;
});
process.stdout.write(JSON.stringify(answers));
