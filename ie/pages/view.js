// The text with its marks, the table of facts, and what links them: one fact is picked, others are pointed at.

const state = {
  documents: [], index: 0, points: null, picked: null, open: new Set(), programme: null,
  filters: { program: "", period: "", sure: 0 },
};
// What the page that edits does otherwise.
const hooks = { details: factDetails, marks: () => [], picked: () => {}, shown: () => {}, refreshed: () => {}, buttons: () => [] };
const parts = {};

const current = () => state.documents[state.index];
const factOf = (id) => current().facts.find((fact) => fact.id === id);
const programOf = (fact) => fact.program || NOTHING;

function isShown(fact) {
  const { program, period, sure } = state.filters;
  return (!program || programOf(fact) === program) && (!period || periodText(fact.period) === period)
    && fact.confidence >= sure;
}

// ------------------------------------------------------------------------------------------------------ the frame

function showDocument(index) {
  Object.assign(state, { index, picked: null, programme: null, filters: { program: "", period: "", sure: 0 } });
  state.open.clear();
  const report = current();
  state.points = new CodePoints(report.text);
  document.title = `${report.title || report.id} – بازبینی گزارش`;
  byId("title").replaceChildren(element("bdi", {}, report.title || report.id));
  const date = report.date ? `تاریخ گزارش ${dateText(report.date)}` : "تاریخ گزارش نامعلوم";
  byId("about").replaceChildren(`${persian(report.facts.length)} سنجه · ${date}`);
  buildFrame();
  showAll();
  hooks.shown();
}

function buildFrame() {
  parts.count = element("output", { class: "count quiet", role: "status", id: "count" });
  parts.filters = element("form", { class: "panel filters", "aria-label": "گزینش سنجه‌ها" });
  parts.text = element("div", { class: "text", id: "text", lang: "fa", dir: "rtl" });
  parts.textBox = element("section", { class: "scroll", tabindex: 0, role: "region", "aria-label": "متن گزارش" }, parts.text);
  parts.body = element("tbody");
  const head = ["برنامه", "مقدار", "واحد", "دوره", "وضعیت", "اطمینان", ""].map((name) =>
    name ? element("th", { scope: "col" }, name) : element("td"));
  parts.table = element("table", { id: "facts", tabindex: -1 },
    element("thead", {}, element("tr", {}, ...head)), parts.body);
  parts.tableBox = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "جدول سنجه‌ها" }, parts.table);
  parts.timeline = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "خط زمان" });
  parts.bars = element("div");
  parts.programmes = element("select", { id: "programme", onchange: (event) => { state.programme = event.target.value; showBars(); } });
  const legend = element("p", { class: "legend" }, ...Object.entries(LABELS).slice(0, 3).map(([label, name]) =>
    element("mark", { class: label }, name)));
  byId("page").replaceChildren(
    parts.filters,
    element("div", { class: "columns" },
      element("div", { class: "panel" }, element("h2", {}, "متن"), legend, parts.textBox),
      element("div", { class: "panel" }, element("h2", {}, "سنجه‌ها"), parts.tableBox)),
    element("div", { class: "charts" },
      element("section", { class: "panel" }, element("h2", {}, "خط زمان"), parts.timeline),
      element("section", { class: "panel", id: "bars" },
        element("h2", {}, "روند یک برنامه"),
        element("label", { class: "field" }, "برنامه ", parts.programmes), parts.bars)));
  buildFilters();
  parts.text.addEventListener("click", onTextClick);
  parts.text.addEventListener("keydown", onTextKey);
  parts.body.addEventListener("keydown", onTableKey);
  for (const box of [parts.text, parts.body]) {
    box.addEventListener("mouseover", onPoint);
    box.addEventListener("mouseleave", () => point([]));
    box.addEventListener("focusin", onPoint);
  }
}

function showAll() {
  refreshFilters();
  showText();
  showTable();
  applyFilters();
}

// ----------------------------------------------------------------------------------------------------- the filters

const FILTERS = { program: ["برنامه", programOf], period: ["دوره", (fact) => periodText(fact.period)] };

