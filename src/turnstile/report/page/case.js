// One case: what was found, and its executions in several views.
function caseView(file, one, address) {
  let run = one.runs[Number(address.run)] || one.runs[0];
  let state = address.state || defaultState(run);
  const aside = h("aside", { class: "step", "aria-label": "chosen state" });
  const panes = h("div", { class: "panes" });
  let views = null;
  const showState = (name) => { state = name; aside.replaceChildren(...panel(one, run, state)); remember(); };
  const remember = () => replaceAddress({ ...address, run: one.runs.indexOf(run), tab: address.tab, state });
  const jump = (name, execution) => {
    const other = one.runs.find((each) => each.arn === execution);
    if (other) { run = other; runs.value = one.runs.indexOf(other); }
    showState(name);
    views.choose("graph");
  };
  const kinds = run ? [
    ["graph", "Graph", () => graph(run, state, showState)],
    ["table", "Table", () => table(run, showState)],
    ["events", `Events (${run.events.length})`, () => eventList(run, showState)],
    ["timeline", "Timeline", () => timeline(one, run, state, showState)],
  ] : [];
  const refused = one.calls.filter((call) => !call.allowed).length;
  if (one.calls.length) kinds.push(["permissions", refused ? `Permissions (${refused} refused)` : "Permissions", () => permissions(one, jump)]);
  if (one.accounts !== null) kinds.push(["accounts", "Accounts", () => accounts(one)]);
  const runs = h("select", { id: "run", onchange: () => { run = one.runs[Number(runs.value)]; state = defaultState(run); showState(state); views.choose(address.tab || "graph"); } }, one.runs.map((each, at) => h("option", { value: at, selected: each === run }, `${lastOf(each.machine) || each.name}: ${each.name.slice(0, 40)} ${each.status}`)));
  const head = [
    h("p", { class: "quiet" }, h("button", { type: "button", class: "link", onclick: () => go({}) }, "All cases"), ` / ${file.path}`),
    h("h1", { class: "row" }, one.name, badge(one.status), one.passed ? badge("✓ as expected", "good") : badge("✕ not as expected", "bad")),
    h("p", { class: "quiet" }, `${duration(one.virtual_seconds)} of virtual time, ${one.wall_seconds.toFixed(3)} s on the wall, ${place(one.where)}`),
    ...notices(one),
    one.runs.length > 1 ? h("div", { class: "row filters" }, h("label", { for: "run" }, "Execution"), runs, one.runs.length >= 200 ? h("span", { class: "quiet" }, "the first 200") : null) : null,
  ];
  if (!kinds.length) return [...head, h("p", { class: "notice" }, "Nothing ran.")].filter(Boolean);
  views = tabs("views", kinds, address.tab || (refused && !run ? "permissions" : "graph"), (key) => {
    address = { ...address, tab: key };
    panes.classList.toggle("wide", key === "permissions" || key === "accounts");
    remember();
  });
  aside.replaceChildren(...(run ? panel(one, run, state) : []));
  panes.append(views.pane, aside);
  return [...head, views.bar, panes].filter(Boolean);
}

// The state one wants to see first: that which failed, else the last one.
function defaultState(run) {
  if (!run) return "";
  const wrong = [...run.visits].reverse().find((visit) => visit.error) || run.visits.find((visit) => ["failed", "timed out", "stuck"].includes(visit.outcome));
  return (wrong || run.visits[0] || { name: "" }).name;
}

function notices(one) {
  return [
    ...one.findings.map((each) => h("div", { class: "notice bad" }, h("strong", null, each.code, ": "), each.message, h("span", { class: "quiet" }, ` ${place(each.where)}`), each.code === "unsupported" ? null : h("details", null, h("summary", null, "expected and found"), h("pre", null, `expected ${pretty(each.expected)}\nfound    ${pretty(each.found)}`)))),
    one.error ? h("div", { class: "notice" }, h("strong", null, "AWS shows "), h("code", null, one.error), one.cause ? `: ${one.cause}` : "") : null,
    ...one.left.map(([label, words]) => h("div", { class: "notice warn" }, h("strong", null, label, ": "), words)),
    ...one.faults_on_order.map((each) => h("div", { class: "notice" }, h("strong", null, "on order "), `${each.call}${each.state ? ` in ${each.state}, attempt ${each.attempt}` : ""} ${each.told}`)),
    one.deterministic ? null : h("div", { class: "notice warn" }, "The order of calls was the machine's, since functions ran side by side."),
  ];
}

function table(run, onState) {
  const made = list("states", "states", run.visits, (visit) => [h("strong", null, visit.name), visit.type, h("span", null, badge(visit.outcome)), after(visit.since), visit.until === null ? "–" : duration(visit.until - visit.since), String(visit.attempts.length || "–"), visit.error || "–"].map((cell) => h("span", null, cell)), (visit) => onState(visit.name));
  return [h("div", { class: "head states", "aria-hidden": "true" }, ["State", "Type", "Outcome", "Start", "Duration", "Attempts", "Error"].map((one) => h("span", null, one))), made.box];
}

function eventList(run, onState) {
  const search = h("input", { id: "find-event", type: "search", placeholder: "type, state, error", oninput: draw });
  const detail = h("pre", { tabindex: "0", "aria-label": "details of the event", hidden: true });
  const place_ = h("div");
  const told = h("span", { class: "quiet", role: "status" });
  const nameOf = (event) => event[4] >= 0 ? run.visits[event[4]].name : "";
  function draw() {
    const wanted = search.value.toLowerCase();
    const found = wanted ? run.events.filter((event) => (event[3] + " " + nameOf(event) + " " + (event[5] ? JSON.stringify(event[5]) : "")).toLowerCase().includes(wanted)) : run.events;
    told.textContent = plural(found.length, "event");
    const made = list("events", "events", found, (event) => [String(event[0]), after(event[2]), event[3], nameOf(event), event[5] ? event[5].error || event[5].resource || event[5].name || "" : ""].map((cell) => h("span", null, cell)), (event) => {
      detail.hidden = false;
      detail.textContent = pretty({ id: event[0], previousEventId: event[1], type: event[3], ...(event[5] ? { details: unfolded(event[5]) } : {}) });
      if (nameOf(event)) onState(nameOf(event));
    });
    place_.replaceChildren(made.box);
  }
  draw();
  return [h("div", { class: "row filters" }, h("label", { for: "find-event" }, "Search"), search, told), h("div", { class: "head events", "aria-hidden": "true" }, ["Id", "Time", "Type", "State", "What"].map((one) => h("span", null, one))), place_, h("h3", null, "Details"), detail];
}

function accounts(one) {
  const template = document.getElementById("picture-" + one.accounts);
  const rows = one.ties.map(([from, to, state, label]) => h("tr", null, h("td", null, from), h("td", null, to), h("td", null, state === "unused" ? label : badge(label, state === "allowed" ? "good" : "bad"))));
  return [
    h("ul", { class: "legend" }, h("li", null, "solid: allowed"), h("li", null, "dashed: refused, with the link that refused"), h("li", null, "dotted: trusted by a policy, not used")),
    h("div", { class: "canvas" }, template.content.firstElementChild.cloneNode(true)),
    h("h2", null, "The same as a table"),
    h("table", null, h("thead", null, h("tr", null, ["From", "To", "Call"].map((each) => h("th", { scope: "col" }, each)))), h("tbody", null, rows)),
  ];
}
