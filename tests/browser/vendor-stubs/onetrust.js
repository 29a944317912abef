// Stands in for OneTrust's banner, by its documented JavaScript API, which is also how a test answers it.
const GROUPS = ["C0001", "C0002", "C0003", "C0004"];
const kept = /OptanonConsent=([^;]+)/.exec(document.cookie);
const listeners = [];
let active = new Set(kept ? kept[1].split(":") : ["C0001"]);
let closed = kept !== null;
const tell = () => {
  window.OnetrustActiveGroups = `,${[...active].join(",")},`;
  window.OptanonWrapper?.();
  window.dispatchEvent(new CustomEvent("OneTrustGroupsUpdated", { detail: [...active] }));
};
const choose = (groups) => {
  active = new Set(["C0001", ...groups]);
  closed = true;
  document.cookie = `OptanonConsent=${[...active].join(":")}; path=/`;
  tell();
  for (const listener of listeners) listener(new CustomEvent("consent.onetrust", { detail: [...active] }));
};
window.OneTrust = {
  // A page may have set the visitor's country here before.
  ...window.OneTrust,
  IsAlertBoxClosed: () => closed,
  GetDomainData: () => ({ Groups: GROUPS.map((id) => ({ CustomGroupId: id, GroupName: `Group ${id}` })) }),
  OnConsentChanged: (listener) => listeners.push(listener),
  AllowAll: () => choose(GROUPS),
  RejectAll: () => choose([]),
  UpdateConsent: (_kind, changes) => {
    const next = new Set(active);
    for (const [id, on] of changes.split(",").map((change) => change.split(":"))) next[on === "1" ? "add" : "delete"](id);
    choose(next);
  },
};
// Each load says what is active, before there is a choice as well.
tell();
