import type { Page } from "playwright-core";

// What one has to read: the words of the screen's own part that are in sight. Rows of data and the names of other
// screens are looked through, not read, and what stood there a moment ago has been read already.
const wordsInSight = `(() => {
  const root = document.querySelector("dialog[open]") ?? document.querySelector("main");
  const read = globalThis.wordsRead ??= new Set();
  const passedOver = "nav, search, table, .choices, .pair, .usage, .unseen, select, [aria-hidden=true]";
  let count = 0;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.data.trim();
    const part = node.parentElement;
    if (text === "" || part.closest(passedOver) !== null) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width === 0 || box.bottom <= 0 || box.top >= innerHeight || read.has(text)) continue;
    read.add(text);
    count += text.split(/\\s+/).filter((word) => /[\\p{L}\\p{N}]/u.test(word)).length;
  }
  return count;
})()`;

/** How many words are in sight that were not when this was asked last; a new page of the browser begins anew. */
export const newWords = (page: Page): Promise<number> => page.evaluate<number>(wordsInSight);
