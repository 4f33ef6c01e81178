// What is known of one state: input, output, definition, events, visit by visit.
function panel(one, run, name, chosen) {
  if (!name) return runPanel(run);
  const visits = run.visits.map((visit, index) => [visit, index]).filter(([visit]) => visit.name === name);
  const body = h("div");
  const draw = (at) => body.replaceChildren(...visitPanel(run, name, visits[at]));
  const wanted = visits.findIndex(([visit, index]) => chosen === undefined ? visit.error : index === chosen);
  const choice = visits.length > 1 ? visitChoice(visits, Math.max(wanted, 0), draw) : null;
  draw(Math.max(wanted, 0));
  return [h("h2", { class: "row" }, name, badge(outcomeOf(run, name))), choice, body].filter(Boolean);
}

// The number of a visit, to type or to step through: a Map visits a state thousands of times.
function visitChoice(visits, first, draw) {
  const told = h("span", { class: "quiet", role: "status" });
  const field = h("input", { id: "visit", type: "number", min: 1, max: visits.length, value: first + 1, onchange: () => to(Number(field.value) - 1) });
  const step = (label, words, by) => h("button", { type: "button", "aria-label": words, onclick: () => to(Number(field.value) - 1 + by) }, label);
  function say(at) { told.textContent = `of ${visits.length}, ${visits[at][0].outcome}`; }
  function to(wanted) {
    const at = Math.min(Math.max(Math.round(wanted) || 0, 0), visits.length - 1);
    field.value = at + 1;
    say(at);
    draw(at);
  }
  say(first);
  return h("div", { class: "row visits" }, h("label", { for: "visit" }, "Visit"), step("‹", "the visit before", -1), field, step("›", "the next visit", 1), told);
}

// Of an execution that came to no state, or whose history was not kept, what went in and came out.
function runPanel(run) {
  const json = (value) => h("pre", { tabindex: "0", "aria-label": "JSON" }, pretty(value));
  const made = tabs("step", [["input", "Input", () => json(run.input)], ["output", "Output", () => run.output === null ? h("p", { class: "quiet" }, "It has no output.") : json(run.output)]]);
  return [h("h2", { class: "row" }, "Execution", badge(run.status)), run.dropped ? notKept(run) : null, run.error ? h("div", { class: "notice bad" }, h("strong", null, run.error), run.cause ? `: ${run.cause}` : "") : null, made.bar, made.pane].filter(Boolean);
}

const notKept = (run) => h("p", { class: "notice warn" }, `Of its history only the number of events was kept, ${run.dropped}: of the children of a Map Run that succeed the first ones keep theirs (`, h("code", null, "settings: child_histories"), ").");

function eventsOf(run, [visit, index]) {
  const own = [];
  for (let at = visit.entered - 1; at < visit.last; at += 1) if (run.packed[at][3] === index) own.push(eventOf(run.packed[at], at));
  return own;
}

function visitPanel(run, name, pair) {
  const visit = pair?.[0], own = pair ? eventsOf(run, pair) : [];
  const entered = own.find((event) => event[0] === visit.entered), exited = own.find((event) => event[0] === visit.exited);
  const json = (value, nothing) => value === undefined || value === null ? h("p", { class: "quiet" }, run.dropped ? "It was not kept." : nothing) : h("pre", { tabindex: "0", "aria-label": "JSON" }, typeof value === "string" ? value : pretty(value));
  const events = list("events of the state", "own", own, (event) => [String(event[0]), after(event[2]), event[3]].map((cell) => h("span", null, cell)), (event) => { detail.hidden = false; detail.textContent = event[5] ? pretty(unfolded(event[5])) : "no details"; });
  const detail = h("pre", { tabindex: "0", "aria-label": "details of the event", hidden: true });
  events.box.classList.add("short");
  const made = tabs("step", [
    ["input", "Input", () => json(unfolded(entered?.[5]?.input), "It was not reached.")],
    ["output", "Output", () => [json(unfolded(exited?.[5]?.output), "It has no output."), exited?.[5]?.assignedVariables && [h("h3", null, "Variables"), json(unfolded(exited[5].assignedVariables))]].flat().filter(Boolean)],
    ...(visit && run.stages[visit.entered] ? [["data", "Data", () => stagesOf(run.stages[visit.entered])]] : []),
    ["definition", "Definition", () => json(run.definitions[name], "The definition is not part of the report.")],
    ["events", `Events (${own.length})`, () => own.length ? [events.box, detail] : h("p", { class: "quiet" }, "none")],
  ], visit?.error ? "events" : "input");
  const failed = [...own].reverse().find((event) => event[5]?.error);
  return [
    visit && h("p", { class: "quiet" }, `${after(visit.since)}, ${visit.until === null ? (visit.type === "Fail" ? "ended here" : "never left") : "for " + duration(visit.until - visit.since)}`),
    visit?.error && h("div", { class: "notice bad" }, h("strong", null, visit.error), failed?.[5].cause ? `: ${failed[5].cause}` : ""),
    visit?.type === "Fail" && run.definitions[name] && h("div", { class: "notice bad" }, h("strong", null, run.definitions[name].Error || run.definitions[name].ErrorPath || "no error name"), run.definitions[name].Cause ? `: ${run.definitions[name].Cause}` : ""),
    visit?.attempts.length > 1 && h("ol", { class: "attempts" }, visit.attempts.map((each) => h("li", null, `${after(each[2])} ${each[4] || "went well"}`))),
    made.bar, made.pane].filter(Boolean);
}

// The data after each stage, where it was kept: a label and what stands beside it in turns.
function stagesOf(kept) {
  const rows = [];
  for (let at = 0; at < kept.length; at += 2) {
    const text = shared[kept[at + 1]], told = unfolded(text);
    rows.push(h("dt", null, shared[kept[at]]), h("dd", null, typeof told === "string" ? told : h("pre", { tabindex: "0", "aria-label": "JSON" }, pretty(told))));
  }
  return [h("dl", { class: "stages" }, rows)];
}
