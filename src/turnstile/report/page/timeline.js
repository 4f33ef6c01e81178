// Virtual time: states with their attempts and polls, waits, and the lane of assumed roles.
const NAMES = 250, ROW = 34, ROWS_SHOWN = 400, TOP = 40;
const room = () => Math.max(main.clientWidth - NAMES - (main.clientWidth > 860 ? 520 : 60), 460);

// Even: every event takes a step, and a long silence a wider one. To scale: seconds are seconds.
function axis(run, rows, lane, even) {
  const wide = room();
  const end = Math.max(run.until ?? 0, ...rows.map((one) => one.until ?? one.since), ...lane.map((one) => one.until), run.since + 0.001);
  if (!even) {
    const scale = wide / (end - run.since);
    const x = (time) => (Math.max(time, run.since) - run.since) * scale;
    const ticks = Array.from({ length: 9 }, (_, at) => run.since + ((end - run.since) * at) / 8);
    return { x, left: (time) => x(time), right: (since, time) => Math.max(x(time), x(since) + 3), ticks, width: wide, end };
  }
  const times = [...new Set([run.since, end, ...rows.flatMap((one) => [one.since, one.until ?? end, ...one.attempts.flatMap((each) => [each[2], each[3] ?? end])]), ...lane.flatMap((one) => [one.since, one.until])])].filter((one) => one >= run.since).sort((a, b) => a - b);
  const gaps = times.map((time, at) => at ? 12 + 10 * Math.log2(1 + time - times[at - 1]) : 0);
  const steps = 46 * times.length + gaps.reduce((a, b) => a + b, 0);
  const factor = Math.min(Math.max(wide / steps, 0.02), 8);
  const lefts = new Map();
  let at = 0;
  times.forEach((time, index) => { at += gaps[index] * factor; lefts.set(time, at); at += 46 * factor; });
  const near = (time) => { let low = 0, high = times.length - 1; while (low < high) { const mid = (low + high + 1) >> 1; if (times[mid] <= time) low = mid; else high = mid - 1; } return lefts.get(times[low]); };
  return { left: near, right: (since, time) => time > since ? near(time) : near(time) + 42 * factor, ticks: times, width: at, end };
}

