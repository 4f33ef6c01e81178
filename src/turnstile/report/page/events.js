// The table of visits and the history as it is.
function table(run, onState) {
  const made = list("states", "states", run.visits, (visit) => [h("strong", null, visit.name), visit.type, h("span", null, badge(visit.outcome)), after(visit.since), visit.until === null ? "–" : duration(visit.until - visit.since), String(visit.attempts.length || "–"), visit.error || "–"].map((cell) => h("span", null, cell)), (visit, at) => onState(visit.name, at));
  return [h("div", { class: "head states", "aria-hidden": "true" }, ["State", "Type", "Outcome", "Start", "Duration", "Attempts", "Error"].map((one) => h("span", null, one))), made.box];
}

// Texts of the table are searched once for each word, however many events have them.
function matching(part) {
  const fits = new Map();
  return (number) => {
    let found = fits.get(number);
    if (found === undefined) { const value = shared[number]; found = folded(typeof value === "string" ? value : JSON.stringify(value)).includes(part); fits.set(number, found); }
    return found;
  };
}

function eventList(run, onEvent) {
  const search = h("input", { id: "find-event", type: "search", placeholder: "type, state, error, data", oninput: draw });
  const place_ = h("div");
  const told = h("span", { class: "quiet", role: "status" });
  const nameOf = (event) => event[4] >= 0 ? run.visits[event[4]].name : "";
  const summary = (details) => !details ? "" : details.error ? `${details.error}${details.cause ? ": " + details.cause : ""}` : details.resource ? `${details.resourceType || ""}:${details.resource}` : details.output || details.input || details.name || "";
  function fitting() {
    if (!search.value) return run.events;
    const fits = matching(folded(search.value)), part = folded(search.value), named = run.visits.map((visit) => folded(visit.name).includes(part));
    return run.events.filter((event, at) => { const packed = run.packed[at]; return fits(packed[2]) || named[packed[3]] || packed.slice(5).some(fits); });
  }
  function draw() {
    const found = fitting();
    told.textContent = plural(found.length, "event");
    const made = list("events", "events", found, (event) => [String(event[0]), after(event[2]), event[3], nameOf(event), String(summary(event[5])).slice(0, 300)].map((cell) => h("span", null, cell)), (event) => {
      const whole = pretty({ id: event[0], previousEventId: event[1], type: event[3], ...(event[5] ? { details: unfolded(event[5]) } : {}) });
      onEvent([h("h2", null, `Event ${event[0]}`), h("pre", { tabindex: "0", "aria-label": "details of the event", class: "detail" }, whole)], nameOf(event), event[4]);
    });
    place_.replaceChildren(made.box);
  }
  draw();
  if (run.dropped) return [notKept(run)];
  return [h("div", { class: "row filters" }, h("label", { for: "find-event" }, "Search"), search, told), h("div", { class: "head events", "aria-hidden": "true" }, ["Id", "Time", "Type", "State", "What"].map((one) => h("span", null, one))), place_];
}
