// Virtual time: the lane of assumed roles, and below it states with their attempts, polls and waits. Drawn is what is in
// sight; names stay at the left and times on top wherever one scrolls.
const NAMES = 250, ROW = 34, TOP = 34, BETWEEN = 12;

function timeline(one, run, onChoose) {
  const lane = one.lane.filter((each) => each.execution === run.arn).map((each) => ({ ...each, until: each.until ?? endOf(run, each) }));
  const roles = [...new Set(lane.map((each) => each.role))];
  const polls = pollsOf(one, run);
  const rows = [
    { height: ROW, draw: (view) => ownRole(run, view) },
    ...roles.map((role) => ({ height: ROW, draw: (view) => roleRow(role, lane.filter((each) => each.role === role), view) })),
    ...run.visits.map((visit) => ({ height: ROW, visit, draw: (view) => visitRow(run, visit, polls, view) })),
  ];
  const lanes = roles.length + 1;
  const topOf = (at) => at * ROW + (at >= lanes ? BETWEEN : 0);
  const space = h("div", { class: "space" });
  const box = h("div", { class: "timeline", tabindex: "0", role: "listbox", "aria-label": `timeline of ${run.name}, ${run.visits.length} visits of states`, onscroll: show, onkeydown: move }, space);
  const toggle = h("select", { id: "scale", onchange: () => { scale = null; box.scrollLeft = 0; show(); } }, h("option", { value: "even" }, "one step for each moment"), h("option", { value: "scale" }, "to scale"));
  let scale = null, chosen = -1;
  const all = topOf(rows.length) + TOP + 8, tall = Math.min(all, MOST);
  const ratio = () => all > MOST ? (all - box.clientHeight) / Math.max(tall - box.clientHeight, 1) : 1;
  function show() {
    const width = box.clientWidth || 900, height = box.clientHeight || Math.min(tall, 600);
    if (!scale) {
      scale = axis(run, run.visits, lane, toggle.value === "even", Math.max(width - NAMES - 30, 300));
      space.style.width = NAMES + scale.width + 20 + "px";
      space.style.height = tall + "px";
      box.style.height = tall < 500 ? tall + 20 + "px" : "";
    }
    const top = box.scrollTop * ratio(), left = box.scrollLeft;
    const view = { at: (x) => NAMES + x - left, width, scale, run };
    const picture = s("svg", { width, height: Math.min(height, tall), "aria-hidden": rows.length ? null : "true", role: "presentation" });
    picture.style.left = left + "px";
    picture.style.top = box.scrollTop + "px";
    picture.append(s("rect", { class: "lane", x: 0, y: TOP - top, width, height: lanes * ROW }), ...ticks(view, height, false));
    const first = Math.max(Math.floor((top - BETWEEN) / ROW) - 1, 0), last = Math.min(Math.ceil((top + height) / ROW) + 1, rows.length);
    const names = [];
    for (let at = first; at < last; at += 1) {
      const drawn = rows[at].draw(view), y = TOP + topOf(at) - top;
      const name = s("g", { transform: `translate(0 ${y})` }, s("title", null, drawn.full), s("text", { x: 10 + drawn.indent, y: 22 }, clipped(drawn.name, NAMES - 20 - drawn.indent)));
      const bars = s("g", { transform: `translate(0 ${y})`, ...drawn.attributes }, drawn.bars);
      if (rows[at].visit) {
        fill(bars, { role: "option", id: `visit-${at - lanes}`, "aria-selected": String(at - lanes === chosen), "aria-setsize": run.visits.length, "aria-posinset": at - lanes + 1, "data-state": rows[at].visit.name, class: at - lanes === chosen ? "chosen" : "" }, []);
        for (const part of [bars, name]) part.addEventListener("click", () => choose(at - lanes));
      }
      picture.append(bars);
      names.push(name);
    }
    picture.append(s("rect", { class: "ground", x: 0, y: 0, width: NAMES, height }), s("rect", { class: "lane", x: 0, y: TOP - top, width: NAMES, height: lanes * ROW }), ...names, s("rect", { class: "ground", x: 0, y: 0, width, height: TOP }), ...ticks(view, height, true));
    space.replaceChildren(picture);
    if (document.getElementById(`visit-${chosen}`)) box.setAttribute("aria-activedescendant", `visit-${chosen}`); else box.removeAttribute("aria-activedescendant");
  }
  function choose(at) {
    chosen = Math.min(Math.max(at, 0), run.visits.length - 1);
    const y = topOf(chosen + lanes), height = box.clientHeight - TOP - 16, from = box.scrollTop * ratio();
    if (y < from) box.scrollTop = y / ratio();
    else if (y + ROW > from + height) box.scrollTop = (y + ROW - height) / ratio();
    show();
    if (run.visits.length) onChoose(run.visits[chosen].name, chosen);
  }
  function move(event) {
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: chosen + 10, PageUp: chosen - 10, Home: 0, End: run.visits.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  }
  new ResizeObserver(() => { scale = null; show(); }).observe(box);
  queueMicrotask(show);
  return [h("div", { class: "row filters" }, h("label", { for: "scale" }, "Virtual time"), toggle, h("ul", { class: "legend", "aria-label": "bars" }, [["held", "has the role"], ["waits", "waits for the role slot"], ["try", "attempt"], ["try wrong", "attempt that failed"]].map(([kind, words]) => h("li", null, s("svg", { class: "key", width: 26, height: 12, "aria-hidden": "true" }, s("rect", { class: kind, x: 1, y: kind.startsWith("try") ? 3 : 1, width: 24, height: kind.startsWith("try") ? 6 : 10, rx: 2 })), words)))), box];
}

