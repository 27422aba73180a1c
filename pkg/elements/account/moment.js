import { make } from "../dom.js";

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** A time in words, such as "2 hours ago", with the exact one for whoever asks. Seconds since 1970. */
export function when(host, seconds) {
  const date = new Date(seconds * 1000);
  const exact = new Intl.DateTimeFormat(host.language, { dateStyle: "medium", timeStyle: "medium" }).format(date);
  return make("time", { dateTime: date.toISOString(), title: exact }, distance(host, date));
}

function distance({ language, say }, date) {
  const seconds = (date - Date.now()) / 1000;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? [];
  if (!unit) return say("account.now");
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.trunc(seconds / length), unit);
}
