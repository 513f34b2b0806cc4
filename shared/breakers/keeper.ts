import type { GradientApi } from "../gradient/gradient-api.ts";
import { dueKinds } from "../integrations/record/due-dates.ts";
import type { Clock } from "../pace/clock.ts";
import type { TokenVault } from "../secrets/token-vault.ts";
import type { VendorKey } from "../secrets/vendor-key.ts";
import type { Table } from "../table/table.ts";
import { breakers } from "./breakers.ts";
import { organizationAsker } from "./organization-asker.ts";
import { refusalsOf } from "./refusals.ts";

interface Dependencies {
  table: Table;
  clock: Clock;
  newId: () => string;
  vault: Pick<TokenVault, "read">;
  vendorKey: VendorKey;
  /** Gradient under this vendor key and no other, with slots of the lowest class for calls of this partner. */
  gradientWith: (vendorKey: string, partnerId: string) => Pick<GradientApi, "readConnection">;
}

// enough to find one whose token is good
const waitingAtMost = 8;

/** The breakers of one process, and what those who call Gradient see of them. */
export const breakerKeeper = ({ table, clock, newId, vault, vendorKey, gradientWith }: Dependencies) => {
  const waiting = async (): Promise<string[]> => {
    const until = new Date(clock.now()).toISOString();
    const lines = [dueKinds.wanted, dueKinds.wantedLarge];
    const pages = await Promise.all(lines.map((line) => table.due({ ...line, until, limit: waitingAtMost })));
    return pages.flatMap(({ keys }) => keys).map(({ pk }) => pk.slice(pk.indexOf("#") + 1));
  };
  const ask = organizationAsker({ vault, gradientWith });
  const kept = breakers({ table, clock, newId, ask, vendorKey, waiting });
  return { ...kept, refusals: refusalsOf(kept, vendorKey) };
};
