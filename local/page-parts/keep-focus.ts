/** Where something stands: itself and all that it stands in, each with its place among its siblings. */
type Path = { element: Element; at: number }[];

const pathOf = (element: Element): Path => {
  const path: Path = [];
  for (let one: Element | null = element; one !== null; one = one.parentElement)
    path.push({ element: one, at: one.parentElement === null ? 0 : [...one.parentElement.children].indexOf(one) });
  return path;
};

const pressable = "button, a[href], summary";
const isList = ({ tagName }: Element): boolean => tagName === "UL" || tagName === "OL" || tagName === "TBODY";

const pressablesOf = (row: Element | undefined): HTMLElement[] => [
  ...(row?.querySelectorAll<HTMLElement>(pressable) ?? []),
];

/**
 * The same of the row that has come in the place of one that is gone, or of the last one: where a row has several
 * buttons, a second press does to the next what the first did, and nothing else.
 */
const inNextRow = (path: Path): HTMLElement | null => {
  const place = path.findIndex(({ element }) => element.isConnected) - 1;
  const list = path[place + 1]?.element;
  const row = path[place];
  if (list === undefined || row === undefined || !isList(list)) return null;
  const next = pressablesOf(list.children[Math.min(row.at, list.children.length - 1)]);
  const before: (Element | undefined)[] = pressablesOf(row.element);
  return next[before.indexOf(path[0]?.element)] ?? next[0] ?? null;
};

/** The heading of the part that it stood in. */
const headingAbove = (path: Path): HTMLElement | null => {
  for (const { element } of path) {
    const heading = element.isConnected ? element.querySelector<HTMLElement>("h1, h2, h3, h4") : null;
    if (heading !== null) return heading;
  }
  return null;
};

const take = (target: HTMLElement): void => {
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
};

// whatever has a better place for the focus puts it there first
const patienceMs = 100;

/**
 * Nobody who works with the keyboard, or hears the page, is thrown off it: where the part that has the focus goes, the
 * next row's takes it, or the heading above; where it could not be pressed for a moment, it has it again.
 */
export const keepFocus = (root: HTMLElement): void => {
  let path: Path = [];
  let isDue = false;
  document.addEventListener("focusin", ({ target }) => {
    path = target instanceof Element && root.contains(target) ? pathOf(target) : [];
  });
  // a click on nothing takes the focus off on purpose
  document.addEventListener("pointerdown", ({ target }) => {
    if (target instanceof Element && target.closest("button, a, input, select, textarea, summary, [tabindex]") === null)
      path = [];
  });
  const look = () => {
    isDue = false;
    const had = path[0]?.element;
    if (!(had instanceof HTMLElement) || document.activeElement !== document.body) return;
    // whoever is in the address bar by now stays there
    if (!document.hasFocus()) return;
    if (had.isConnected) {
      if (!had.matches(":disabled")) had.focus({ preventScroll: true });
      return;
    }
    const target = inNextRow(path) ?? headingAbove(path);
    if (target !== null) take(target);
  };
  new MutationObserver(() => {
    if (!isDue) setTimeout(look, patienceMs);
    isDue = true;
  }).observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
};
