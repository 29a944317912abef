// Stands in for Microsoft's bat.js, whose queues are flat: a command's arguments lie there one after the other.
const LENGTHS = { event: 3, consent: 3, set: 2, pageLoad: 1 };
window.UET = class {
  constructor({ ti, q }) {
    this.tag = ti;
    const waiting = [...q];
    while (waiting.length > 0) this.push(...waiting.splice(0, LENGTHS[waiting[0]] ?? 1));
  }
  push(...call) {
    report(this.tag, call);
  }
};
