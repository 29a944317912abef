// Stands in for LinkedIn's insight.min.js: counts the page for every account it finds, then reports conversions.
const partners = [...window._linkedin_data_partner_ids];
for (const partner of partners) report(partner, ["page"]);
const waiting = window.lintrk.q;
window.lintrk = (...call) => {
  for (const partner of partners) report(partner, call);
};
for (const call of waiting) window.lintrk(...call);
