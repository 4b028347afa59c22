// When facts hold, on a Jalali axis, and the figures of one programme from period to period.
// Time runs as the text does, from right to left. What a figure leaves open is drawn open.

const OPEN_YEARS = 0.35;

function showTimeline() {
  const facts = current().facts.filter((fact) => isShown(fact) && (fact.period?.start || fact.period?.end));
  if (!facts.length) {
    parts.timeline.replaceChildren(element("p", { class: "none" }, "هیچ سنجه‌ای دورهٔ معلوم ندارد."));
    return;
  }
  const items = facts.map((fact) => {
    const { start, end } = fact.period;
    const from = start ? place(start) : place(end, 1) - OPEN_YEARS;
    const to = end ? place(end, 1) : place(start) + OPEN_YEARS;
    return { fact, from, to: Math.max(to, from + 0.01) };
  });
  const lanes = lanesOf(items);
  const first = Math.min(...items.map((item) => item.from));
  const last = Math.max(...items.map((item) => item.to));
  const pad = Math.max((last - first) * 0.03, 0.02);
  const width = 760;
  const names = 190;
  const rowHeight = 22;
  const height = 26 + lanes.reduce((sum, lane) => sum + lane.rows * rowHeight + 8, 0);
  const x = (when) => (width - names) * (1 - (when - first + pad) / (last - first + 2 * pad));
  const chart = drawn("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `خط زمان ${persian(items.length)} سنجه` });
  for (const [when, label] of ticks(first - pad, last + pad)) {
    chart.append(drawn("line", { class: "axis", x1: x(when), x2: x(when), y1: 20, y2: height }),
      drawn("text", { class: "quiet", x: Math.max(26, Math.min(width - names - 4, x(when))), y: 13, "text-anchor": "middle" }, label));
  }
  let top = 26;
  for (const lane of lanes) {
    chart.append(drawn("text", { x: width - 2, y: top + 14, "text-anchor": "start" }, shortened(lane.name, 26), drawn("title", {}, lane.name)));
    for (const item of lane.items) chart.append(...timelineBar(item, x, top + item.row * rowHeight, rowHeight - 5));
    top += lane.rows * rowHeight + 8;
    chart.append(drawn("line", { class: "axis", x1: 0, x2: width, y1: top - 4, y2: top - 4 }));
  }
  parts.timeline.replaceChildren(chart);
}

function lanesOf(items) {
  const lanes = new Map();
  for (const item of items) {
    const name = programOf(item.fact);
    if (!lanes.has(name)) lanes.set(name, { name, items: [], ends: [], rows: 0 });
    lanes.get(name).items.push(item);
  }
  for (const lane of lanes.values()) {
    lane.items.sort((one, other) => one.from - other.from || one.to - other.to);
    for (const item of lane.items) {
      const free = lane.ends.findIndex((end) => end <= item.from + 1e-9);
      item.row = free < 0 ? lane.ends.length : free;
      lane.ends[item.row] = item.to;
    }
    lane.rows = lane.ends.length;
  }
  return [...lanes.values()];
}

function timelineBar({ fact, from, to }, x, top, height) {
  const right = x(from);
  const left = Math.min(x(to), right - 4);
  const tip = Math.min(8, (right - left) / 2);
  const middle = top + height / 2;
  // an open end is a point: the period goes on beyond it
  const points = [
    ...(fact.period.start ? [[right, top], [right, top + height]] : [[right - tip, top], [right, middle], [right - tip, top + height]]),
    ...(fact.period.end ? [[left, top + height], [left, top]] : [[left + tip, top + height], [left, middle], [left + tip, top]]),
  ];
  const bar = drawn("polygon", {
    class: `bar ${fact.status}${state.picked === fact.id ? " on" : ""}`, "data-fact": fact.id, points: points.map((one) => one.join(",")).join(" "),
    onclick: () => pick(fact.id, { text: true, table: true }),
  }, drawn("title", {}, `${programOf(fact)}: ${valueText(fact)} ${fact.unit || ""} – ${periodText(fact.period)}`));
  const label = shortValueText(fact);
  const fits = right - left > label.length * 7 + 8;
  // beside a bar that is too short for it: on its left, or on its right where the chart ends
  const beside = left - label.length * 7 > 0;
  const text = drawn("text", {
    class: "quiet", y: middle + 4, x: fits ? (left + right) / 2 : beside ? left - 4 : right + 4,
    "text-anchor": fits ? "middle" : beside ? "start" : "end", "pointer-events": "none",
  }, label);
  return [bar, text];
}

function ticks(first, last) {
  const found = [];
  const months = last - first < 2.2 ? (last - first < 1.1 ? 1 : 3) : 12;
  const step = months === 12 ? Math.ceil((last - first) / 10) : 1;
  for (let year = Math.floor(first); year <= last; year += 1) {
    if (months === 12 && year % step) continue;
    for (let month = 1; month <= 12; month += months) {
      const when = place(`${year}-${month}-1`);
      if (when < first || when > last) continue;
      found.push([when, month === 1 ? persian(year) : MONTHS[month - 1]]);
    }
  }
  return found;
}

const shortened = (text, length) => (Array.from(text).length > length ? `${Array.from(text).slice(0, length - 1).join("")}…` : text);

// ------------------------------------------------------------------------------------------------ bars of a programme

// What can stand side by side: one programme, one unit, one kind.
const seriesOf = (fact) => [programOf(fact), fact.kind === "change" ? "تغییر" : "", fact.unit || ""].filter(Boolean).join(" · ");

function showProgrammes() {
  const series = new Map();
  for (const fact of current().facts.filter(isShown)) {
    if (fact.same_as && factOf(fact.same_as)) continue;
    const name = seriesOf(fact);
    series.set(name, [...(series.get(name) || []), fact]);
  }
  const names = [...series.keys()].sort((one, other) => series.get(other).length - series.get(one).length);
  if (!series.has(state.programme)) state.programme = names[0] ?? null;
  parts.series = series;
  parts.programmes.replaceChildren(...names.map((name) => element("option", { value: name }, `${name} (${persian(series.get(name).length)})`)));
  parts.programmes.value = state.programme;
  showBars();
}

function showBars() {
  const facts = [...(parts.series?.get(state.programme) || [])];
  if (!facts.length) {
    parts.bars.replaceChildren(element("p", { class: "none" }, "سنجه‌ای نیست."));
    return;
  }
  const key = (fact) => fact.period?.start || fact.period?.end || "9999";
  facts.sort((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));
  const slot = Math.max(64, Math.min(130, 520 / facts.length));
  const width = Math.max(260, facts.length * slot + 20);
  const [top, floor, height] = [34, 190, 240];
  const most = Math.max(...facts.map((fact) => Number(fact.value_max ?? fact.value))) || 1;
  const chart = drawn("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `روند ${state.programme}` },
    drawn("line", { class: "axis", x1: 0, x2: width, y1: floor, y2: floor }));
  facts.forEach((fact, position) => {
    const middle = width - 10 - (position + 0.5) * slot;
    const y = (value) => floor - (floor - top) * (Number(value) / most);
    chart.append(...figureBar(fact, middle, slot * 0.6, y, floor));
    for (const [line, words] of twoLines(periodText(fact.period), slot / 6.5).entries()) {
      chart.append(drawn("text", { class: "quiet", x: middle, y: floor + 18 + line * 15, "text-anchor": "middle" }, words));
    }
  });
  parts.bars.replaceChildren(chart);
}

// «more than» is open above, «less than» open below the figure, «about» has a rough edge, a range shows both ends.
function figureBar(fact, middle, wide, y, floor) {
  const half = Math.min(wide, 46) / 2;
  const [left, right, top] = [middle - half, middle + half, y(fact.value)];
  const edges = {
    approx: `L${left},${top} q${half / 2},-6 ${half},0 t${half},0`,
    gt: `L${left},${top + 2} L${middle},${top - 9} L${right},${top + 2}`,
    ge: `L${left},${top + 2} L${middle},${top - 9} L${right},${top + 2}`,
    lt: `L${left},${top} L${middle},${Math.min(top + 9, floor)} L${right},${top}`,
    le: `L${left},${top} L${middle},${Math.min(top + 9, floor)} L${right},${top}`,
  };
  const edge = edges[fact.comparator] || `L${left},${top} L${right},${top}`;
  const shapes = [drawn("path", {
    class: `bar ${fact.status}${state.picked === fact.id ? " on" : ""}`, "data-fact": fact.id, d: `M${left},${floor} ${edge} L${right},${floor} Z`,
    onclick: () => pick(fact.id, { text: true, table: true }),
  }, drawn("title", {}, `${valueText(fact)} ${fact.unit || ""} – ${periodText(fact.period)}`))];
  let label = top - 13;
  if (fact.value_max !== null && fact.value_max !== undefined) {
    const upper = y(fact.value_max);
    shapes.push(drawn("path", { class: "whisker", d: `M${middle},${top} V${upper} M${middle - 8},${upper} h16` }));
    label = upper - 6;
  }
  const words = shortValueText(fact);
  const room = wide / 0.6;
  shapes.push(drawn("text", { x: middle, y: label, "text-anchor": "middle",
    ...(words.length * 7 > room && { textLength: room - 4, lengthAdjust: "spacingAndGlyphs" }) }, words));
  return shapes;
}

// Large figures in words where that is exact: «۲٫۵ هزار میلیارد».
function shortValueText(fact) {
  const upper = fact.value_max;
  const words = valueText(fact).replace(grouped(fact.value), inScale(fact.value));
  return upper === null || upper === undefined ? words : words.replace(`تا ${grouped(upper)}`, `تا ${inScale(upper)}`);
}

const SCALES = [[12, "هزار میلیارد"], [9, "میلیارد"], [6, "میلیون"]];

function inScale(value) {
  const [whole, decimals] = String(value).split(".");
  const scale = SCALES.find(([zeros]) => whole.length > zeros && /^0*$/.test(whole.slice(whole.length - zeros + 2)));
  if (decimals || !scale) return grouped(value);
  return `${grouped(`${whole.slice(0, -scale[0])}.${whole.slice(-scale[0])}`)} ${scale[1]}`;
}

function twoLines(text, length) {
  if (text.length <= length) return [text];
  const words = text.split(" ");
  const half = Math.ceil(words.length / 2);
  return [words.slice(0, half).join(" "), words.slice(half).join(" ")].map((line) => shortened(line, Math.max(8, Math.floor(length * 1.4))));
}
