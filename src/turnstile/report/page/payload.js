// The data of the page as `html_payload` packed it: rows of one table, opened when they are wanted.
const report = JSON.parse(document.getElementById("data").textContent);
const shared = report.shared;

// A document of parts put together again, each part once.
const whole = new Map();
function opened(number) {
  if (!whole.has(number)) whole.set(number, joined(shared[number]));
  return whole.get(number);
}
function joined(value) {
  if (Array.isArray(value)) return value.map(joined);
  if (!value || typeof value !== "object") return value;
  return "$" in value ? opened(value.$) : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, joined(one)]));
}

function unpacked({ keys, refs, nested, rows }) {
  const own = keys.map((key, at) => [key, refs.includes(at), nested.includes(at)]);
  return rows.map((row) => { const made = {}; own.forEach(([key, ref, parts], at) => { made[key] = parts ? opened(row[at]) : ref ? shared[row[at]] : row[at]; }); return made; });
}

// Works a value out when it is first asked for.
function lazily(made, key, work) {
  Object.defineProperty(made, key, { configurable: true, get() { const value = work(); Object.defineProperty(made, key, { value }); return value; } });
}

function eventOf(packed, at) {
  const [before, time, type, visit, keys] = packed;
  const told = keys === undefined ? null : Object.fromEntries(shared[keys].split("\n").map((key, index) => [key, shared[packed[5 + index]]]));
  return [at + 1, at + 1 - before, time, shared[type], visit, told];
}

function visitOf([name, type, parent, entered, exited, last, outcome, error, attempts], events) {
  return {
    name: shared[name], type: shared[type], parent, entered, exited, last, since: events[entered - 1][1], until: exited ? events[exited - 1][1] : null,
    outcome: shared[outcome], error: shared[error], attempts: attempts.map(([first, ended, since, until, wrong]) => [first, ended, since, until, shared[wrong]]),
  };
}

function runOf(row) {
  const { taken, visits, events } = row;
  row.count = events.length;
  row.packed = events;
  lazily(row, "taken", () => taken.map((pair) => pair.map((one) => shared[one])));
  lazily(row, "visits", () => visits.map((one) => visitOf(one, events)));
  lazily(row, "events", () => events.map(eventOf));
  return row;
}

for (const one of report.files.flatMap((file) => file.cases)) {
  const { runs, calls, lane, polls, polls_left_out, refused, ties } = one;
  one.count = calls.rows.length;
  lazily(one, "runs", () => unpacked(runs).map(runOf));
  lazily(one, "calls", () => unpacked(calls));
  lazily(one, "lane", () => unpacked(lane));
  lazily(one, "polls", () => unpacked(polls));
  lazily(one, "polls_left_out", () => unpacked(polls_left_out));
  lazily(one, "refused", () => unpacked(refused));
  lazily(one, "ties", () => unpacked(ties));
}
