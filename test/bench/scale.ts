import { parseArgs } from "node:util";
import { machine, print } from "./report.ts";
import { buildBundles } from "./rig/bundles.ts";
import { benchDynamo } from "./rig/dynamo.ts";
import { manyDuePartners } from "./scale/due-partners.ts";
import { largePartner, smallPartner } from "./scale/large-partner.ts";
import { manyAccounts } from "./scale/many-accounts.ts";
import { rateUnits } from "./scale/rate.ts";

const { values: options } = parseArgs({ options: { quick: { type: "boolean" }, only: { type: "string" } } });

const startedAt = performance.now();
print(`## bench:scale ${options.quick ? "--quick " : ""}(${machine()})`);
const bundles = await buildBundles();

const parts: Record<string, (dynamo: Awaited<ReturnType<typeof benchDynamo>>) => Promise<void>> = {
  rate: (dynamo) => rateUnits(dynamo, options.quick ? 475 : 1900),
  small: (dynamo) => smallPartner(dynamo, bundles),
  large: (dynamo) => largePartner(dynamo, bundles, options.quick ? 10_000 : 100_000),
  due: (dynamo) => manyDuePartners(dynamo, bundles, options.quick ? 2_000 : 50_000),
  accounts: (dynamo) => manyAccounts(dynamo, bundles, options.quick ? [2_000] : [2_000, 20_000]),
};

for (const name of options.only?.split(",") ?? Object.keys(parts)) {
  // a database of its own for each: no part is slowed down by another's rows
  const dynamo = await benchDynamo();
  try {
    await parts[name]?.(dynamo);
  } finally {
    await dynamo.close();
  }
}
print(`\nTook ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes (${machine()}).`);
process.exit();
