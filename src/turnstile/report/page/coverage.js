// What cases covered of definitions and policies: shares by kind, what was never reached, and where it stands in the graph.
const percent = (covered, count) => count ? `${Math.floor(covered * 1000 / count) / 10} %` : "–";

function coverage(items) {
  const files = report.files.map((file, at) => [String(at), file.path]).filter(([at]) => items.some((one) => one.times.some((each) => each[0] === Number(at))));
  const file = h("select", { id: "covered-file", onchange: draw }, h("option", { value: "" }, `all ${plural(files.length, "file")} together`), files.map(([at, path]) => h("option", { value: at }, path)));
  const kind = h("select", { id: "covered-kind", onchange: draw }, h("option", { value: "" }, "all kinds"), report.coverage.kinds.map(([name]) => h("option", { value: name }, name)));
  const which = h("select", { id: "covered-which", onchange: draw }, h("option", { value: "never" }, "never reached"), h("option", { value: "all" }, "everything"));
  const search = h("input", { id: "find-covered", type: "search", placeholder: "state, action, role, file", oninput: draw });
  const told = h("span", { class: "quiet", role: "status" });
  const shares = h("tbody"), place_ = h("div");
  const aside = h("aside", { class: "step", "aria-label": "where it stands" });
  const times = (one) => one.times.reduce((sum, [at, count]) => file.value === "" || at === Number(file.value) ? sum + count : sum, 0);
  const inFile = () => items.filter((one) => file.value === "" || one.times.some((each) => each[0] === Number(file.value)));
  const text = (one) => folded([one.name, one.owner, one.file, one.kind].join(" "));
  function draw() {
    const here = inFile();
    shares.replaceChildren(...report.coverage.kinds.map(([name, what]) => share(name, what, here.filter((one) => one.kind === name))), share("total", "all of these", here));
    const found = here.filter((one) => (!kind.value || one.kind === kind.value) && (which.value === "all" || !times(one)) && text(one).includes(folded(search.value)));
    told.textContent = plural(found.length, "row");
    const made = list("coverage", "covered", found, (one) => [one.kind, h("strong", null, one.name), lastOf(one.owner) || one.owner, `${one.file}:${one.line}`, h("span", null, times(one) ? badge(`✓ ${times(one)} ×`, "good") : badge("○ never", "bad"))].map((cell) => h("span", null, cell)), show);
    place_.replaceChildren(found.length ? made.box : h("p", { class: "notice good" }, which.value === "never" ? "Nothing was left out." : "Nothing fits."));
    if (found.length) requestAnimationFrame(() => made.choose(0)); else aside.replaceChildren(h("p", { class: "quiet" }, "Choose a row to see where it stands."));
  }
  function share(name, what, own) {
    if (!own.length) return h("tr", null, h("th", { scope: "row" }, name), h("td", { class: "quiet", colspan: "3" }, `none declared (${what})`));
    const covered = own.filter(times).length;
    return h("tr", null, h("th", { scope: "row" }, name), h("td", { class: "number" }, percent(covered, own.length)),
      h("td", { class: "count" }, h("meter", { min: 0, max: own.length, value: covered, "aria-label": `${name} covered` }), ` ${covered} of ${own.length}`), h("td", { class: "quiet" }, what));
  }
  function show(one) {
    const seen = one.state ? whereRun(one) : null;
    aside.replaceChildren(...[
      h("h2", { class: "row" }, one.name), h("p", null, times(one) ? badge(`✓ ${plural(times(one), "time")}`, "good") : badge("○ never", "bad"), ` ${one.kind}: ${(report.coverage.kinds.find((each) => each[0] === one.kind) || [])[1]}`),
      h("dl", { class: "facts" }, h("dt", null, "of"), h("dd", null, one.owner), h("dt", null, "place"), h("dd", null, `${one.file}:${one.line}:${one.column}`)),
      seen && h("p", null, h("button", { type: "button", class: "link", onclick: () => go({ case: seen.key, run: seen.run, tab: "graph", state: one.state }) }, `Show ${one.state} in the case “${seen.name}”`)),
      seen && coveredGraph(seen.picture, items.filter((each) => each.owner === one.owner && each.written === one.written), times, one.state),
    ].filter(Boolean));
  }
  draw();
  return [
    h("div", { class: "row filters" }, h("label", { for: "covered-file" }, "Of"), file),
    h("table", { class: "shares" }, h("thead", null, h("tr", null, h("th", { scope: "col" }, "Kind"), h("th", { scope: "col", class: "number" }, "Covered"), h("th", { scope: "col" }, "Count"), h("th", { scope: "col" }, "What it counts"))), shares),
    h("div", { class: "row filters" }, h("label", { for: "covered-which" }, "Show"), which, h("label", { for: "covered-kind" }, "Kind"), kind, h("label", { for: "find-covered" }, "Search"), search, told),
    h("div", { class: "panes even" }, h("div", null, h("div", { class: "head covered", "aria-hidden": "true" }, ["Kind", "What", "Of", "Place", "Times"].map((each) => h("span", null, each))), place_), aside),
  ];
}

// A case in which the machine of an item ran, if there is one a case that came to its state.
function whereRun(one) {
  let found = null;
  for (const each of everyCase) {
    if (!one.times.some(([at]) => report.files[at] === each.file)) continue;
    for (const [run, told] of each.one.runs.entries()) {
      if (told.written !== one.written || told.machine !== one.owner || !(one.state in told.definitions) || told.picture === null) continue;
      const seen = { key: each.key, run, name: each.one.name, picture: told.picture };
      if (told.outcomes[one.state] && told.outcomes[one.state] !== "not reached") return seen;
      found = found || seen;
      break;
    }
  }
  return found;
}

function coveredGraph(number, items, times, state) {
  const picture = document.getElementById("picture-" + number).content.firstElementChild.cloneNode(true);
  const states = new Map(items.filter((one) => one.kind === "states").map((one) => [one.state, times(one)]));
  const taken = new Map(items.filter((one) => one.kind === "transitions").map((one) => [one.name, times(one)]));
  for (const node of picture.querySelectorAll("[data-state]")) {
    const count = states.get(node.dataset.state);
    if (count === undefined) continue;
    node.setAttribute("data-outcome", count ? "succeeded" : "failed");
    node.classList.toggle("chosen", node.dataset.state === state);
    for (const child of node.children) if (child.classList.contains("outcome")) child.textContent = count ? `✓ ${count} ×` : "○ never";
  }
  for (const way of picture.querySelectorAll("[data-from]")) way.classList.toggle("taken", Boolean(taken.get(`${way.dataset.from} -> ${way.dataset.to}`)));
  const canvas = h("div", { class: "canvas", tabindex: "0", role: "region", "aria-label": "covered states in the definition" }, picture);
  requestAnimationFrame(() => centre(canvas, [...picture.querySelectorAll("[data-state]")].find((one) => one.dataset.state === state)));
  return canvas;
}
