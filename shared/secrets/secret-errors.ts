import { awsFailure } from "../aws-failures.ts";

export const secretsFailure = (error: unknown): Error => awsFailure(error, "secrets.unavailable", "The secret store");

// five minutes: a rotated secret is taken up soon, and a busy function asks twelve times an hour at most
export const cacheMs = 5 * 60 * 1000;
