import path from "node:path";
import { describe, expect, it } from "vitest";
import { lazyBundle, type PageBundle } from "#local/pages/bundle-page";

const limitBytes = 100_000;
const staticImport = /(?:\bfrom|\bimport)\s*"\.\/([^"]+)"/g;

/** What a browser fetches before the page shows anything: the script, all that it imports at once, and the style. */
const firstLoadOf = ({ assets, script, style }: PageBundle): Set<string> => {
  const found = new Set<string>();
  const visit = (address: string): void => {
    if (found.has(address)) return;
    found.add(address);
    const text = Buffer.from(assets.get(address)?.plain ?? []).toString("utf8");
    for (const [, name = ""] of text.matchAll(staticImport)) visit(path.posix.join(path.posix.dirname(address), name));
  };
  visit(script);
  if (style !== undefined) found.add(style);
  return found;
};

describe.each(["local/hub-ui/page/main.tsx", "local/gradient-sandbox/page/main.tsx", "local/mailbox/page/main.tsx"])(
  "the page of %s",
  (entry) => {
    it("has a first load of at most 100 kB over the wire, its further screens left out", async () => {
      const bundle = await lazyBundle(entry)();
      const files = [...firstLoadOf(bundle)];

      const bytes = files.reduce((sum, file) => sum + (bundle.assets.get(file)?.gzip.byteLength ?? Number.NaN), 0);
      expect(bytes).toBeGreaterThan(40_000);
      expect(bytes).toBeLessThanOrEqual(limitBytes);
    });
  },
);

it("leaves the screens of the hub's page for later", async () => {
  const bundle = await lazyBundle("local/hub-ui/page/main.tsx")();

  const atFirst = firstLoadOf(bundle);
  const later = [...bundle.assets.keys()].filter((file) => !atFirst.has(file));
  expect(later.some((file) => file.includes("/wizard-"))).toBe(true);
});
