// Stands in for Cookiebot's uc.js, by its documented object and events; a test answers the dialog by its methods.
const kept = /CookieConsent=([01]{3})/.exec(document.cookie);
const fire = (name) => window.dispatchEvent(new Event(name));
const take = (preferences, statistics, marketing) => {
  const consented = preferences || statistics || marketing;
  Object.assign(window.Cookiebot.consent, { preferences, statistics, marketing, method: "explicit" });
  Object.assign(window.Cookiebot, { consented, declined: !consented, hasResponse: true });
  fire("CookiebotOnConsentReady");
  fire(consented ? "CookiebotOnAccept" : "CookiebotOnDecline");
};
const choose = (...choice) => {
  document.cookie = `CookieConsent=${choice.map(Number).join("")}; path=/`;
  take(...choice);
};
window.Cookiebot = {
  consent: { necessary: true, preferences: false, statistics: false, marketing: false, method: null },
  consented: false,
  declined: false,
  hasResponse: false,
  submitCustomConsent: choose,
  withdraw: () => choose(false, false, false),
};
fire("CookiebotOnLoad");
// Of those who have answered before, the events tell that again on each page.
if (kept) take(...[...kept[1]].map((one) => one === "1"));
