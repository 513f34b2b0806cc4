import { AppError } from "#shared/errors";
import { isTooSlow } from "#shared/gradient/gradient-api";

/**
 * What to throw for Gradient's failure: its refusal of the token, or that it could not be asked, which says nothing
 * about the token.
 */
const refusal = (error: unknown): unknown => {
  if (!(error instanceof AppError) || !/^(gradient|slots)\./.test(error.code)) return error;
  if (error.code === "gradient.token-rejected") {
    const detail = "Gradient does not accept this token. Generate a new one in Gradient and paste it here.";
    return new AppError("invalid", "token.rejected", detail, { cause: error });
  }
  if (error.code === "gradient.forbidden") {
    const detail = "Gradient refuses this call of the hub. Nothing was changed; try again later.";
    return new AppError("unavailable", "gradient.refused", detail, { cause: error });
  }
  const { kind, retryAfterSeconds } = error;
  const detail = isTooSlow(error)
    ? "Gradient answers too slowly at the moment. Nothing was changed; try again in some minutes."
    : "Gradient could not be asked about the token. Nothing was changed; try again in a moment.";
  return new AppError(kind === "unavailable" ? kind : "upstream", "gradient.unavailable", detail, {
    cause: error,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
};

export const orRefusal = async <T>(call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (error) {
    throw refusal(error);
  }
};