function ticks(view, height, labels) {
  const made = [];
  let last = -100;
  for (const time of view.scale.ticks) {
    const x = view.at(view.scale.left(time));
    if (x < NAMES - 1 || x > view.width || x - last < (labels ? 78 : 3)) continue;
    made.push(labels ? s("text", { class: "soft", x: x + 2, y: TOP - 12 }, after(time - view.run.since)) : s("line", { class: "tick", x1: x, x2: x, y1: TOP - 8, y2: height }));
    last = x;
  }
  return made;
}

function ownRole(run, { at, scale }) {
  const x = at(scale.left(run.since)), width = Math.max(scale.right(run.since, run.until ?? scale.end) - scale.left(run.since), 4);
  return { name: roleName(run.role), full: run.role, indent: 0, bars: [s("rect", { class: "own", x, y: 5, width, height: ROW - 10, rx: 4 }), s("text", { x: Math.max(x, NAMES) + 8, y: 21 }, "execution role")] };
}

const roleName = (role) => role ? `${lastOf(role)} of ${accountOf(role)}` : "role not known";

function roleRow(role, lane, { at, scale, width: wide }) {
  const bars = lane.map((each) => {
    const x = at(scale.left(each.since)), width = Math.max((each.waits ? scale.left(each.until) : scale.right(each.since, each.until)) - scale.left(each.since), 4);
    if (x > wide || x + width < NAMES) return null;
    const words = each.waits ? `${each.state} waits` : each.state;
    return s("g", { role: "img", "aria-label": `${words}, ${after(each.since)} to ${after(each.until)}` }, s("title", null, `${each.waits ? "waits for" : "holds"} ${role}: ${each.state}, attempt ${each.attempt}, ${after(each.since)} to ${after(each.until)}`), s("rect", { class: each.waits ? "waits" : "held", x, y: 5, width, height: ROW - 10, rx: 4 }), width > 34 && s("text", { x: x + 6, y: 21 }, clipped(words, width - 10)));
  });
  return { name: roleName(role), full: role, indent: 0, bars };
}

function visitRow(run, visit, polls, { at, scale, width: wide }) {
  const x = at(scale.left(visit.since)), end = visit.until ?? scale.end, width = Math.max(scale.right(visit.since, end) - scale.left(visit.since), 4);
  const words = [visit.outcome, visit.attempts.length > 1 && plural(visit.attempts.length, "attempt"), ...polls(visit, end), end > visit.since && duration(end - visit.since)].filter(Boolean).join(" · ");
  const tries = visit.attempts.length < 2 && !visit.error ? [] : visit.attempts.map((each) => s("rect", { class: each[4] ? "try wrong" : "try", x: at(scale.left(each[2])), y: ROW - 9, width: Math.max(scale.right(each[2], each[3] ?? end) - scale.left(each[2]), 3), height: 6 }, s("title", null, each[4] || "went well")));
  const need = words.length * 6 + 26, inside = width > need, fits = x + width + need < wide;
  const spot = inside ? [Math.max(x, NAMES) + 7, ""] : fits ? [x + width + 6, "soft"] : [x - 6, "soft before"];
  const indent = 14 * depth(run.visits, visit);
  return {
    name: visit.name, full: visit.name, indent,
    attributes: { "data-tone": TONES[visit.outcome], "aria-label": `${visit.name}: ${words}, from ${after(visit.since)}` },
    bars: [s("title", null, `${visit.name}: ${words}, ${after(visit.since)} to ${after(end)}${visit.error ? ", " + visit.error : ""}`), s("rect", { class: "bar", x, y: 3, width, height: ROW - 6, rx: 4 }), tries, s("text", { x: spot[0], y: tries.length ? 18 : 21, class: spot[1] }, `${SIGNS[visit.outcome] || ""} ${words}`)],
  };
}

// What is told of the polls of a visit, looked up by state.
function pollsOf(one, run) {
  const made = grouped(one.polls.filter((each) => each.execution === run.arn), (each) => each.state);
  const omitted = new Map(one.polls_left_out.filter((each) => each.execution === run.arn).map((each) => [each.state, each]));
  return (visit, end) => {
    const poll = (made.get(visit.name) || []).find((each) => each.since >= visit.since && each.since <= end), left = omitted.get(visit.name);
    return [poll && plural(poll.times, "poll") + (poll.refused ? `, ${poll.refused} refused` : ""), left && (left.times === null ? "polls for ever" : plural(left.times, "poll") + " not made")];
  };
}

// Where no slot is kept, a Task has its session until its attempt is over.
function endOf(run, held) {
  const visit = run.visits.find((each) => each.name === held.state && each.since <= held.since && (each.until ?? Infinity) >= held.since);
  return visit?.attempts[held.attempt - 1]?.[3] ?? visit?.until ?? run.until ?? held.since;
}
const clipped = (words, width) => { const most = Math.max(Math.floor(width / 7), 2); return words.length > most ? words.slice(0, most - 1) + "…" : words; };
function depth(visits, visit) {
  let count = 0;
  for (let at = visit.parent; at >= 0 && count < 8; at = visits[at].parent) count += 1;
  return count;
}
