// The picture of accounts, and the same as a table.
function accounts(one) {
  const template = document.getElementById("picture-" + one.accounts);
  const picture = template.content.firstElementChild.cloneNode(true);
  const canvas = h("div", { class: "canvas", tabindex: "0", role: "region", "aria-label": "picture of the accounts" }, picture);
  const ties = [...one.ties].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const made = list("ties", "ties", ties, ({ from, to, state, label }) => [h("span", { title: from }, short(one, from)), h("span", { title: to }, short(one, to)), h("span", null, state === "unused" ? label : badge(label, state === "allowed" ? "good" : "bad"))], () => {});
  return [
    h("div", { class: "row filters" }, ...sized(canvas), h("ul", { class: "legend", "aria-label": "lines" },
      [["allowed", "allowed"], ["refused", "refused, with the link that refused"], ["unused", "trusted by a policy, not used"]].map(([state, words]) => h("li", null, s("svg", { class: "picture key", width: 34, height: 10, "aria-hidden": "true" }, s("g", { class: "trust " + state }, s("path", { d: "M1 5H33" }))), words)))),
    canvas,
    h("h2", null, "The same as a table"),
    h("div", { class: "head ties", "aria-hidden": "true" }, ["From", "To", "Call"].map((each) => h("span", null, each))), made.box,
  ];
}
const ORDER = ["refused", "allowed", "unused"];
