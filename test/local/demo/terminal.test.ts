import { describe, expect, it } from "vitest";
import { terminalOn } from "#local/demo/traveller/terminal";

const recorded = (ansi: boolean) => {
  const written: string[] = [];
  return { written, terminal: terminalOn({ write: (text) => written.push(text), ansi }) };
};

describe("the demo's terminal", () => {
  it("writes no escape sequence where nobody looks", () => {
    const { terminal, written } = recorded(false);

    terminal.heading("1 of 12  Sign in");
    terminal.good("signed in");
    terminal.bad("refused");
    terminal.quote("Dear owner,\r\n\r\nyours\n");

    expect(written.join("")).toBe("\n1 of 12  Sign in\n  ✓ signed in\n  ✗ refused\n  │ Dear owner,\n  │\n  │ yours\n");
  });

  it("prints progress as a line per quarter there", () => {
    const { terminal, written } = recorded(false);

    const bar = terminal.progressBar("sent");
    for (let done = 0; done <= 143; done += 1) bar.update(done, 143);
    bar.end();

    expect(written).toEqual([
      "  sent 0 of 143\n",
      "  sent 36 of 143\n",
      "  sent 72 of 143\n",
      "  sent 108 of 143\n",
      "  sent 143 of 143\n",
    ]);
  });

  it("redraws one line on a real terminal, and only when something moved", () => {
    const { terminal, written } = recorded(true);

    const bar = terminal.progressBar("sent");
    bar.update(0, 4);
    bar.update(0, 4);
    bar.update(2, 4);
    bar.end();

    expect(written).toEqual([
      `\r\u001b[2K  sent ${"░".repeat(30)} 0 of 4`,
      `\r\u001b[2K  sent ${"█".repeat(15)}${"░".repeat(15)} 2 of 4`,
      "\n",
    ]);
  });

  it("prints where a bar ended that is not full, and what else is to be known of it", () => {
    const { terminal, written } = recorded(false);

    const bar = terminal.progressBar("sent");
    bar.update(0, 143);
    bar.update(116, 143, "27 left over");
    bar.update(117, 143, "26 left over");
    bar.end();

    expect(written).toEqual([
      "  sent 0 of 143\n",
      "  sent 116 of 143, 27 left over\n",
      "  sent 117 of 143, 26 left over\n",
    ]);
  });

  it("writes a line above a bar on a real terminal, and none after it has ended", () => {
    const { terminal, written } = recorded(true);

    const bar = terminal.progressBar("sent");
    bar.update(0, 4, "1 left over");
    terminal.line("  … Nothing has moved.");
    bar.end();
    terminal.line("over");

    const drawn = `  sent ${"░".repeat(30)} 0 of 4, 1 left over`;
    expect(written).toEqual([`\r\u001b[2K${drawn}`, `\r\u001b[2K  … Nothing has moved.\n${drawn}`, "\n", "over\n"]);
  });

  it("draws a bar for an export without lines", () => {
    const { terminal, written } = recorded(true);

    terminal.progressBar("sent").update(0, 0);

    expect(written).toEqual([`\r\u001b[2K  sent ${"░".repeat(30)} 0 of 0`]);
  });
});
