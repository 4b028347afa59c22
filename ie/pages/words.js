// Words and figures as Persian readers write them, and the few ways in which the page makes elements.
// Text of a report only ever becomes a text node or an attribute: nothing here parses markup.

const COMPARATORS = { eq: "برابر", approx: "حدود", gt: "بیش از", ge: "دست‌کم", lt: "کمتر از", le: "حداکثر", range: "بازه" };
const KINDS = { count: "شمار", amount: "اندازه", percent: "درصد", change: "تغییر" };
const STATUSES = { actual: "انجام‌شده", planned: "پیش‌بینی", negated: "محقق‌نشده" };
const RELATIONS = { in: "در", since: "از", until: "تا" };
const DIRECTIONS = { up: "افزایش", down: "کاهش" };
const LABELS = { NUMBER: "عدد", PERIOD: "دوره", PROGRAM: "برنامه", NONFACT: "عددی که سنجه نیست" };
const MONTHS = ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"];
const NOTHING = "–";

const byId = (id) => document.getElementById(id);

function element(name, options = {}, ...children) {
  const node = document.createElement(name);
  return furnish(node, options, children);
}

function drawn(name, options = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  return furnish(node, options, children);
}

function furnish(node, options, children) {
  for (const [name, value] of Object.entries(options)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const persian = (text) => String(text).replace(/[0-9]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);
const latin = (text) => String(text)
  .replace(/[۰-۹]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹".indexOf(digit))
  .replace(/[٠-٩]/g, (digit) => "٠١٢٣٤٥٦٧٨٩".indexOf(digit))
  .replace(/٫/g, ".")
  .replace(/[٬,\s]/g, "");

// A value is text, digit for digit; a number of a script would round it.
function grouped(value) {
  const [whole, decimals = ""] = String(value).split(".");
  const kept = decimals.replace(/0+$/, "");
  return persian(whole.replace(/\B(?=(\d{3})+(?!\d))/g, "٬") + (kept ? `٫${kept}` : ""));
}

function valueText(fact) {
  const sign = fact.comparator === "eq" || fact.comparator === "range" ? "" : `${COMPARATORS[fact.comparator]} `;
  const direction = fact.change ? `${DIRECTIONS[fact.change.direction]} ` : "";
  const upper = fact.value_max === null || fact.value_max === undefined ? "" : ` تا ${grouped(fact.value_max)}`;
  return `${direction}${sign}${grouped(fact.value)}${upper}`;
}

const dateText = (date) => (date ? persian(date.replaceAll("-", "/")) : "…");
const percentText = (share) => `${persian(Math.round(share * 100))}٪`;

function dayText(date) {
  const [year, month, day] = date.split("-").map(Number);
  return `${persian(day)} ${MONTHS[month - 1]} ${persian(year)}`;
}

const firstOfMonth = (date) => date.endsWith("-01");
function lastOfMonth(date) {
  const [, month, day] = date.split("-").map(Number);
  return day === (month <= 6 ? 31 : 30) || (month === 12 && day === 29);
}

function periodText(period) {
  if (!period) return NOTHING;
  const { start, end } = period;
  if (!start && !end) return period.text || "دوره‌ای باز";
  if (!end) return `از ${dayText(start)}`;
  if (!start) return `تا ${dayText(end)}`;
  if (start === end) return dayText(start);
  if (!firstOfMonth(start) || !lastOfMonth(end)) return `${dayText(start)} تا ${dayText(end)}`;
  const [fromYear, fromMonth] = start.split("-").map(Number);
  const [toYear, toMonth] = end.split("-").map(Number);
  if (fromMonth === 1 && toMonth === 12) {
    return fromYear === toYear ? `سال ${persian(fromYear)}` : `${persian(fromYear)} تا ${persian(toYear)}`;
  }
  if (fromYear !== toYear) {
    return `${MONTHS[fromMonth - 1]} ${persian(fromYear)} تا ${MONTHS[toMonth - 1]} ${persian(toYear)}`;
  }
  if (fromMonth === toMonth) return `${MONTHS[fromMonth - 1]} ${persian(fromYear)}`;
  return `${MONTHS[fromMonth - 1]} تا ${MONTHS[toMonth - 1]} ${persian(fromYear)}`;
}

// Place of a day on the axis, in years: months of 31, 30 and 29 days need no calendar.
function place(date, after = 0) {
  const [year, month, day] = date.split("-").map(Number);
  const before = month <= 7 ? (month - 1) * 31 : 186 + (month - 7) * 30;
  return year + (before + day - 1 + after) / 365.25;
}

// Offsets of the data count code points; those of a script count UTF-16 units.
class CodePoints {
  constructor(text) {
    this.text = text;
    this.wide = /[\ud800-\udbff][\udc00-\udfff]/.test(text);
    this.points = this.wide ? Array.from(text) : null;
    this.length = this.wide ? this.points.length : text.length;
  }

  slice(start, end) {
    return this.wide ? this.points.slice(start, end).join("") : this.text.slice(start, end);
  }

  static count(text) {
    return Array.from(text).length;
  }

  // The occurrence of a phrase that stands nearest to a place, as offsets.
  nearest(phrase, position) {
    const units = this.wide ? this.slice(0, position).length : position;
    const found = [this.text.indexOf(phrase, units), this.text.lastIndexOf(phrase, units)].filter((at) => at >= 0);
    if (!phrase || !found.length) return null;
    const unit = found.sort((one, other) => Math.abs(one - units) - Math.abs(other - units))[0];
    const start = this.wide ? CodePoints.count(this.text.slice(0, unit)) : unit;
    return [start, start + CodePoints.count(phrase)];
  }
}
