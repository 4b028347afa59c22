// Paste a report, correct what was read, and keep it: every slot, every span, with undo and without losing work.

const NONE = [["", "–"]];
const DRAFT = "ie-draft";
const editing = { keeps: null, history: [], dirty: false };

function startEditing() {
  editing.keeps = JSON.parse(byId("settings").textContent).keeps;
  Object.assign(hooks, { details: factForm, marks: () => current().nonfacts, picked: showToolbar, shown: showToolbar, buttons: editButtons,
    refreshed: () => { byId("undo").disabled = !editing.history.length; } });
  byId("paste").addEventListener("submit", readReport);
  document.addEventListener("selectionchange", showToolbar);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && !event.target.closest("input, textarea")) {
      event.preventDefault();
      undo();
    }
  });
  window.addEventListener("beforeunload", (event) => { if (editing.dirty) event.preventDefault(); });
  byId("page").before(editing.toolbar = element("div", { class: "toolbar panel", role: "toolbar", "aria-label": "ویرایش گزیده", hidden: true }));
  byId("page").after(newFactDialog());
  restoreDraft();
  byId("new-report").open = !state.documents.length;
}

const say = (text, bad = false) => {
  byId("message").textContent = text;
  byId("message").classList.toggle("bad", bad);
};

// ------------------------------------------------------------------------------------------------- asking the server

async function ask(path, body) {
  let answer;
  try {
    answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), credentials: "omit" });
  } catch {
    throw new Error("سرور پاسخ نداد. آنچه ویرایش کرده‌اید در همین صفحه مانده است؛ دوباره بکوشید.");
  }
  const record = await answer.json().catch(() => ({ detail: "پاسخ سرور خوانده نشد." }));
  if (!answer.ok) throw new Error(answer.status === 503 ? "سرور سرگرم است؛ کمی بعد دوباره بکوشید." : record.detail);
  return record;
}

async function readReport(event) {
  event.preventDefault();
  const button = event.submitter || byId("paste").querySelector("button");
  const date = isoDate(byId("source-date").value);
  button.disabled = true;
  say("در حال خواندن…");
  try {
    const report = await ask("/v1/review", { text: byId("source").value, id: byId("source-id").value.trim() || null, report_date: date || null });
    const index = state.documents.findIndex((other) => other.id === report.id);
    if (index >= 0) state.documents[index] = report;
    else state.documents.push(report);
    editing.history = [];
    showDocument(index >= 0 ? index : state.documents.length - 1);
    listDocuments();
    saveDraft();
    byId("new-report").open = false;
    say(`${persian(report.facts.length)} سنجه خوانده شد. برای ویرایش، جزئیات هر سنجه را باز کنید یا بخشی از متن را برگزینید.`);
  } catch (error) {
    say(error.message, true);
  } finally {
    button.disabled = false;
  }
}

async function keep() {
  try {
    const kept = await ask("/v1/annotations", recordOf(current()));
    editing.dirty = false;
    saveDraft();
    say(`${kept.replaced ? "جایگزین نسخهٔ پیشین" : "افزوده"} شد به ${kept.file}.${findingsText(kept.findings)}`);
  } catch (error) {
    say(error.message, true);
  }
}

