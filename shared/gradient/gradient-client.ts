import type * as z from "zod";
import { type AppError, isAppError } from "../errors.ts";
import { type Answer, isSuccess, jsonOf, toAppError, toCountAnswer } from "./gradient-answers.ts";
import {
  type AccountChange,
  type Caller,
  type GradientApi,
  type GradientClient,
  gradientUnavailable,
} from "./gradient-api.ts";
import { accountsReply, connectionReply, vendorReply } from "./gradient-replies.ts";
import { type GradientRequest, gradientRequests, type RequestOptions } from "./gradient-requests.ts";
import type { PartnerToken } from "./gradient-token.ts";
import { TransportError } from "./https-transport.ts";

// Gradient takes "a whole customer list" without naming a limit; 500 accounts are about 100 kB, the size of body that
// servers take by default
const accountsPerCall = 500;

const inBatches = <T>(items: T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / accountsPerCall) }, (_, batch) =>
    items.slice(batch * accountsPerCall, (batch + 1) * accountsPerCall),
  );

/** Ids may hold anything; half a surrogate pair cannot be written into a URL. */
const segment = (id: string) => encodeURIComponent(id.toWellFormed());

const toChangeBody = ({ name, isActive }: AccountChange) => ({
  ...(name === undefined ? {} : { name }),
  ...(isActive === undefined ? {} : { isActive }),
});

const apiFor = (request: ReturnType<typeof gradientRequests>, caller: Caller): GradientApi => {
  const succeed = async (token: PartnerToken, call: GradientRequest): Promise<Answer> => {
    const sent = await request(caller, token, call);
    const answer = await sent.answer.catch((error: unknown) => {
      throw error instanceof TransportError ? gradientUnavailable(error.maySent ? "unanswered" : "answered") : error;
    });
    if (!isSuccess(answer)) throw toAppError(answer);
    return answer;
  };

  const read = async <S extends z.ZodType>(token: PartnerToken, path: string, schema: S): Promise<z.output<S>> => {
    const parsed = schema.safeParse(jsonOf(await succeed(token, { method: "GET", path })));
    if (!parsed.success) throw gradientUnavailable("answered");
    return parsed.data;
  };

  /** One call per account, the documented form. A refused account does not keep the others from being changed. */
  const changeOneByOne = async (token: PartnerToken, changes: AccountChange[]) => {
    let refusal: AppError | undefined;
    for (const change of changes) {
      // without the id in the body: there it would be a new id for the account
      const call: GradientRequest = {
        method: "PATCH",
        path: `/organization/accounts/${segment(change.id)}`,
        body: toChangeBody(change),
      };
      try {
        await succeed(token, call);
      } catch (error) {
        if (!isAppError(error, "gradient.refused")) throw error;
        refusal ??= error;
      }
    }
    if (refusal !== undefined) throw refusal;
  };

  return {
    readConnection: async (token) => {
      const { organizationId, name, integrationId, status, lastSyncedAt } = await read(
        token,
        "/organization",
        connectionReply,
      );
      return { organizationId, organizationName: name, integrationId, status, lastSyncedAt };
    },

    setStatus: async (token, status) => {
      await succeed(token, { method: "PATCH", path: `/organization/status/${status}` });
    },

    readServices: async (token) => {
      const { skus } = await read(token, "", vendorReply);
      return skus.map(({ id, name }) => ({ id, name }));
    },

    createService: async (token, { name, description, category, subcategory }) => {
      const body = { name, description, category, subcategory };
      await succeed(token, { method: "POST", path: "/service", body });
    },

    readAccounts: async (token) => {
      const accounts = await read(token, "/organization/accounts", accountsReply);
      return accounts.map(({ id, name, isMapped }) => ({
        id,
        name: name ?? "",
        ...(isMapped === undefined || isMapped === null ? {} : { isMapped }),
      }));
    },

    createAccounts: async (token, accounts) => {
      for (const batch of inBatches(accounts)) {
        const body = batch.map(({ id, name }) => ({ id, name, description: "" }));
        await succeed(token, { method: "POST", path: "/organization/accounts", body });
      }
    },

    changeAccounts: async (token, changes) => {
      for (const batch of inBatches(changes)) {
        try {
          const body = batch.map((change) => ({ id: change.id, ...toChangeBody(change) }));
          await succeed(token, { method: "PATCH", path: "/organization/accounts", body });
        } catch (error) {
          // The call for many accounts is not documented, only known from a client. Where Gradient does not have it, or
          // refuses one of the accounts, each account is changed by a call of its own.
          if (!isAppError(error, "gradient.refused")) throw error;
          await changeOneByOne(token, batch);
        }
      }
    },

    setUnitCount: async (token, { serviceId, accountId, unitCount, rebuildsViews }) => {
      const path = `/service/${segment(serviceId)}/count${rebuildsViews ? "" : "?no_build=true"}`;
      const call: GradientRequest = { method: "POST", path, body: { accountId, unitCount } };
      const sent = await request(caller, token, call).catch((error: unknown) => {
        if (!isAppError(error, "gradient.not-asked")) throw error;
        return null;
      });
      if (sent === null) return { kind: "not-sent" };
      const { sentAt, answer } = sent;
      try {
        return { ...toCountAnswer(await answer), sentAt };
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        const reason = error.maySent ? error.message : `${error.message}, before anything was sent`;
        return { kind: "in-doubt", reason, sentAt };
      }
    },
  };
};

/** Gradient's vendor API over HTTP. */
export const gradientClient = (options: RequestOptions): GradientClient => {
  const request = gradientRequests(options);
  return { as: (caller) => apiFor(request, caller) };
};
