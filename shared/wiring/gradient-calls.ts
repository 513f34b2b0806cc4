import { randomUUID } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type * as z from "zod";
import { breakerKeeper } from "../breakers/keeper.ts";
import { gradientClient } from "../gradient/gradient-client.ts";
import { patientGradient } from "../gradient/patient-gradient.ts";
import type { gradientEnv } from "../lambda/gradient-env.ts";
import { singleCallPacer } from "../pace/single-calls.ts";
import { systemClock } from "../pace/system-clock.ts";
import type { Rate } from "../pace/table-slots.ts";
import { vendorKeyIn } from "../secrets/secret-text.ts";
import { secretsManagerVault } from "../secrets/secrets-manager-vault.ts";
import { tableNamed } from "../table/table-client.ts";

// as long as the workers' calls one by one wait for Gradient before their message comes again
const patienceMs = 15_000;

/**
 * What a worker needs that calls Gradient, wired once for a process: all its calls share one rate, one vendor key and
 * one view of the breakers. Its single calls and the breakers' probes take slots of the lowest class.
 */
export const gradientCalls = (env: z.output<typeof gradientEnv>) => {
  const table = tableNamed(env.TABLE_NAME);
  const secrets = new SecretsManagerClient({});
  const vault = secretsManagerVault(secrets);
  const vendorKey = vendorKeyIn(secrets, env.VENDOR_KEY_SECRET);
  const rate: Rate = { table, clock: systemClock, per: env.LIMITER_KEY, perSecond: env.CALLS_PER_SECOND };
  const pacerFor = singleCallPacer(rate, { class: "low" });
  const clientWith = (key: string | (() => Promise<string>)) =>
    gradientClient({ baseUrl: env.GRADIENT_BASE_URL, vendorKey: key });
  const gradient = clientWith(async () => (await vendorKey.current()).key);
  const { refusals, probeDue } = breakerKeeper({
    table,
    clock: systemClock,
    newId: randomUUID,
    vault,
    vendorKey,
    gradientWith: (key, partnerId) => clientWith(key).as({ pacer: pacerFor(partnerId) }),
  });
  return {
    table,
    vault,
    rate,
    refusals,
    probeDue,
    /** Without a pacer of its own yet. */
    gradient,
    /** Single calls for a partner, repeated while Gradient has a bad moment, and each only if it `mayGo` then. */
    patientGradientFor: (partnerId: string, mayGo?: () => Promise<boolean>) =>
      patientGradient(gradient.as({ pacer: pacerFor(partnerId), ...(mayGo ? { mayGo } : {}) }), {
        clock: systemClock,
        patienceMs,
      }),
  };
};
