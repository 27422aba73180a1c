// What changes once a year.

export const TERMS = [
  { name: "Autumn term", from: "1 Sep", to: "18 Dec" },
  { name: "Half-term holiday", from: "26 Oct", to: "30 Oct" },
  { name: "Spring term", from: "6 Jan", to: "26 Mar" },
  { name: "Summer term", from: "12 Apr", to: "16 Jul" },
];
