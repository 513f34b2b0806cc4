import type { MailContent } from "../mailer.ts";

/** One part of a letter; both forms of the mail are made from the same parts, so they cannot say different things. */
export type Part =
  | { kind: "paragraph"; text: string }
  | { kind: "heading"; text: string }
  | { kind: "facts"; facts: [label: string, value: string][] }
  | { kind: "list"; items: string[] }
  | { kind: "link"; label: string; url: string };

export interface Letter {
  subject: string;
  parts: Part[];
}

const columns = 78;

// long enough for any honest name, short enough that a pasted essay cannot fill the mail
const lineLimit = 200;

/**
 * A value as one line of plain text: no line break could start a header, no direction mark could turn the text round.
 */
export const oneLine = (value: string): string => {
  const line = value
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim();
  const characters = Array.from(line);
  return characters.length > lineLimit ? `${characters.slice(0, lineLimit - 1).join("")}…` : line;
};

/**
 * A name that somebody else chose, as one line in which no mail program finds an address to make a link of: a space
 * parts what would look like one.
 */
export const nameLine = (value: string): string =>
  oneLine(
    oneLine(value)
      .replace(/:(?=\/\/)/g, ": ")
      .replace(/(?<=[\p{L}\p{N}_-])[.\u3002\uff0e\uff61](?=[\p{L}\p{N}-]{2,})/gu, "$& ")
      .replace(/(?<=\S)@(?=\S)/g, " @ "),
  );

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? "");

/** Words in lines of at most 78 columns; `first` starts the first line, the same width of blanks each further one. */
const wrapped = (text: string, first = ""): string => {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    const longer = isEmpty ? `${line}${word}` : `${line} ${word}`;
    if (longer.length <= columns || isEmpty) line = longer;
    else {
      lines.push(line);
      line = `${" ".repeat(first.length)}${word}`;
    }
    isEmpty = false;
  }
  return [...lines, line].join("\n");
};

const textOf = (part: Part): string => {
  switch (part.kind) {
    case "paragraph":
      return wrapped(part.text);
    case "heading":
      return `${wrapped(part.text)}\n${"-".repeat(Math.min(part.text.length, columns))}`;
    case "facts": {
      const width = Math.max(...part.facts.map(([label]) => label.length)) + 2;
      return part.facts.map(([label, value]) => wrapped(value, `${label}:`.padEnd(width))).join("\n");
    }
    case "list":
      return part.items.map((item) => wrapped(item, "  * ")).join("\n");
    case "link":
      // on a line of its own, and whole: a broken address opens nothing
      return `${wrapped(`${part.label}:`)}\n${part.url}`;
  }
};

const htmlOf = (part: Part): string => {
  switch (part.kind) {
    case "paragraph":
      return `<p style="margin:0 0 16px">${escaped(part.text)}</p>`;
    case "heading":
      return `<h2 style="margin:28px 0 8px;font-size:17px">${escaped(part.text)}</h2>`;
    case "facts": {
      const rows = part.facts.map(
        ([label, value]) =>
          `<dt style="margin:0;font-size:13px;opacity:0.75">${escaped(label)}</dt>` +
          `<dd style="margin:0 0 10px;overflow-wrap:anywhere">${escaped(value)}</dd>`,
      );
      return `<dl style="margin:0 0 16px;padding:0 0 0 14px;border-left:3px solid #888888">\n${rows.join("\n")}\n</dl>`;
    }
    case "list": {
      const items = part.items.map((item) => `<li style="margin:0 0 6px">${escaped(item)}</li>`);
      return `<ul style="margin:0 0 16px;padding-left:22px">\n${items.join("\n")}\n</ul>`;
    }
    case "link":
      return (
        `<p style="margin:0 0 16px"><a href="${escaped(part.url)}" ` +
        `style="color:inherit;font-weight:600;text-decoration:underline">${escaped(part.label)}</a></p>`
      );
  }
};

// No colour but a grey that shows on white and on black: the mail program's own scheme, light or dark, sets the rest.
const pageOf = ({ subject, parts }: Letter): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(subject)}</title>
</head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Arial,sans-serif">
<div style="max-width:600px;margin:0 auto;overflow-wrap:anywhere">
<h1 style="margin:0 0 16px;font-size:21px;line-height:1.3">${escaped(subject)}</h1>
${parts.map(htmlOf).join("\n")}
</div>
</body>
</html>
`;

/** The letter in HTML and in text. Parts are expected to be single lines; `oneLine` makes them of what others wrote. */
export const toMailContent = ({ subject, parts }: Letter): MailContent => ({
  subject: oneLine(subject),
  html: pageOf({ subject: oneLine(subject), parts }),
  text: `${parts.map(textOf).join("\n\n")}\n`,
});