function timeline(one, run, state, onChoose, even = true) {
  const rows = run.visits.slice(0, ROWS_SHOWN);
  const lane = one.lane.filter((each) => each.execution === run.arn).map((each) => ({ ...each, until: each.until ?? endOf(run, each) }));
  const scale = axis(run, rows, lane, even);
  const roles = [...new Set(lane.map((each) => each.role))];
  const height = TOP + (rows.length + roles.length + 2) * ROW + 20;
  const picture = s("svg", { width: NAMES + scale.width + 40, height, role: "group", "aria-label": "timeline of " + run.name });
  const at = (x) => NAMES + x;
  let lastTick = -100;
  for (const time of scale.ticks) {
    const x = at(scale.left(time));
    picture.append(s("line", { class: "tick", x1: x, x2: x, y1: TOP - 8, y2: height }));
    if (x - lastTick > 74) { picture.append(s("text", { class: "soft", x: x + 2, y: TOP - 14 }, after(time - run.since))); lastTick = x; }
  }
  let y = TOP;
  const text = (x, words, kind) => s("text", { x, y: y + 18, class: kind }, words);
  picture.append(s("rect", { class: "lane", x: 0, y, width: NAMES + scale.width + 40, height: (roles.length + 1) * ROW }));
  const own = s("g", null, s("title", null, run.role), text(10, clipped(`${lastOf(run.role) || "role not known"} of ${accountOf(run.role)}`, NAMES - 10)), s("rect", { class: "own", x: at(scale.left(run.since)), y: y + 5, width: scale.right(run.since, run.until ?? scale.end) - scale.left(run.since), height: ROW - 10, rx: 4 }), text(at(scale.left(run.since)) + 8, "execution role"));
  picture.append(own);
  y += ROW;
  for (const role of roles) {
    picture.append(s("g", null, s("title", null, role), text(10, clipped(`${lastOf(role)} of ${accountOf(role)}`, NAMES - 10))));
    for (const each of lane.filter((other) => other.role === role)) {
      const x = at(scale.left(each.since)), width = Math.max((each.waits ? scale.left(each.until) : scale.right(each.since, each.until)) - scale.left(each.since), 4);
      const words = each.waits ? `${each.state} waits` : each.state;
      picture.append(s("g", { role: "img", "aria-label": `${words}, ${after(each.since)} to ${after(each.until)}` }, s("title", null, `${each.waits ? "waits for" : "holds"} ${role}: ${each.state}, attempt ${each.attempt}, ${after(each.since)} to ${after(each.until)}`), s("rect", { class: each.waits ? "waits" : "held", x, y: y + 5, width, height: ROW - 10, rx: 4 }), width > 60 && text(x + 6, clipped(words, width))));
    }
    y += ROW;
  }
  y += 10;
  const groups = rows.map((visit) => {
    const x = at(scale.left(visit.since)), end = visit.until ?? scale.end, width = Math.max(scale.right(visit.since, end) - scale.left(visit.since), 4);
    const poll = one.polls.find((each) => each.execution === run.arn && each.state === visit.name && each.since >= visit.since && each.since <= end);
    const omitted = one.polls_left_out.find((each) => each.execution === run.arn && each.state === visit.name);
    const words = [visit.outcome, visit.attempts.length > 1 && plural(visit.attempts.length, "attempt"), poll && plural(poll.times, "poll") + (poll.refused ? `, ${poll.refused} refused` : ""), omitted && (omitted.times === null ? "polls for ever" : plural(omitted.times, "poll") + " not made"), end > visit.since && duration(end - visit.since)].filter(Boolean).join(" · ");
    const tries = visit.attempts.length < 2 && !visit.error ? [] : visit.attempts.map((each) => s("rect", { class: each[4] ? "try wrong" : "try", x: at(scale.left(each[2])), y: y + ROW - 9, width: Math.max(scale.right(each[2], each[3] ?? end) - scale.left(each[2]), 3), height: 6 }, s("title", null, each[4] || "went well")));
    const wide = words.length * 6 + 18, inside = width > wide, fits = x + width + wide < NAMES + scale.width + 30;
    const group = s("g", { role: "button", tabindex: "-1", "data-state": visit.name, "data-tone": TONES[visit.outcome], "aria-label": `${visit.name}: ${words}, from ${after(visit.since)}`, onclick: () => choose(visit, group), onkeydown: move },
      s("title", null, `${visit.name}: ${words}, ${after(visit.since)} to ${after(end)}${visit.error ? ", " + visit.error : ""}`),
      text(10 + 14 * depth(run.visits, visit), clipped(visit.name, NAMES - 20 - 14 * depth(run.visits, visit))),
      s("rect", { class: "bar", x, y: y + 3, width, height: ROW - 6, rx: 4 }), tries,
      text(inside ? x + 7 : fits ? x + width + 6 : x - 6, `${SIGNS[visit.outcome] || ""} ${words}`, inside ? "" : fits ? "soft" : "soft before"));
    y += ROW;
    return group;
  });
  function choose(visit, group) {
    groups.forEach((each) => { each.classList.toggle("chosen", each === group); each.setAttribute("tabindex", each === group ? "0" : "-1"); });
    group.focus();
    onChoose(visit.name, visit);
  }
  function move(event) {
    const now = groups.indexOf(event.currentTarget);
    const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: groups.length - 1, Enter: now, " ": now }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (groups[to]) choose(rows[to], groups[to]);
  }
  if (groups[0]) groups[0].setAttribute("tabindex", "0");
  picture.append(...groups);
  const box = h("div", { class: "timeline" }, picture);
  const toggle = h("select", { id: "scale", onchange: () => again.replaceWith(...timeline(one, run, state, onChoose, toggle.value === "even")) }, h("option", { value: "even", selected: even }, "one step for each moment"), h("option", { value: "scale", selected: !even }, "to scale"));
  const more = run.visits.length > rows.length ? h("p", { class: "notice" }, `The first ${rows.length} of ${run.visits.length} visits; all of them stand in the table view.`) : null;
  const again = h("div", null, h("div", { class: "row filters" }, h("label", { for: "scale" }, "Virtual time"), toggle, h("span", { class: "quiet" }, "on top the roles in use; dashed: waits for the role slot; thin bars: attempts")), more, box);
  return [again];
}

// Where no slot is kept, a Task has its session until its attempt is over.
function endOf(run, held) {
  const visit = run.visits.find((each) => each.name === held.state && each.since <= held.since && (each.until ?? Infinity) >= held.since);
  return visit?.attempts[held.attempt - 1]?.[3] ?? visit?.until ?? run.until ?? held.since;
}
const clipped = (words, width) => { const most = Math.max(Math.floor(width / 7), 3); return words.length > most ? words.slice(0, most - 1) + "…" : words; };
function depth(visits, visit) {
  let count = 0;
  for (let at = visit.parent; at >= 0 && count < 8; at = visits[at].parent) count += 1;
  return count;
}