// The controls stay the same elements: one that is being clicked must not be replaced under the pointer.
function buildFilters() {
  const change = (name, value) => { state.filters[name] = value; applyFilters(); };
  parts.choices = Object.fromEntries(Object.keys(FILTERS).map((name) =>
    [name, element("select", { id: `filter-${name}`, onchange: (event) => change(name, event.target.value) })]));
  const shown = element("output", { for: "filter-sure" }, percentText(0));
  const sure = element("input", {
    type: "range", id: "filter-sure", min: 0, max: 100, step: 1, value: 0,
    oninput: (event) => { shown.value = percentText(event.target.value / 100); change("sure", event.target.value / 100); },
  });
  parts.filters.replaceChildren(
    ...Object.entries(FILTERS).map(([name, [title]]) => element("label", { class: "field" }, title, parts.choices[name])),
    element("label", { class: "field" }, element("span", {}, "کمینهٔ اطمینان ", shown), sure),
    element("button", { type: "button", id: "copy", onclick: copyCsv }, "رونوشت CSV"),
    ...hooks.buttons(), parts.count);
  parts.filters.onsubmit = (event) => event.preventDefault();
}

function refreshFilters() {
  for (const [name, [, of]] of Object.entries(FILTERS)) {
    const values = [...new Set(current().facts.map(of))];
    if (!values.includes(state.filters[name])) state.filters[name] = "";
    parts.choices[name].replaceChildren(element("option", { value: "" }, "همه"), ...values.map((value) => element("option", { value }, value)));
    parts.choices[name].value = state.filters[name];
  }
}

function applyFilters() {
  const { facts } = current();
  const shown = new Set(facts.filter(isShown).map((fact) => fact.id));
  for (const row of parts.body.querySelectorAll("tr[data-fact]")) row.hidden = !shown.has(row.dataset.fact);
  for (const mark of parts.text.querySelectorAll("mark[data-facts]")) {
    mark.classList.toggle("dim", !factsAt(mark).some((id) => shown.has(id)));
  }
  parts.count.value = `${persian(shown.size)} از ${persian(facts.length)} سنجه`;
  showTimeline();
  showProgrammes();
  showArrows();
  hooks.refreshed();
}

// -------------------------------------------------------------------------------------------------------- the text

function spansOf(report) {
  const found = new Map();
  const add = (start, end, label, fact) => {
    if (!(start >= 0 && start < end && end <= state.points.length)) return;
    const key = `${start}-${end}-${label}`;
    if (!found.has(key)) found.set(key, { start, end, label, facts: [] });
    if (fact) found.get(key).facts.push(fact);
  };
  for (const fact of report.facts) {
    const { number, program, period } = fact.evidence;
    add(...number, "NUMBER", fact.id);
    if (program) add(...program, "PROGRAM", fact.id);
    if (period) add(...period, "PERIOD", fact.id);
  }
  for (const [start, end, label] of report.spans) if (label !== "NUMBER") add(start, end, label);
  for (const [start, end] of hooks.marks()) add(start, end, "NONFACT");
  return [...found.values()].sort((one, other) => one.start - other.start || other.end - one.end);
}

