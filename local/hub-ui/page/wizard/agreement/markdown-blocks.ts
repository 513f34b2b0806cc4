const headingMark = /^#{1,6} /;
const itemMark = /^[-*] /;

export type Block =
  | { kind: "heading"; text: string }
  | { kind: "list"; items: string[] }
  | { kind: "paragraph"; text: string };

/** Headings, lists and paragraphs. A line that begins none of them goes on with the one before. */
export const blocksOf = (markdown: string): Block[] => {
  const blocks: Block[] = [];
  let isOpen = false;
  for (const line of markdown.split(/\r?\n/)) {
    const last = isOpen ? blocks.at(-1) : undefined;
    const text = line.trim();
    isOpen = text !== "" && !headingMark.test(text);
    if (text === "") continue;
    if (headingMark.test(text)) blocks.push({ kind: "heading", text: text.replace(headingMark, "") });
    else if (itemMark.test(text) && last?.kind === "list") last.items.push(text.replace(itemMark, ""));
    else if (itemMark.test(text)) blocks.push({ kind: "list", items: [text.replace(itemMark, "")] });
    else if (last?.kind === "list") last.items.push(`${last.items.pop() ?? ""} ${text}`);
    else if (last?.kind === "paragraph") last.text += ` ${text}`;
    else blocks.push({ kind: "paragraph", text });
  }
  return blocks;
};
