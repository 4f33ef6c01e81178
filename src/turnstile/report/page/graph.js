// What became of a state; of an execution whose history was not kept nobody knows.
const outcomeOf = (run, name) => run.dropped ? "not kept" : run.outcomes[name] || "not reached";

// How many of the visits of a state came to an outcome, where there are several.
function timesOf(visits, outcome) {
  const same = visits.filter((visit) => visit.outcome === outcome).length;
  if (visits.length < 2) return "";
  return same === 0 || same === visits.length ? ` ×${visits.length}` : ` ${same} of ${visits.length}`;
}

// The picture of a definition, coloured by what became of its states.
function graph(run, state, onChoose) {
  const template = document.getElementById("picture-" + run.picture);
  if (!template) return h("p", { class: "notice" }, "The definition of this execution is not part of the report.");
  const picture = template.content.firstElementChild.cloneNode(true);
  const visits = grouped(run.visits, (visit) => visit.name);
  const taken = new Set(run.taken.map((pair) => pair.join("\n")));
  const nodes = [...picture.querySelectorAll("[data-state]")];
  nodes.forEach((node, index) => {
    const name = node.dataset.state;
    const outcome = outcomeOf(run, name);
    const times = timesOf(visits.get(name) || [], outcome);
    node.setAttribute("data-outcome", outcome);
    for (const child of node.children) if (child.classList.contains("outcome")) child.textContent = `${SIGNS[outcome] || ""} ${outcome}${times}`;
    node.setAttribute("role", "button");
    node.setAttribute("aria-label", `state ${name}, ${outcome}${times}`);
    node.setAttribute("tabindex", index === 0 ? "0" : "-1");
    node.addEventListener("click", (event) => { event.stopPropagation(); choose(node); });
    node.addEventListener("keydown", (event) => move(event, node));
  });
  for (const line of picture.querySelectorAll("[data-from]")) line.classList.toggle("taken", taken.has(line.dataset.from + "\n" + line.dataset.to));
  function choose(node) {
    mark(node.dataset.state);
    node.focus();
    onChoose(node.dataset.state);
  }
  function mark(name) {
    nodes.forEach((one) => { one.classList.toggle("chosen", one.dataset.state === name); one.setAttribute("aria-pressed", String(one.dataset.state === name)); one.setAttribute("tabindex", one.dataset.state === name ? "0" : "-1"); });
    if (!nodes.some((one) => one.dataset.state === name) && nodes[0]) nodes[0].setAttribute("tabindex", "0");
  }
  function move(event, node) {
    const at = nodes.indexOf(node);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: nodes.length - 1, Enter: at, " ": at }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (nodes[to]) choose(nodes[to]);
  }
  mark(state);
  const legend = h("ul", { class: "legend", "aria-label": "outcomes" }, Object.keys(SIGNS).filter((one) => Object.values(run.outcomes).includes(one)).map((one) => h("li", null, badge(one))), h("li", null, "bold lines were taken, dashed ones are Catch"));
  const canvas = h("div", { class: "canvas" }, picture);
  requestAnimationFrame(() => centre(canvas, nodes.find((one) => one.dataset.state === state)));
  return [h("div", { class: "row filters" }, ...sized(canvas), legend), canvas];
}

// A picture as drawn, or as small as it has to be to be seen at once.
function sized(canvas) {
  const size = h("select", { id: "size", onchange: () => canvas.classList.toggle("fit", size.value === "fit") }, h("option", { value: "" }, "as drawn"), h("option", { value: "fit" }, "all of it"));
  return [h("label", { for: "size" }, "Picture"), size];
}

// Scrolls a picture so that what is chosen stands in its middle.
function centre(canvas, node) {
  if (!node) return;
  const shape = node.querySelector(".shape").getBoundingClientRect(), box = canvas.getBoundingClientRect();
  canvas.scrollLeft += shape.x + shape.width / 2 - box.x - box.width / 2;
  canvas.scrollTop += shape.y + Math.min(shape.height, box.height) / 2 - box.y - box.height / 2;
}
