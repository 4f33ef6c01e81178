// One case: who was refused and why, what was found, and its executions in several views.
function caseView(file, one, address) {
  let run = one.runs[Number(address.run)] || one.runs[0];
  let state = address.state || defaultState(run), wanted = null, tab = "";
  const aside = h("aside", { class: "step" });
  const panes = h("div", { class: "panes" });
  const remember = () => replaceAddress({ ...address, run: one.runs.indexOf(run), tab, state });
  const showState = (name, visit) => { state = name; aside.setAttribute("aria-label", "chosen state"); aside.replaceChildren(...(run ? panel(one, run, state, visit) : [])); remember(); };
  const showEvent = (told, name, visit) => { if (name) showState(name, visit); aside.replaceChildren(...told, ...(name ? panel(one, run, name, visit) : [])); };
  const toRun = (other) => { run = other; state = defaultState(run); executions?.show(run); };
  const jump = (name, execution) => {
    const other = one.runs.find((each) => each.arn === execution);
    if (other && other !== run) toRun(other);
    state = name;
    views.choose("graph", true);
  };
  const executions = one.runs.length > 1 ? chooser(one, run, (other) => { toRun(other); views.choose(tab); }) : null;
  const refused = one.calls.filter((call) => !call.allowed).length;
  const views = tabs("views", views_(), address.tab || (refused && !run ? "permissions" : "graph"), (key) => {
    tab = key;
    panes.classList.toggle("wide", key === "accounts");
    main.classList.toggle("calling", key === "permissions");
    panes.classList.toggle("even", key === "permissions");
    if (key !== "permissions" && key !== "accounts") showState(state);
    remember();
  });
  function views_() {
    const kinds = run ? [
      ["graph", "Graph", () => graph(run, state, showState)],
      ["table", "Table", () => table(run, showState)],
      ["events", () => `Events (${run.dropped || run.count})`, () => eventList(run, showEvent)],
      ["timeline", "Timeline", () => timeline(one, run, showState)],
    ] : [];
    if (one.calls.length) kinds.push(["permissions", refused ? `Permissions (${refused} refused)` : "Permissions", () => permissions(one, aside, wanted, jump)]);
    if (one.accounts !== null) kinds.push(["accounts", "Accounts", () => accounts(one)]);
    return kinds;
  }
  const openCall = (each) => { wanted = each && callOf(one, each); views?.choose("permissions", true); wanted = null; };
  const head = [
    h("p", { class: "quiet" }, h("button", { type: "button", class: "link", onclick: () => go({ all: 1 }) }, "All cases"), ` / ${file.path}`),
    h("h1", { class: "row" }, one.name, badge(one.status), one.passed ? badge("✓ as expected", "good") : badge("✕ not as expected", "bad")),
    h("p", { class: "quiet" }, `${duration(one.virtual_seconds)} of virtual time, ${one.wall_seconds.toFixed(3)} s on the wall, ${place(one.where)}`),
    ...notices(one, openCall),
  ];
  if (!views) return [...head, h("p", { class: "notice" }, "Nothing ran.")];
  panes.append(views.pane, aside);
  return [...head, executions?.box, views.bar, panes].filter(Boolean);
}

// The state one wants to see first: that which failed, else the last one.
function defaultState(run) {
  if (!run) return "";
  const wrong = [...run.visits].reverse().find((visit) => visit.error) || run.visits.find((visit) => ["failed", "timed out", "stuck"].includes(visit.outcome));
  return (wrong || run.visits[0] || { name: "" }).name;
}

// The row of a refusal: polls that follow each other share one.
function callOf(one, each) {
  const sequence = each.occasions[0]?.sequence;
  return one.calls.filter((call) => !call.allowed && call.sequence <= sequence).pop() || null;
}

function notices(one, openCall) {
  return [
    ...one.findings.map((each) => h("div", { class: "notice bad" }, h("strong", null, each.code, ": "), ticked(each.message), h("span", { class: "quiet" }, ` ${place(each.where)}`), each.code === "unsupported" ? null : h("details", null, h("summary", null, "expected and found"), h("pre", { tabindex: "0", "aria-label": "expected and found" }, `expected ${pretty(each.expected)}\nfound    ${pretty(each.found)}`)), each.help ? h("p", null, h("strong", null, "Help: "), ticked(each.help)) : null)),
    refusals(one, openCall),
    one.error ? h("div", { class: "notice" }, h("strong", null, "AWS shows "), h("code", null, one.error), one.cause ? h("div", { class: "cause" }, one.cause) : "") : null,
    ...one.left.map(([label, words]) => h("div", { class: "notice warn" }, h("strong", null, label, ": "), ticked(words))),
    ...one.faults_on_order.map((each) => h("div", { class: "notice" }, h("strong", null, "on order "), `${each.call}${each.state ? ` in ${each.state}, attempt ${each.attempt}` : ""} ${each.told}`)),
    one.deterministic ? null : h("div", { class: "notice warn" }, "The order of calls was the machine's, since functions ran side by side."),
  ].filter(Boolean);
}
