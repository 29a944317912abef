// Goes before every stand-in that uses it: tells the tests' server what a vendor was told, for which of its accounts.
let count = 0;
const report = (account, call) => {
  const number = `page=${performance.timeOrigin}&n=${count++}`;
  navigator.sendBeacon(`https://reports.example/seen?id=${encodeURIComponent(account)}&${number}`, JSON.stringify(call));
};
