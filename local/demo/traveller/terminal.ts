interface Output {
  write: (text: string) => void;
  /** True where a person looks at a terminal that redraws; otherwise only plain lines are written. */
  ansi: boolean;
}

export interface ProgressBar {
  update: (done: number, total: number) => void;
  /** Ends the bar's line; its last state stays on the screen. */
  end: () => void;
}

export interface Terminal {
  heading: (text: string) => void;
  line: (text?: string) => void;
  good: (text: string) => void;
  bad: (text: string) => void;
  /** Somebody else's text, set apart from the demo's own. */
  quote: (text: string) => void;
  progressBar: (label: string) => ProgressBar;
}

const barWidth = 30;

/** What the demo shows. */
export const terminalOn = ({ write, ansi }: Output): Terminal => {
  const styled = (code: number) => (text: string) => (ansi ? `\u001b[${code}m${text}\u001b[0m` : text);
  const [bold, dim, red, green] = [styled(1), styled(2), styled(31), styled(32)];
  const line = (text = "") => write(`${text}\n`);
  return {
    heading: (text) => line(`\n${bold(text)}`),
    line,
    good: (text) => line(`  ${green("✓")} ${text}`),
    bad: (text) => line(`  ${red("✗")} ${text}`),
    quote: (text) => {
      for (const quoted of text.trimEnd().split(/\r?\n/)) line(`  ${dim("│")} ${quoted}`.trimEnd());
    },
    progressBar: (label) => (ansi ? redrawnBar(write, label) : printedBar(write, label)),
  };
};

const redrawnBar = (write: Output["write"], label: string): ProgressBar => {
  let shown = "";
  return {
    update: (done, total) => {
      const filled = Math.round((barWidth * done) / Math.max(total, 1));
      const next = `  ${label} ${"█".repeat(filled)}${"░".repeat(barWidth - filled)} ${done} of ${total}`;
      if (next !== shown) write(`\r\u001b[2K${next}`);
      shown = next;
    },
    end: () => shown !== "" && write("\n"),
  };
};

/** A line per quarter: enough for a log to show that something moves. */
const printedBar = (write: Output["write"], label: string): ProgressBar => {
  let shown = -1;
  return {
    update: (done, total) => {
      const quarter = Math.floor((4 * done) / Math.max(total, 1));
      if (quarter > shown) write(`  ${label} ${done} of ${total}\n`);
      shown = Math.max(shown, quarter);
    },
    end: () => {},
  };
};

/** Standard output; `NO_COLOR` (no-color.org) makes it plain. */
export const standardTerminal = (): Terminal =>
  terminalOn({
    write: (text) => process.stdout.write(text),
    ansi: process.stdout.isTTY && !process.env.NO_COLOR,
  });
