import { AppError } from "../errors.ts";
import type { GradientApi } from "../gradient/gradient-api.ts";
import type { TokenVault } from "../secrets/token-vault.ts";
import type { Answer, Ask } from "./state/asking.ts";

interface Dependencies {
  vault: Pick<TokenVault, "read">;
  /** Gradient under this vendor key and no other, for calls of this partner. */
  gradientWith: (vendorKey: string, partnerId: string) => Pick<GradientApi, "readConnection">;
}

const answers: Record<string, Answer> = {
  "gradient.token-rejected": "token-rejected",
  "gradient.forbidden": "forbidden",
  // Gradient knew us, and had something else to find fault with
  "gradient.refused": "taken",
  "gradient.conflict": "taken",
  "gradient.throttled": "unanswered",
  "gradient.unavailable": "unanswered",
  "gradient.not-asked": "unanswered",
  "token.missing": "token-missing",
};

/** Asks Gradient with `GET /organization`. */
export const organizationAsker =
  ({ vault, gradientWith }: Dependencies): Ask =>
  async ({ partnerId, secretName, tokenVersionId, vendorKey }) => {
    try {
      const token = await vault.read(secretName, tokenVersionId);
      await gradientWith(vendorKey, partnerId).readConnection(token);
      return "taken";
    } catch (error) {
      const answer = error instanceof AppError ? answers[error.code] : undefined;
      if (answer === undefined) throw error;
      return answer;
    }
  };
