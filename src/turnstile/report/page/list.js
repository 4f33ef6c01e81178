// A list of any length of which only the lines in sight are in the document.
const LINE = 30;
const MOST = 8000000;

function list(label, columns, rows, draw, onChoose) {
  const space = h("div", { class: "space" });
  const box = h("div", { class: "list", role: "listbox", tabindex: "0", "aria-label": `${label}, ${rows.length} lines`, onscroll: show, onkeydown: move }, space);
  let chosen = -1;
  let shown = "";
  const tall = Math.min(rows.length * LINE, MOST);
  space.style.height = tall + "px";
  if (rows.length < 20) box.style.height = tall + 2 + "px";
  const scale = () => rows.length * LINE > MOST ? (rows.length * LINE - box.clientHeight) / Math.max(tall - box.clientHeight, 1) : 1;
  function show() {
    const height = box.clientHeight || 700;
    const top = box.scrollTop * scale();
    const first = Math.max(Math.floor(top / LINE) - 4, 0);
    const last = Math.min(Math.ceil((top + height) / LINE) + 4, rows.length);
    const now = `${first}/${last}/${chosen}`;
    if (now === shown) return;
    shown = now;
    const drawn = [];
    for (let at = first; at < last; at += 1) {
      const line = h("div", { class: "line " + columns, role: "option", id: `${columns}-${at}`, "aria-selected": String(at === chosen), "aria-setsize": rows.length, "aria-posinset": at + 1, onclick: () => choose(at) }, draw(rows[at], at));
      for (const cell of line.children) cell.title = cell.title || cell.textContent;
      line.style.top = at * LINE - top + box.scrollTop + "px";
      line.style.height = LINE + "px";
      drawn.push(line);
    }
    space.replaceChildren(...drawn);
    if (chosen >= first && chosen < last) box.setAttribute("aria-activedescendant", `${columns}-${chosen}`);
    else box.removeAttribute("aria-activedescendant");
  }
  function choose(at, quiet) {
    chosen = Math.min(Math.max(at, 0), rows.length - 1);
    const top = chosen * LINE, height = box.clientHeight || 700, from = box.scrollTop * scale();
    if (top < from) box.scrollTop = top / scale();
    else if (top + LINE > from + height) box.scrollTop = (top + LINE - height) / scale();
    shown = "";
    show();
    if (!quiet && rows.length) onChoose(rows[chosen], chosen);
  }
  function move(event) {
    const page = Math.max(Math.floor(box.clientHeight / LINE) - 1, 1);
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: chosen + page, PageUp: chosen - page, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  }
  new ResizeObserver(() => { shown = ""; show(); }).observe(box);
  queueMicrotask(show);
  return { box, choose };
}
