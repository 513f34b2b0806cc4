import { param, parseBody, Refusal } from "../calls/exchange.ts";
import { type Account, keyOf, newId, type Organization } from "../world/records.ts";
import type { SandboxWorld, VendorRoute } from "../world/sandbox-world.ts";
import { type Change, drop, put, type StateStore } from "../world/state-store.ts";
import { asList, changed, mappingProperty, refuseTakenIds } from "./mappables.ts";
import { accountsCreate, type MappableCreate, mappablesUpdate, mappableUpdate } from "./vendor-schemas.ts";

const root = "/api/vendor-api/organization/accounts";

/** An account as it begins; equal names are mapped at once while the partner sets up for the first time. */
const newAccount = ({ read }: StateStore, { id: organizationId, setUpBefore }: Organization, entry: MappableCreate) => {
  const client = setUpBefore
    ? undefined
    : [...read.psaClients.values()].find((item) => item.organizationId === organizationId && item.name === entry.name);
  return {
    organizationId,
    id: entry.id,
    name: entry.name,
    description: entry.description ?? "",
    isActive: true,
    isArrears: entry.isArrears ?? false,
    mappingId: client ? newId() : null,
    psaClientId: client?.id ?? null,
    excluded: false,
  };
};

/** Moves an account to another id, and what is stored for it along. */
const move = ({ read }: StateStore, account: Account, renamed: Account): Change[] => {
  const isItsOwn = (record: { organizationId: string; accountId: string }) =>
    record.organizationId === account.organizationId && record.accountId === account.id;
  const counts = [...read.counts.values()].filter(isItsOwn);
  const billed = [...read.billed.values()].filter(isItsOwn);
  return [
    drop("accounts", account),
    put("accounts", renamed),
    ...counts.flatMap((count) => [drop("counts", count), put("counts", { ...count, accountId: renamed.id })]),
    ...billed.flatMap((record) => [drop("billed", record), put("billed", { ...record, accountId: renamed.id })]),
  ];
};

/** The partner's customers under the vendor's own ids. */
export const vendorAccountRoutes = ({ store, behaviour }: SandboxWorld): VendorRoute[] => {
  const view = (account: Account) => {
    const { isMapped, mappingId, ...shown } = mappingProperty(account, account.mappingId);
    if (!behaviour.tellsIsMapped()) return shown;
    return { ...shown, isMapped, ...(mappingId === undefined ? {} : { mappingId }) };
  };
  const refuseBehaviour = (entries: { name?: string | undefined }[]): void => {
    if (!behaviour.takesAccounts(entries.length)) throw new Refusal(413, "request entity too large");
    const bad = entries.find(({ name }) => name !== undefined && behaviour.refusesAccount(name));
    if (bad) throw new Refusal(400, [`name ${bad.name} is not accepted`]);
  };
  const find = (organization: Organization, id: string): Account => {
    const account = store.read.accounts.get(keyOf(organization.id, id));
    if (!account) throw new Refusal(404, `No account found with id: ${id}`);
    return account;
  };

  return [
    {
      method: "GET",
      path: root,
      run: ({ query }, organization) => {
        // the separator is not documented: commas and repetition are both understood
        const asked = query.getAll("accountIds").flatMap((ids) => ids.split(","));
        const mappedOnly = query.get("returnUnmapped") === "false";
        const accounts = [...store.read.accounts.values()].filter(
          ({ organizationId, id, mappingId }) =>
            organizationId === organization.id &&
            (asked.length === 0 || asked.includes(id)) &&
            (!mappedOnly || mappingId !== null),
        );
        return { status: 200, body: accounts.map(view) };
      },
    },
    {
      method: "POST",
      path: root,
      run: ({ body }, organization) => {
        const entries = asList(parseBody(accountsCreate, body));
        refuseBehaviour(entries);
        refuseTakenIds(
          "An account",
          entries.map(({ id }) => id),
          (id) => store.read.accounts.has(keyOf(organization.id, id)),
        );
        const accounts = entries.map((entry) => newAccount(store, organization, entry));
        store.commit(...accounts.map((account) => put("accounts", account)));
        return { status: 201, body: accounts.map(view) };
      },
    },
    {
      method: "PATCH",
      path: root,
      run: ({ body }, organization) => {
        const changes = parseBody(mappablesUpdate, body);
        refuseBehaviour(asList(changes));
        const accounts = asList(changes).map((change) => changed(find(organization, change.id), change));
        store.commit(...accounts.map((account) => put("accounts", account)));
        return { status: 200, body: Array.isArray(changes) ? accounts.map(view) : accounts.map(view)[0] };
      },
    },
    {
      method: "PATCH",
      path: `${root}/:accountId`,
      run: (call, organization) => {
        const change = parseBody(mappableUpdate, call.body);
        refuseBehaviour([change]);
        const account = find(organization, param(call, "accountId"));
        const next = changed(account, change);
        if (next.id === account.id) store.commit(put("accounts", next));
        else {
          if (store.read.accounts.has(keyOf(organization.id, next.id))) {
            throw new Refusal(400, [`An account with id ${next.id} already exists`]);
          }
          store.commit(...move(store, account, next));
        }
        return { status: 200, body: view(next) };
      },
    },
  ];
};
