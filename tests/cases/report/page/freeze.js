const begun = performance.now();
await go("#case=0.0&tab=events");
one(".list").focus(); press("End"); await pause(50);
told.last = one(".list [aria-selected=true]").firstChild.textContent;
press("PageUp"); press("ArrowUp"); await pause(50);
told.lines = all(".list .line").length;
told.took = performance.now() - begun;
