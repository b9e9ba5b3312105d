// Discord's timestamps: <t:unix:style> in the reader's language and time zone; relative ones are kept up to date.

const STYLES = {
  t: { timeStyle: "short" }, T: { timeStyle: "medium" }, d: { dateStyle: "short" }, D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
};
const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

export function timestamp(seconds, style) {
  const date = new Date(seconds * 1000);
  const node = document.createElement("time");
  node.className = "stamp";
  if (Number.isNaN(date.getTime())) {
    node.textContent = "Invalid Date";
    return node;
  }
  node.dateTime = date.toISOString();
  node.title = new Intl.DateTimeFormat(undefined, STYLES.F).format(date);
  if (style === "R") {
    node.dataset.since = seconds;
    node.textContent = ago(seconds);
  } else {
    node.textContent = new Intl.DateTimeFormat(undefined, STYLES[style]).format(date);
  }
  return node;
}

export function clock(seconds) {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" }).format(new Date(seconds * 1000));
}

function ago(seconds) {
  const away = seconds - Date.now() / 1000;
  const [unit, length] = UNITS.find(([, size]) => Math.abs(away) >= size) ?? UNITS.at(-1);
  return relative.format(Math.round(away / length), unit);
}

setInterval(() => {
  for (const node of document.querySelectorAll("time[data-since]")) node.textContent = ago(Number(node.dataset.since));
}, 10_000);
