// Pieces of Markdown, of which the pages of the reference are made.

/** A whole page. */
export const titled = (title, about, body) =>
  `# ${title}\n\n<!-- Written by \`node scripts/reference.mjs\`; not to be edited. -->\n\n${about}\n\n${body.trim()}\n`;

/** A table of rows of cells; without any, nothing. */
export function table(heads, rows) {
  if (!rows.length) return "";
  const line = (cells) => `| ${cells.map((cell) => oneLine(cell).replaceAll("|", "\\|")).join(" | ")} |`.replace(/\|  \|$/, "| |");
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Paragraphs one below the other. */
export const joined = (...parts) => parts.filter(Boolean).join("\n\n");

export const oneLine = (text) => text.replace(/\s+/g, " ").trim();
export const code = (text) => `\`${text}\``;

/** The anchor of a heading. */
export const anchor = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
