import { activateIntegration } from "#shared/integrations/activate-integration";
import type { Integration } from "#shared/integrations/integration";
import { wish } from "#shared/integrations/record/wants";
import type { Changing } from "#shared/table/changing";
import { type Begun, changeBegun, isReplaced } from "./begin-look.ts";

/** Ends a partner's mapping by what its ledger says was accepted, unless that proves nothing any more. */
export const endMapping = (dependencies: Changing) => {
  const change = changeBegun(dependencies);
  const activate = activateIntegration(dependencies);
  return async (begun: Begun): Promise<void> => {
    const { partnerId, gradient, state, proofGen } = begun.integration;
    const stands = (before: Integration): boolean =>
      before.looks.holder === begun.holder && !isReplaced(before, begun) && before.proofGen === proofGen;
    if (state === "awaiting-mapping") {
      await activate({ partnerId, connectionId: gradient?.integrationId ?? "", stands });
      return;
    }
    const at = dependencies.now().toISOString();
    const mapped = (before: Integration): Integration => ({
      ...before,
      looks: { ...before.looks, mapsAnew: false },
      wants: wish(before.wants, "all", { at, trigger: "mapping" }),
    });
    await change(begun, (before) => (stands(before) && before.looks.mapsAnew ? mapped(before) : before));
  };
};
