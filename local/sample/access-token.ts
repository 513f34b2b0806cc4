import * as z from "zod";
import { callJson } from "./call-json.ts";

export interface Caller {
  org_id: string;
  sub: string;
  role: "owner" | "full_admin" | "product_admin" | "billing_admin";
  name: string;
  email: string;
  scope: string;
}

/** A JWT of the local issuer, which asks nobody for a password. */
export const fetchAccessToken = async (issuer: string, caller: Caller): Promise<string> => {
  const { access_token: accessToken } = await callJson({
    method: "POST",
    url: `${issuer}/token`,
    body: caller,
    answer: z.object({ access_token: z.string() }),
  });
  return accessToken;
};
