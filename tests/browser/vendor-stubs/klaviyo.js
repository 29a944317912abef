// Stands in for Klaviyo's onsite script: calls wait as [method, ...arguments, what takes the result].
const account = new URL(document.currentScript.src).searchParams.get("company_id");
const take = ([method, ...args]) => {
  const done = typeof args[args.length - 1] === "function" ? args.pop() : () => {};
  report(account, [method, ...args]);
  done(true);
};
const waiting = window._klOnsite;
window._klOnsite = { push: (...calls) => calls.forEach(take) };
waiting.forEach(take);