async function download() {
  try {
    const checked = await ask("/v1/annotations/check", recordOf(current()));
    const link = element("a", {
      href: URL.createObjectURL(new Blob([`${checked.line}\n`], { type: "application/jsonl" })),
      download: `${checked.id.replace(/[^\p{L}\p{N}._-]+/gu, "_")}.jsonl`,
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    editing.dirty = false;
    say(`بارگیری شد.${findingsText(checked.findings)}`);
  } catch (error) {
    say(error.message, true);
  }
}

const findingsText = (findings) => (findings.length ? ` ${persian(findings.length)} نکته برای بازبینی: ${findings.slice(0, 3).join(" · ")}` : "");

// ---------------------------------------------------------------------------------------------- the annotated document

const overlaps = (one, other) => one[0] < other[1] && other[0] < one[1];
const same = (one, other) => Boolean(one && other) && one[0] === other[0] && one[1] === other[1];

// The corrected document as annotations have it. A fact is named after the place of its number.
function recordOf(report) {
  const facts = [...report.facts].sort((one, other) => one.evidence.number[0] - other.evidence.number[0]);
  const names = new Map();
  for (const fact of facts) {
    const base = `${report.id}@${fact.evidence.number[0]}`;
    const used = [...names.values()].filter((name) => name === base || name.startsWith(`${base}:`)).length;
    names.set(fact.id, used ? `${base}:${used + 1}` : base);
  }
  const periods = report.periods.map(({ span, interval }) => ({ span, interval }));
  for (const { evidence, period } of facts) {
    if (evidence.period && !periods.some(({ span }) => same(span, evidence.period))) {
      periods.push({ span: evidence.period, interval: intervalOf(period) });
    }
  }
  const taken = facts.flatMap(({ evidence }) => [evidence.number, evidence.program]).filter(Boolean).concat(periods.map(({ span }) => span));
  return {
    id: report.id,
    title: report.title,
    date: report.date,
    text: report.text,
    periods: periods.sort((one, other) => one.span[0] - other.span[0]),
    nonfacts: report.nonfacts.filter((span) => !taken.some((other) => overlaps(span, other))),
    facts: facts.map((fact) => factRecord(fact, names)),
    spans: report.spans.filter(([, , label]) => label === "PROGRAM").filter((span) => !taken.some((other) => overlaps(span, other)))
      .map((span) => span.slice(0, 3)),
  };
}

function intervalOf(period) {
  return period?.start || period?.end ? { start: period.start || null, end: period.end || null } : null;
}

function factRecord(fact, names) {
  const interval = (period) => (intervalOf(period) ? { ...intervalOf(period), relation: period.relation } : null);
  return {
    id: names.get(fact.id), number: fact.evidence.number, value: fact.value, value_max: fact.value_max,
    comparator: fact.comparator, unit: fact.unit, currency: fact.currency, kind: fact.kind, status: fact.status,
    program: fact.evidence.program, phrase: fact.evidence.program ? null : fact.program, program_type: fact.program_type,
    period: fact.evidence.period, interval: interval(fact.period), sentence: fact.evidence.sentence,
    direction: fact.change?.direction ?? null, baseline: interval(fact.change?.baseline), rate: fact.rate,
    anaphoric: Boolean(fact.anaphoric), subset_of: names.get(fact.subset_of) ?? null, same_as: names.get(fact.same_as) ?? null,
  };
}

// -------------------------------------------------------------------------------------------------------- every edit

// Change the document; what was before can be had back.
function edit(change, { whole = true, fact = null } = {}) {
  editing.history.push(JSON.stringify(current()));
  if (editing.history.length > 200) editing.history.shift();
  change();
  if (fact) Object.assign(fact, { confidence: 1, reasons: ["به دست کاربر"] });
  editing.dirty = true;
  if (whole) showAll();
  else {
    refreshRow(fact);
    refreshFilters();
    showText();
    applyFilters();
  }
  listDocuments();
  saveDraft();
}

function undo() {
  const before = editing.history.pop();
  if (!before) return;
  state.documents[state.index] = JSON.parse(before);
  if (!factOf(state.picked)) state.picked = null;
  showAll();
  listDocuments();
  saveDraft();
  say("یک گام بازگشت.");
}

// Where the browser keeps drafts, a reload or a crash loses nothing.
function saveDraft() {
  try {
    sessionStorage.setItem(DRAFT, JSON.stringify({ documents: state.documents, index: state.index, dirty: editing.dirty }));
  } catch {
    // no room, or not allowed: the page itself still holds everything
  }
}

function restoreDraft() {
  try {
    const draft = JSON.parse(sessionStorage.getItem(DRAFT) || "null");
    if (!draft?.documents?.length) return;
    Object.assign(state, { documents: draft.documents, index: draft.index });
    editing.dirty = draft.dirty;
  } catch {
    // a draft that cannot be read is none
  }
}

async function addFact(span) {
  const report = current();
  const read = await ask("/v1/parse", { text: report.text, start: span[0], end: span[1], label: "NUMBER", report_date: report.date }).catch((error) => say(error.message, true));
  if (!read) return;
  const number = read.number || { span, value: "0", value_max: null, comparator: "eq", unit: null, currency: null, kind: "count" };
  let id = `${report.id}@${number.span[0]}`;
  while (factOf(id)) id += "+";
  const fact = {
    id, document: report.id, program: null, program_type: null, value: number.value, value_max: number.value_max,
    comparator: number.comparator, unit: number.unit, currency: number.currency,
    value_si: null, value_max_si: null, unit_si: null, kind: number.kind, period: null,
    status: "actual", change: null, rate: null, flags: [], subset_of: null, same_as: null, confidence: 1, reasons: ["به دست کاربر"],
    evidence: { number: number.span, program: null, period: null, sentence: read.sentence },
  };
  edit(() => {
    report.nonfacts = report.nonfacts.filter((other) => !overlaps(other, number.span));
    report.facts.push(fact);
    report.facts.sort((one, other) => one.evidence.number[0] - other.evidence.number[0]);
    state.open.add(id);
  });
  pick(id, { text: true, table: true });
  say(read.number ? "سنجهٔ تازه افزوده شد؛ برنامه و دورهٔ آن را برگزینید." : "مقدار این عبارت خوانده نشد؛ آن را بنویسید.", !read.number);
}

function deleteFact(fact) {
  const report = current();
  edit(() => {
    report.facts = report.facts.filter((other) => other !== fact);
    for (const other of report.facts) {
      if (other.subset_of === fact.id) other.subset_of = null;
      if (other.same_as === fact.id) other.same_as = null;
    }
    const used = (span, slot) => report.facts.some((other) => same(other.evidence[slot], span));
    if (!used(fact.evidence.number, "number")) report.nonfacts.push(fact.evidence.number);
    if (fact.evidence.program && !used(fact.evidence.program, "program")) {
      report.spans = report.spans.filter((span) => !(span[2] === "PROGRAM" && same(span, fact.evidence.program)));
    }
    state.picked = null;
  });
  say("سنجه حذف شد؛ «بازگشت» آن را برمی‌گرداند.");
  byId("undo").focus();
}

async function readPeriod(span) {
  const report = current();
  const read = await ask("/v1/parse", { text: report.text, start: span[0], end: span[1], label: "PERIOD", report_date: report.date }).catch((error) => say(error.message, true));
  return read?.period ?? null;
}

function addPeriodSpan(report, span, period) {
  report.periods = report.periods.filter((other) => !overlaps(other.span, span));
  report.periods.push({ span, interval: intervalOf(period) });
  report.spans = report.spans.filter((other) => !overlaps(other, span));
  report.spans.push([span[0], span[1], "PERIOD", 1]);
}

async function setPeriod(fact, span) {
  const period = await readPeriod(span);
  edit(() => {
    addPeriodSpan(current(), span, period);
    fact.evidence.period = span;
    fact.period = period || { start: null, end: null, relation: "in", flags: [], text: state.points.slice(...span), derivation: "" };
  }, { fact });
  say(period ? `دوره: ${periodText(period)}` : "این عبارت دوره‌ای نمی‌گوید؛ آغاز و پایان را بنویسید.", !period);
}

function setProgram(fact, span, phrase = null) {
  edit(() => {
    fact.evidence.program = span;
    fact.program = span ? state.points.slice(...span) : phrase;
  }, { fact });
}

function clearMarks(span) {
  const report = current();
  edit(() => {
    report.spans = report.spans.filter((other) => !overlaps(other, span));
    report.periods = report.periods.filter((other) => !overlaps(other.span, span));
    report.nonfacts = report.nonfacts.filter((other) => !overlaps(other, span));
    for (const fact of report.facts) {
      for (const slot of ["program", "period"]) {
        if (!fact.evidence[slot] || !overlaps(fact.evidence[slot], span)) continue;
        fact.evidence[slot] = null;
        fact[slot] = null;
      }
    }
  });
}

// ----------------------------------------------------------------------------------------------- what is selected

function selectedSpan() {
  const selection = window.getSelection();
  if (!selection.rangeCount || selection.isCollapsed || !parts.text) return null;
  const range = selection.getRangeAt(0);
  if (!parts.text.contains(range.startContainer) || !parts.text.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.selectNodeContents(parts.text);
  before.setEnd(range.startContainer, range.startOffset);
  const words = range.toString();
  const start = CodePoints.count(before.toString()) + CodePoints.count(words) - CodePoints.count(words.trimStart());
  const end = start + CodePoints.count(words.trim());
  return start < end ? [start, end] : null;
}

function showToolbar() {
  const span = state.documents.length ? selectedSpan() : null;
  editing.toolbar.hidden = !span;
  if (!span) return;
  const fact = state.picked && factOf(state.picked);
  const tool = (name, act) => element("button", { type: "button", onmousedown: (event) => event.preventDefault(), onclick: () => { act(); window.getSelection().removeAllRanges(); } }, name);
  editing.toolbar.replaceChildren(...[
    element("bdi", { class: "quiet" }, `«${shortened(state.points.slice(...span), 40)}»`),
    tool("سنجهٔ تازه با این عدد", () => addFact(span)),
    fact && tool("برنامهٔ سنجهٔ برگزیده", () => setProgram(fact, span)),
    fact && tool("دورهٔ سنجهٔ برگزیده", () => setPeriod(fact, span)),
    fact && tool("عدد سنجهٔ برگزیده", () => edit(() => { fact.evidence.number = span; }, { fact })),
    tool("دوره", async () => { const period = await readPeriod(span); edit(() => addPeriodSpan(current(), span, period)); }),
    tool("پاک کردن نشان‌ها", () => clearMarks(span)),
  ].filter(Boolean));
  const box = window.getSelection().getRangeAt(0).getBoundingClientRect();
  const { style } = editing.toolbar;
  style.setProperty("top", `${Math.max(8, box.bottom + 8 > window.innerHeight - 60 ? box.top - 60 : box.bottom + 8)}px`);
  style.setProperty("right", `${Math.max(8, Math.min(window.innerWidth - 340, document.documentElement.clientWidth - box.right))}px`);
}

function editButtons() {
  return [element("div", { class: "row" },
    element("button", { type: "button", id: "add", onclick: () => byId("new-fact").showModal() }, "سنجهٔ تازه"),
    element("button", { type: "button", id: "undo", onclick: undo, disabled: true }, "بازگشت"),
    element("button", { type: "button", id: "download", onclick: download }, "بارگیری"),
    element("button", { type: "button", id: "keep", class: "main", onclick: keep, disabled: !editing.keeps,
      title: editing.keeps ? `در ${editing.keeps}` : "سرور بدون --annotations اجرا شده است" }, "نگه داشتن"))];
}

// Without a mouse a span is named by its words: those nearest to the picked fact are meant.
function newFactDialog() {
  const words = element("input", { id: "new-words", required: true, dir: "rtl", autocomplete: "off" });
  const dialog = element("dialog", { id: "new-fact", class: "panel", "aria-labelledby": "new-title" },
    element("form", { method: "dialog", onsubmit: (event) => {
      const position = state.picked ? factOf(state.picked).evidence.number[0] : 0;
      const span = state.points.nearest(words.value.trim(), position);
      if (!span) {
        event.preventDefault();
        words.setCustomValidity("این عبارت در متن نیست.");
        words.reportValidity();
        return;
      }
      words.value = "";
      addFact(span);
    } },
    element("h2", { id: "new-title" }, "سنجهٔ تازه"),
    element("label", { class: "field" }, "عدد، همان‌گونه که در متن است", words),
    element("div", { class: "row" },
      element("button", { class: "main", value: "add" }, "افزودن"),
      element("button", { type: "button", onclick: () => dialog.close() }, "رها کردن"))));
  words.addEventListener("input", () => words.setCustomValidity(""));
  return dialog;
}

// -------------------------------------------------------------------------------------------------- the form of a fact

const isoDate = (text) => latin(text.trim()).replaceAll("/", "-").replace(/-(\d)(?=-|$)/g, "-0$1");

function factForm(fact) {
  const form = element("form", { class: "slots", "aria-label": `ویرایش ${programOf(fact)}، ${valueText(fact)}`, onsubmit: (event) => event.preventDefault() });
  const id = (name) => `slot-${fact.id}-${name}`;
  const label = (name, title, control) => element("label", { class: `field for-${name}` }, title, control);
  const text = (name, title, value, apply, dir = "auto") => {
    const input = element("input", { id: id(name), name, dir, autocomplete: "off", onchange: () => {
      const problem = apply(input.value.trim());
      input.setCustomValidity(typeof problem === "string" ? problem : "");
      input.reportValidity();
    }, oninput: () => input.setCustomValidity("") });
    input.value = value ?? "";
    return label(name, title, input);
  };
  const choice = (name, title, options, value, apply) => {
    const select = element("select", { id: id(name), name, onchange: () => apply(select.value || null) },
      ...options.map(([key, shown]) => element("option", { value: key }, shown)));
    select.value = value ?? "";
    return label(name, title, select);
  };
  const set = (change) => edit(change, { whole: false, fact });
  const slot = (name) => (value) => set(() => { fact[name] = value || null; });
  const surface = (span) => (span ? state.points.slice(...span) : "");
  const others = current().facts.filter((other) => other !== fact).map((other) => [other.id, shortened(`${programOf(other)}: ${valueText(other)}`, 40)]);
  form.append(
    text("value", "مقدار", fact.value, (value) => applyValue(value, (read) => set(() => { fact.value = read; unmeasure(fact); }), false), "ltr"),
    text("value_max", "بیشینهٔ بازه", fact.value_max, (value) => applyValue(value, (read) => {
      set(() => { fact.value_max = read; unmeasure(fact); fact.comparator = read === null ? (fact.comparator === "range" ? "eq" : fact.comparator) : "range"; });
      form.elements.comparator.value = fact.comparator;
    }, true), "ltr"),
    choice("comparator", "نسبت", Object.entries(COMPARATORS), fact.comparator, slot("comparator")),
    text("unit", "واحد", fact.unit, (value) => set(() => { fact.unit = value || null; unmeasure(fact); })),
    text("currency", "ارز", fact.currency, (value) => set(() => { fact.currency = value || null; unmeasure(fact); }), "ltr"),
    choice("kind", "نوع", Object.entries(KINDS), fact.kind, slot("kind")),
    choice("status", "وضعیت", Object.entries(STATUSES), fact.status, slot("status")),
    choice("direction", "جهت تغییر", [...NONE, ...Object.entries(DIRECTIONS)], fact.change?.direction, (value) =>
      set(() => { fact.change = value && { direction: value, baseline: fact.change?.baseline ?? null }; })),
    text("rate", "نرخ", fact.rate, slot("rate")),
    text("number", "عدد در متن", surface(fact.evidence.number), (value) => {
      const span = state.points.nearest(value, fact.evidence.number[0]);
      if (!span) return "این عبارت در متن نیست.";
      return set(() => { fact.evidence.number = span; });
    }),
    text("program", "برنامه", fact.program, (value) => {
      const span = state.points.nearest(value, fact.evidence.number[0]);
      set(() => { fact.evidence.program = span; fact.program = value || null; });
    }),
    text("program_type", "گونهٔ برنامه", fact.program_type, slot("program_type"), "ltr"),
    text("period", "دوره در متن", surface(fact.evidence.period), (value) => {
      if (!value) return set(() => { fact.evidence.period = null; fact.period = null; });
      const span = state.points.nearest(value, fact.evidence.number[0]);
      if (!span) return "این عبارت در متن نیست.";
      setPeriod(fact, span);
      return null;
    }),
    ...["start", "end"].map((end) => text(end, end === "start" ? "آغاز دوره" : "پایان دوره", fact.period?.[end], (value) => applyDay(value, (day) => set(() => setEnd(fact, end, day))), "ltr")),
    choice("relation", "نسبت به دوره", Object.entries(RELATIONS), fact.period?.relation ?? "in", (value) => set(() => { if (fact.period) fact.period.relation = value; })),
    ...["start", "end"].map((end) => text(`baseline-${end}`, end === "start" ? "آغاز دورهٔ مبنا" : "پایان دورهٔ مبنا", fact.change?.baseline?.[end], (value) => {
      if (!fact.change) return value ? "نخست جهت تغییر را برگزینید." : null;
      return applyDay(value, (day) => set(() => {
        const baseline = { start: null, end: null, relation: "in", ...fact.change.baseline, [end]: day };
        fact.change.baseline = baseline.start || baseline.end ? baseline : null;
      }));
    }, "ltr")),
    choice("subset_of", "بخشی از", [...NONE, ...others], fact.subset_of, slot("subset_of")),
    choice("same_as", "تکرارِ", [...NONE, ...others], fact.same_as, slot("same_as")),
    element("button", { type: "button", class: "delete", onclick: () => deleteFact(fact) }, "حذف سنجه"));
  return form;
}

// Another derivation than the expression's own: it is the reader's now.
function setEnd(fact, end, day) {
  const before = intervalOf(fact.period);
  const period = { start: null, end: null, relation: "in", flags: [], text: null, ...fact.period, derivation: "به دست کاربر", start_gregorian: null, end_gregorian: null, [end]: day };
  if (!fact.period) period.relation = period.start && !period.end ? "since" : "in";
  fact.period = period.start || period.end || fact.evidence.period ? period : null;
  const named = current().periods.find(({ span }) => same(span, fact.evidence.period));
  if (named && JSON.stringify(named.interval) === JSON.stringify(before)) named.interval = intervalOf(period);
}

// What was converted from another value or unit no longer holds.
function unmeasure(fact) {
  fact.value_si = fact.value_max_si = fact.unit_si = null;
}

function applyValue(text, apply, optional) {
  const value = latin(text).replace("/", ".");
  if (optional && !value) return apply(null);
  if (!/^\d+(\.\d+)?$/.test(value)) return "عددی مانند ۱۲ یا ۱۲٫۵ بنویسید.";
  return apply(value.replace(/^0+(?=\d)/, ""));
}

function applyDay(text, apply) {
  const day = isoDate(text);
  if (!day) return apply(null);
  const [, month, date] = day.split("-").map(Number);
  if (!/^1[2-5]\d\d-\d\d-\d\d$/.test(day) || month < 1 || month > 12 || date < 1 || date > (month <= 6 ? 31 : 30)) {
    return "روزی مانند 1401-07-15 بنویسید.";
  }
  return apply(day);
}
