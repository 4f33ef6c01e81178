// The chooser of executions: a button that opens a list one can search, since a distributed Map has thousands of children.
function chooser(one, current, onChoose) {
  const name = (run) => `${lastOf(run.machine) || "execution"}: ${run.name}`;
  const panel = h("div", { class: "chooser", id: "executions", hidden: true, role: "group", "aria-label": "executions", onkeydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } } });
  const button = h("button", { type: "button", id: "run", "aria-expanded": "false", "aria-controls": "executions", onclick: () => panel.hidden ? open() : close() });
  const brief = (input) => (typeof input === "string" ? input : JSON.stringify(input)).slice(0, 200);
  const count = h("span", { class: "quiet" });
  const texts = new Map();
  const text = (run) => { let found = texts.get(run); if (found === undefined) { found = folded([name(run), run.status, run.error, run.role, brief(run.input)].join(" ")); texts.set(run, found); } return found; };
  function label(run) {
    current = run;
    count.textContent = `Execution ${one.runs.indexOf(run) + 1} of ${one.runs.length}`;
    button.replaceChildren(h("span", { class: "chosen-run" }, name(run)), badge(run.status), " ▾");
    button.setAttribute("aria-label", `Execution ${name(run)}, ${run.status}: choose another`);
  }
  function open() {
    const statuses = [...new Set(one.runs.map((run) => run.status))].sort();
    const only = h("select", { id: "run-status", onchange: draw }, h("option", { value: "" }, `all (${one.runs.length})`), statuses.map((each) => h("option", { value: each }, `${each} (${one.runs.filter((run) => run.status === each).length})`)));
    const search = h("input", { id: "find-run", type: "search", placeholder: "name, input, error", oninput: draw });
    const told = h("span", { class: "quiet", role: "status" });
    const place_ = h("div");
    function draw() {
      const part = folded(search.value);
      const found = one.runs.filter((run) => (!only.value || run.status === only.value) && (!part || text(run).includes(part)));
      told.textContent = plural(found.length, "execution");
      const made = list("executions", "runs", found, (run) => [name(run), brief(run.input), h("span", null, badge(run.status)), after(run.since), run.until === null ? "–" : duration(run.until - run.since), run.error || "–"].map((cell) => h("span", null, cell)), (run) => { label(run); onChoose(run); });
      place_.replaceChildren(made.box);
      const at = found.indexOf(current);
      if (at >= 0) requestAnimationFrame(() => made.choose(at, true));
    }
    panel.replaceChildren(h("div", { class: "row filters" }, h("label", { for: "find-run" }, "Search"), search, h("label", { for: "run-status" }, "Status"), only, told, h("button", { type: "button", onclick: close }, "Close")),
      h("div", { class: "head runs", "aria-hidden": "true" }, ["Execution", "Input", "Status", "Start", "Duration", "Error"].map((each) => h("span", null, each))), place_);
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    draw();
    search.focus();
  }
  function close() {
    panel.hidden = true;
    panel.replaceChildren();
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }
  label(current);
  return { box: h("div", { class: "executions" }, h("div", { class: "row" }, count, button), panel), show: label };
}
