import { type Integration, isDisconnectedThere } from "./integration.ts";
import { wish } from "./record/wants.ts";

/**
 * What a partner that is suspended no more wants: whoever changed something meanwhile has left that to its return. The
 * counts may have gone with a connection that was ended in Gradient.
 */
export const wantingMissed = (before: Integration, value: Integration, at: string): Integration => {
  if (before.state !== "suspended") return value;
  const proofGen = value.proofGen + Number(isDisconnectedThere(before));
  if (value.mapping.completedAt === null) return { ...value, proofGen };
  return { ...value, proofGen, wants: wish(value.wants, "all", { at, trigger: "recovery" }) };
};
