interface Output {
  write: (text: string) => void;
  /** True where a person looks at a terminal that redraws; otherwise only plain lines are written. */
  ansi: boolean;
}

export interface ProgressBar {
  /** `note` stands behind the numbers: what else is to be known of them. */
  update: (done: number, total: number, note?: string) => void;
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

/** What the demo shows. A line that comes while a bar is drawn stands above the bar. */
export const terminalOn = ({ write, ansi }: Output): Terminal => {
  const styled = (code: number) => (text: string) => (ansi ? `\u001b[${code}m${text}\u001b[0m` : text);
  const [bold, dim, red, green] = [styled(1), styled(2), styled(31), styled(32)];
  let drawn = "";
  const line = (text = "") => write(drawn === "" ? `${text}\n` : `${eraseLine}${text}\n${drawn}`);
  const draw = (next: string) => {
    if (next !== drawn) write(`${eraseLine}${next}`);
    drawn = next;
  };
  const leave = () => {
    if (drawn !== "") write("\n");
    drawn = "";
  };
  return {
    heading: (text) => line(`\n${bold(text)}`),
    line,
    good: (text) => line(`  ${green("✓")} ${text}`),
    bad: (text) => line(`  ${red("✗")} ${text}`),
    quote: (text) => {
      for (const quoted of text.trimEnd().split(/\r?\n/)) line(`  ${dim("│")} ${quoted}`.trimEnd());
    },
    progressBar: (label) => (ansi ? redrawnBar({ draw, leave }, label) : printedBar(line, label)),
  };
};

const eraseLine = "\r\u001b[2K";

const numbers = (done: number, total: number, note: string): string =>
  `${done} of ${total}${note === "" ? "" : `, ${note}`}`;

const redrawnBar = (
  { draw, leave }: { draw: (next: string) => void; leave: () => void },
  label: string,
): ProgressBar => ({
  update: (done, total, note = "") => {
    const filled = Math.round((barWidth * done) / Math.max(total, 1));
    draw(`  ${label} ${"█".repeat(filled)}${"░".repeat(barWidth - filled)} ${numbers(done, total, note)}`);
  },
  end: leave,
});

/** A line per quarter, and the last state: enough for a log to show that something moves, and where it ended. */
const printedBar = (line: (text: string) => void, label: string): ProgressBar => {
  let [quarter, newest, printed] = [-1, "", ""];
  const print = () => {
    if (newest !== printed) line(newest);
    printed = newest;
  };
  return {
    update: (done, total, note = "") => {
      newest = `  ${label} ${numbers(done, total, note)}`;
      const reached = Math.floor((4 * done) / Math.max(total, 1));
      if (reached > quarter) print();
      quarter = Math.max(quarter, reached);
    },
    end: print,
  };
};

/** Standard output; `NO_COLOR` (no-color.org) makes it plain. */
export const standardTerminal = (): Terminal =>
  terminalOn({
    write: (text) => process.stdout.write(text),
    ansi: process.stdout.isTTY && !process.env.NO_COLOR,
  });
