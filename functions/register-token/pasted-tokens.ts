import { AppError, isAppError } from "#shared/errors";
import type { GradientConnection } from "#shared/gradient/gradient-api";
import { type PartnerToken, partnerTokenShape } from "#shared/gradient/gradient-token";
import { tokensIn } from "#shared/gradient/pasted-token";

/** The tokens that may be meant, the likeliest first. Throws `token.malformed`. */
export const parseTokens = (text: string): [PartnerToken, ...PartnerToken[]] => {
  const [likeliest, ...others] = tokensIn(text);
  if (likeliest !== undefined) return [likeliest, ...others];
  const detail = `This is not the shape of a Gradient token: ${partnerTokenShape}. Copy the whole key from Gradient and paste it again.`;
  throw new AppError("invalid", "token.malformed", detail, {
    errors: [{ path: "partnerToken", message: `Expected ${partnerTokenShape}.` }],
  });
};

/** Also one of which nobody can tell whether the token or our own key was meant. */
const isRefused = (error: unknown): boolean =>
  isAppError(error, "token.rejected") || (error instanceof AppError && isAppError(error.cause, "token.rejected"));

/** The second, which is the token as it was pasted, is tried where Gradient refuses the first. */
export const tryInTurn = async <T>(
  [likeliest, asPasted]: [PartnerToken, ...PartnerToken[]],
  attempt: (token: PartnerToken) => Promise<T>,
): Promise<T> => {
  try {
    return await attempt(likeliest);
  } catch (error) {
    // what was taken for something around the token may have been a part of it
    if (asPasted === undefined || !isRefused(error)) throw error;
    try {
      return await attempt(asPasted);
    } catch (second) {
      // the first was the last that the partner had
      throw isAppError(second, "token.cooldown") ? error : second;
    }
  }
};

export const organizationDiffers = (current: GradientConnection, other: GradientConnection) => {
  const told = ({ organizationId: id, organizationName: name }: GradientConnection) => ({ id, name });
  const detail =
    "The token belongs to another Gradient organization than the one in use. Say so if that is meant: the agreement is asked for again then, and everything has to be mapped there.";
  return new AppError("conflict", "organization.differs", detail, {
    extra: { current: told(current), new: told(other) },
  });
};
