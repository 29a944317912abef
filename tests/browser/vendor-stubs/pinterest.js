// Stands in for Pinterest's core.js: every call after `load` goes to all tags that the page has loaded.
const tags = [];
const take = (call) => {
  if (call[0] === "load") tags.push(call[1]);
  for (const tag of tags) report(tag, call);
};
const { queue } = window.pintrk;
queue.splice(0).forEach(take);
queue.push = take;
