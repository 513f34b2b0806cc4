import { describe, expect, it } from "vitest";
import { blocksOf } from "#local/hub-ui/page/wizard/agreement/markdown-blocks";
import { currentAgreement } from "#shared/agreements/agreement";

describe("blocksOf", () => {
  it("reads headings, lists and paragraphs, and joins the lines that belong together", () => {
    const text = "# Title\n\nA text\nof two lines.\n## Part\n- one\n  goes on\n- two\nlazily\n\nThe end.\n";

    expect(blocksOf(text)).toEqual([
      { kind: "heading", text: "Title" },
      { kind: "paragraph", text: "A text of two lines." },
      { kind: "heading", text: "Part" },
      { kind: "list", items: ["one goes on", "two lazily"] },
      { kind: "paragraph", text: "The end." },
    ]);
  });

  it("makes no markup of what looks like it", () => {
    expect(blocksOf("<img src=x onerror=alert(1)>")).toEqual([
      { kind: "paragraph", text: "<img src=x onerror=alert(1)>" },
    ]);
  });

  it("loses no word of the agreement in force", () => {
    const words = (text: string) =>
      text
        .replace(/(^|\s)(#+|-)(?=\s)/g, " ")
        .split(/\s+/)
        .filter(Boolean);
    const shown = blocksOf(currentAgreement.markdown).flatMap((block) =>
      words(block.kind === "list" ? block.items.join(" ") : block.text),
    );

    expect(shown).toEqual(words(currentAgreement.markdown));
  });
});
