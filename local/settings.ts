import { randomBytes } from "node:crypto";
import * as z from "zod";
import { readStateFile, writeStateFile } from "./state/state-file.ts";

const settings = z.object({ vendorKey: z.string(), webhookSecret: z.string() });

/** The settings of an earlier start, if there was one. */
export const knownSettings = (file: string): z.infer<typeof settings> | undefined => readStateFile(file, settings);

/** What the sandbox and the service share; made once, so that a sandbox's state goes on fitting the secrets. */
export const localSettings = (file: string): z.infer<typeof settings> => {
  const known = knownSettings(file);
  if (known !== undefined) {
    return known;
  }
  const made = {
    vendorKey: `local-vendor-${randomBytes(12).toString("hex")}`,
    webhookSecret: `whsec_${randomBytes(24).toString("base64")}`,
  };
  writeStateFile(file, made);
  return made;
};
