// Virtual time as places from left to right. Even: every moment takes a step, and a long silence a wider one. To scale:
// seconds are seconds.
function axis(run, rows, lane, even, wide) {
  const end = Math.max(run.until ?? 0, latest(rows, (one) => one.until ?? one.since), latest(lane, (one) => one.until), run.since);
  return even ? evenly(moments(run, rows, lane, end), wide, end) : scaled(run, wide, Math.max(end, run.since + 0.001));
}

const latest = (rows, time) => rows.reduce((last, one) => Math.max(last, time(one)), 0);

function scaled(run, wide, end) {
  const x = (time) => (Math.max(time, run.since) - run.since) * (wide / (end - run.since));
  const ticks = Array.from({ length: 9 }, (_, at) => run.since + ((end - run.since) * at) / 8);
  return { left: x, right: (since, time) => Math.max(x(time), x(since) + 3), ticks, width: wide, end };
}

function moments(run, rows, lane, end) {
  const times = new Set([run.since, end]);
  for (const one of rows) { times.add(one.since); times.add(one.until ?? end); for (const each of one.attempts) { times.add(each[2]); times.add(each[3] ?? end); } }
  for (const one of lane) { times.add(one.since); times.add(one.until); }
  return [...times].filter((one) => one >= run.since).sort((a, b) => a - b);
}

function evenly(times, wide, end) {
  const STEP = 46;
  const gaps = times.map((time, at) => at ? 12 + 10 * Math.log2(1 + time - times[at - 1]) : 0);
  const factor = Math.min(Math.max(wide / (STEP * times.length + gaps.reduce((a, b) => a + b, 0)), 0.02), 8);
  const lefts = [];
  let at = 0;
  times.forEach((time, index) => { at += gaps[index] * factor; lefts.push(at); at += STEP * factor; });
  const near = (time) => { let low = 0, high = times.length - 1; while (low < high) { const mid = (low + high + 1) >> 1; if (times[mid] <= time) low = mid; else high = mid - 1; } return lefts[low]; };
  return { left: near, right: (since, time) => time > since ? near(time) : near(time) + 42 * factor, ticks: times, width: at, end };
}
