// What is known of one state: input, output, definition, events.
function panel(one, run, name, onState) {
  if (!name) return [h("p", { class: "quiet" }, "Choose a state to see its input, output, definition and events.")];
  const visits = run.visits.map((visit, index) => [visit, index]).filter(([visit]) => visit.name === name);
  const body = h("div");
  const draw = (at) => {
    const pair = visits[at];
    const own = pair ? run.events.filter((event) => event[4] === pair[1]) : [];
    const entered = own.find((event) => event[0] === pair[0].entered), exited = own.find((event) => event[0] === pair[0].exited);
    const json = (value, nothing) => value === undefined || value === null ? h("p", { class: "quiet" }, nothing) : h("pre", { tabindex: "0", "aria-label": "JSON" }, typeof value === "string" ? value : pretty(value));
    const made = tabs("step", [
      ["input", "Input", () => json(unfolded(entered?.[5]?.input), "It was not reached.")],
      ["output", "Output", () => [json(unfolded(exited?.[5]?.output), "It has no output."), exited?.[5]?.assignedVariables && [h("h3", null, "Variables"), json(unfolded(exited[5].assignedVariables))]].flat().filter(Boolean)],
      ["definition", "Definition", () => json(run.definitions[name], "The definition is not part of the report.")],
      ["events", `Events (${own.length})`, () => own.length ? own.slice(0, 200).map((event) => h("details", null, h("summary", null, `${event[0]} ${event[3]} ${after(event[2])}`), event[5] ? json(unfolded(event[5])) : h("p", { class: "quiet" }, "no details"))) : h("p", { class: "quiet" }, "none")],
    ], pair?.[0].error ? "events" : "input");
    const visit = pair?.[0];
    body.replaceChildren(...[
      visit && h("p", { class: "quiet" }, `${after(visit.since)}, ${visit.until === null ? "never left" : "for " + duration(visit.until - visit.since)}`),
      visit?.error && h("p", { class: "notice bad" }, visit.error),
      visit?.attempts.length > 1 && h("ol", null, visit.attempts.map((each) => h("li", null, `${after(each[2])} ${each[4] || "went well"}`))),
      made.bar, made.pane].filter(Boolean));
  };
  const choice = visits.length > 1 && h("div", { class: "row" }, h("label", { for: "visit" }, "Visit"), h("select", { id: "visit", onchange: (event) => draw(Number(event.target.value)) }, visits.slice(0, 1000).map(([visit], at) => h("option", { value: at }, `${at + 1} of ${visits.length}, ${after(visit.since)}, ${visit.outcome}`))));
  const first = Math.max(visits.findIndex(([visit]) => visit.error), 0);
  if (choice) choice.lastChild.value = first;
  draw(first);
  return [h("h2", { class: "row" }, name, badge(run.outcomes[name] || "not reached")), choice, body].filter(Boolean);
}
