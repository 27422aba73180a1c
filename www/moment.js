import { make } from "./dom.js";

const language = document.documentElement.lang;
const exact = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
const minute = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** A time in words, such as "2 hours ago", with the exact one for whoever asks. Seconds since 1970. */
export function when(seconds) {
  const date = new Date(seconds * 1000);
  return make("time", { dateTime: date.toISOString(), title: exact.format(date) }, distance(date));
}

/** The date and the time of day. Seconds since 1970. */
export const dateAndTime = (seconds) => minute.format(seconds * 1000);

function distance(date) {
  const seconds = (date - Date.now()) / 1000;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? [];
  return unit ? relative.format(Math.trunc(seconds / length), unit) : "just now";
}