// Cut the text wherever a span begins or ends; each piece knows every span that covers it.
function showText() {
  const spans = spansOf(current());
  const edges = [...new Set([0, state.points.length, ...spans.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  const pieces = document.createDocumentFragment();
  let next = 0;
  let active = [];
  edges.slice(0, -1).forEach((start, position) => {
    const end = edges[position + 1];
    while (next < spans.length && spans[next].start <= start) active.push(spans[next++]);
    active = active.filter((span) => span.end > start);
    const words = withControlsShown(state.points.slice(start, end));
    if (!active.length) pieces.append(...words);
    else pieces.append(markOf(active, start, words));
  });
  parts.text.replaceChildren(pieces, parts.arrows = drawn("svg", { class: "arrows", "aria-hidden": "true" }));
  const first = parts.text.querySelector("mark[role]");
  if (first) first.tabIndex = 0;
  highlightPicked();
}

function markOf(spans, start, words) {
  const facts = [...new Set(spans.flatMap((span) => span.facts))];
  const labels = [...new Set(spans.map((span) => span.label))];
  const mark = element("mark", { class: labels.join(" "), "data-start": start }, ...words);
  if (facts.length) mark.dataset.facts = JSON.stringify(facts);
  const number = spans.find((span) => span.label === "NUMBER" && span.start === start && span.facts.length);
  if (number) {
    furnish(mark, { role: "button", tabindex: -1, "aria-pressed": "false" }, []);
    mark.dataset.number = number.facts[0];
  }
  return mark;
}

// Characters that turn the direction of what follows around it are shown, and turn nothing.
function withControlsShown(text) {
  return text.split(/([\u202d\u202e])/).filter(Boolean).map((part) =>
    part === "\u202d" || part === "\u202e"
      ? element("span", { class: "control", "data-code": part === "\u202e" ? "RLO" : "LRO" }, part)
      : document.createTextNode(part));
}

const factsAt = (mark) => JSON.parse(mark.dataset.facts || "[]");

function onTextClick(event) {
  // an edit may have replaced the mark between press and release
  const mark = (event.target.closest("mark") || document.elementFromPoint(event.clientX, event.clientY))?.closest("mark[data-facts]");
  if (!mark || !window.getSelection().isCollapsed) return;
  const facts = factsAt(mark).filter((id) => isShown(factOf(id)));
  if (facts.length) pick(facts[(facts.indexOf(state.picked) + 1) % facts.length], { table: true });
}

function onTextKey(event) {
  const marks = [...parts.text.querySelectorAll("mark[role]:not(.dim)")];
  const at = marks.indexOf(event.target);
  if (at < 0) return;
  const steps = { ArrowLeft: 1, ArrowDown: 1, ArrowRight: -1, ArrowUp: -1 };
  if (event.key === "Enter" || event.key === " ") pick(event.target.dataset.number, { table: true });
  else if (event.key in steps) marks[(at + steps[event.key] + marks.length) % marks.length].focus();
  else return;
  event.preventDefault();
}

// ------------------------------------------------------------------------------------------------------- the table

function showTable() {
  parts.body.replaceChildren(...current().facts.flatMap(rowsOf));
  if (!current().facts.length) {
    parts.body.append(element("tr", {}, element("td", { colspan: 7, class: "none" }, "در این متن سنجه‌ای خوانده نشد.")));
  }
}

function rowsOf(fact) {
  const opened = state.open.has(fact.id);
  const meter = element("i");
  meter.style.setProperty("--share", fact.confidence);
  const row = element("tr", { class: "fact", "data-fact": fact.id, "aria-current": state.picked === fact.id ? "true" : null },
    element("th", { scope: "row" }, element("button", { type: "button", class: "pick", onclick: () => pick(fact.id, { text: true }) }, programOf(fact))),
    element("td", { class: "value" }, valueText(fact)),
    element("td", {}, fact.unit || ""),
    element("td", { class: "when" }, periodText(fact.period)),
    element("td", {}, element("span", { class: `status ${fact.status}` }, STATUSES[fact.status] || fact.status)),
    element("td", { class: "sure" }, element("span", { class: "meter", "aria-hidden": "true" }, meter), percentText(fact.confidence)),
    element("td", {}, element("button", {
      type: "button", class: "more", "aria-expanded": String(opened), "aria-label": `جزئیات ${programOf(fact)}، ${valueText(fact)}`,
      onclick: () => toggleDetails(fact.id),
    }, opened ? "▴" : "▾")));
  row.addEventListener("click", (event) => { if (!event.target.closest("button")) pick(fact.id, { text: true }); });
  if (!opened) return [row];
  const details = element("tr", { class: "details", "data-fact": fact.id }, element("td", { colspan: 7 }, hooks.details(fact)));
  return [row, details];
}

// Tell a row anew in its own elements.
function refreshRow(fact) {
  const [row, fresh] = [rowOf(fact.id), rowsOf(fact)[0]];
  for (const [place, cell] of [...fresh.cells].entries()) {
    const button = row.cells[place].querySelector("button");
    if (!button) row.cells[place].replaceChildren(...cell.childNodes);
    else if (button.matches(".pick")) button.textContent = cell.textContent;
    else button.setAttribute("aria-label", cell.querySelector("button").getAttribute("aria-label"));
  }
}

function toggleDetails(id) {
  if (!state.open.delete(id)) state.open.add(id);
  refreshTable();
  rowOf(id).querySelector(".more").focus();
}

function refreshTable() {
  const top = parts.tableBox.scrollTop;
  showTable();
  for (const row of parts.body.querySelectorAll("tr[data-fact]")) row.hidden = !isShown(factOf(row.dataset.fact));
  parts.tableBox.scrollTop = top;
}

const rowOf = (id) => [...parts.body.querySelectorAll("tr.fact")].find((row) => row.dataset.fact === id);

function factDetails(fact) {
  const list = element("dl", {});
  const tell = (name, ...values) => {
    if (values.some((value) => value)) list.append(element("dt", {}, name), element("dd", {}, ...values));
  };
  const surface = (offsets) => (offsets ? state.points.slice(...offsets) : "");
  tell("عدد در متن", surface(fact.evidence.number));
  tell("برنامه در متن", surface(fact.evidence.program));
  tell("گونهٔ برنامه", fact.program_type);
  tell("دوره در متن", surface(fact.evidence.period));
  if (fact.period) {
    const { start, end, start_gregorian: from, end_gregorian: to } = fact.period;
    tell("بازهٔ شمسی", `${dateText(start)} تا ${dateText(end)}`);
    if (from || to) tell("بازهٔ میلادی", `${dateText(from)} تا ${dateText(to)}`);
    tell("راه رسیدن به دوره", fact.period.derivation);
    tell("نشان‌های دوره", (fact.period.flags || []).join("، "));
  }
  tell("نوع", KINDS[fact.kind] || fact.kind);
  tell("ارز", fact.currency);
  if (fact.unit_si) tell("مقدار یکسان‌شده", `${grouped(fact.value_si)}${fact.value_max_si ? ` تا ${grouped(fact.value_max_si)}` : ""} ${fact.unit_si}`);
  tell("نرخ", fact.rate);
  if (fact.change?.baseline) tell("نسبت به", periodText(fact.change.baseline));
  for (const [name, id] of [["بخشی از", fact.subset_of], ["تکرارِ", fact.same_as]]) {
    const other = id && factOf(id);
    if (other) tell(name, element("button", { type: "button", class: "link", onclick: () => pick(id, { text: true, table: true }) },
      `${programOf(other)}: ${valueText(other)}`));
  }
  tell("نشان‌ها", (fact.flags || []).join("، "));
  tell("اطمینان", percentText(fact.confidence));
  tell("دلیل‌ها", (fact.reasons || []).join(" ؛ "));
  tell("شناسه", fact.id);
  return list;
}

function onTableKey(event) {
  const buttons = [...parts.body.querySelectorAll("tr.fact:not([hidden]) .pick")];
  const at = buttons.indexOf(event.target);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (at < 0 || !step) return;
  buttons[(at + step + buttons.length) % buttons.length].focus();
  event.preventDefault();
}

// ------------------------------------------------------------------------------------------------- picking a fact

function pick(id, { text = false, table = false } = {}) {
  state.picked = id;
  for (const row of parts.body.querySelectorAll("tr.fact")) {
    if (row.dataset.fact === id) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  highlightPicked();
  if (text) parts.text.querySelector("mark.on.NUMBER")?.scrollIntoView({ block: "center" });
  if (table) rowOf(id)?.scrollIntoView({ block: "nearest" });
  for (const bar of document.querySelectorAll(".bar")) bar.classList.toggle("on", bar.dataset.fact === id);
  hooks.picked();
}

function highlightPicked() {
  for (const mark of parts.text.querySelectorAll("mark[data-facts]")) {
    const on = state.picked !== null && factsAt(mark).includes(state.picked);
    mark.classList.toggle("on", on);
    if (mark.dataset.number) mark.setAttribute("aria-pressed", String(mark.dataset.number === state.picked));
    if (mark.dataset.number && mark.dataset.number === state.picked) {
      for (const other of parts.text.querySelectorAll("mark[tabindex='0']")) other.tabIndex = -1;
      mark.tabIndex = 0;
    }
  }
  showSentence();
  showArrows();
}

function onPoint(event) {
  const mark = event.target.closest("mark[data-facts]");
  const row = event.target.closest("tr[data-fact]");
  point(mark ? factsAt(mark) : row ? [row.dataset.fact] : []);
}

function point(ids) {
  for (const mark of parts.text.querySelectorAll("mark[data-facts]")) {
    mark.classList.toggle("hint", factsAt(mark).some((id) => ids.includes(id)));
  }
  for (const row of parts.body.querySelectorAll("tr.fact")) row.classList.toggle("hint", ids.includes(row.dataset.fact));
}

// The place of an offset in the page's own text nodes.
function boundary(offset) {
  const walker = document.createTreeWalker(parts.text, NodeFilter.SHOW_TEXT);
  let left = offset;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const points = state.points.wide ? Array.from(node.data) : node.data;
    if (left <= points.length) return [node, state.points.wide ? points.slice(0, left).join("").length : left];
    left -= points.length;
  }
  return null;
}

function showSentence() {
  if (!window.CSS?.highlights) return;
  CSS.highlights.delete("sentence");
  const sentence = state.picked && factOf(state.picked)?.evidence.sentence;
  const ends = sentence && [boundary(sentence[0]), boundary(sentence[1])];
  if (!ends || !ends[0] || !ends[1]) return;
  const range = new StaticRange({ startContainer: ends[0][0], startOffset: ends[0][1], endContainer: ends[1][0], endOffset: ends[1][1] });
  CSS.highlights.set("sentence", new Highlight(range));
}

// Arrows from each part to the whole it belongs to, and from a picked repeat to its first mention.
function showArrows() {
  if (!parts.arrows) return;
  const frame = parts.text.getBoundingClientRect();
  const marks = new Map([...parts.text.querySelectorAll("mark[data-number]")].map((mark) => [mark.dataset.number, mark]));
  const spot = (id) => {
    const box = marks.get(id)?.getClientRects()[0];
    return box && { x: box.left + box.width / 2 - frame.left, top: box.top - frame.top, bottom: box.bottom - frame.top };
  };
  const paths = [];
  for (const fact of current().facts.filter(isShown)) {
    for (const [target, name] of [[fact.subset_of, "part"], [fact.same_as, "same"]]) {
      if (name === "same" && ![fact.id, target].includes(state.picked)) continue;
      const from = target && spot(fact.id);
      const to = target && spot(target);
      if (!from || !to) continue;
      const lift = Math.min(36, 12 + Math.abs(from.x - to.x) / 8);
      const middle = Math.min(from.top, to.top) - lift;
      const end = to.top < from.top - 4 ? to.bottom + 1 : to.top - 1;
      const bend = to.top < from.top - 4 ? (from.top + end) / 2 : middle;
      paths.push(drawn("path", {
        class: `${name}${state.picked === fact.id || state.picked === target ? " on" : ""}`, "data-from": fact.id, "data-to": target,
        "marker-end": "url(#tip)", d: `M${from.x},${from.top - 1} C${from.x},${bend} ${to.x},${bend} ${to.x},${end}`,
      }));
    }
  }
  const tip = drawn("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto", markerUnits: "userSpaceOnUse" },
    drawn("path", { d: "M0,0 L8,4 L0,8 z" }));
  parts.arrows.replaceChildren(drawn("defs", {}, tip), ...paths);
}

// ---------------------------------------------------------------------------------------------------------- copying

const CSV_COLUMNS = {
  id: (f) => f.id, document: (f) => f.document, program: (f) => f.program, program_type: (f) => f.program_type,
  value: (f) => f.value, value_max: (f) => f.value_max, comparator: (f) => f.comparator, unit: (f) => f.unit,
  currency: (f) => f.currency, value_si: (f) => f.value_si, value_max_si: (f) => f.value_max_si, unit_si: (f) => f.unit_si,
  kind: (f) => f.kind,
  period_start: (f) => f.period?.start, period_end: (f) => f.period?.end, period_relation: (f) => f.period?.relation,
  period_granularity: (f) => f.period?.granularity, period_flags: (f) => f.period?.flags?.join(";"),
  period_start_gregorian: (f) => f.period?.start_gregorian, period_end_gregorian: (f) => f.period?.end_gregorian,
  period_text: (f) => f.period?.text, period_derivation: (f) => f.period?.derivation, status: (f) => f.status,
  change_direction: (f) => f.change?.direction, change_baseline_start: (f) => f.change?.baseline?.start,
  change_baseline_end: (f) => f.change?.baseline?.end, rate: (f) => f.rate, flags: (f) => f.flags?.join(";"),
  subset_of: (f) => f.subset_of, same_as: (f) => f.same_as,
  number_start: (f) => f.evidence.number[0], number_end: (f) => f.evidence.number[1],
  program_start: (f) => f.evidence.program?.[0], program_end: (f) => f.evidence.program?.[1],
  evidence_period_start: (f) => f.evidence.period?.[0], evidence_period_end: (f) => f.evidence.period?.[1],
  sentence_start: (f) => f.evidence.sentence?.[0], sentence_end: (f) => f.evidence.sentence?.[1],
  confidence: (f) => f.confidence,
};

// A cell that a spreadsheet would run as a formula is text.
function csvCell(value) {
  let cell = value === null || value === undefined ? "" : String(value);
  if (/^[=+\-@\t\r]/.test(cell)) cell = `'${cell}`;
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function csvText() {
  const rows = current().facts.filter(isShown).map((fact) => Object.values(CSV_COLUMNS).map((of) => csvCell(of(fact))));
  return [Object.keys(CSV_COLUMNS), ...rows].map((cells) => `${cells.join(",")}\n`).join("");
}

async function copyCsv() {
  const text = csvText();
  let copied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = element("textarea", { "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    copied = document.execCommand("copy");
    area.remove();
  }
  parts.count.value = copied ? "رونوشت برداشته شد." : "مرورگر اجازهٔ رونوشت نداد.";
}
