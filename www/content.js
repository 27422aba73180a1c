// What changes once a year.

export const TERMS = [
  { name: "Autumn term", from: "1 September", to: "18 December" },
  { name: "Half-term holiday", from: "26 October", to: "30 October" },
  { name: "Spring term", from: "6 January", to: "26 March" },
  { name: "Summer term", from: "12 April", to: "16 July" },
];
