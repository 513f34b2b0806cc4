import { type FormEvent, useState } from "react";
import { goTo } from "../../../page-parts/address.ts";
import { Notice } from "../../../page-parts/notice.tsx";
import { addressOf } from "../progress.ts";
import { call, type OrganizationDetail, queries } from "../sandbox-api.ts";
import { useAction } from "../use-action.ts";

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** Another MSP, with what its PSA holds. */
export const NewOrganization = ({ isOpen }: { isOpen: boolean }) => {
  const [isShown, setShown] = useState(isOpen);
  const [name, setName] = useState("");
  const [clients, setClients] = useState("");
  const [products, setProducts] = useState("");
  const { run, isBusy, failure } = useAction();
  const add = (event: FormEvent) => {
    event.preventDefault();
    const psaClients = linesOf(clients);
    const psaProducts = linesOf(products);
    void run(async () => {
      const created = await call<OrganizationDetail>("POST", "/_partner/organizations", {
        name,
        ...(psaClients.length > 0 ? { psaClients } : {}),
        ...(psaProducts.length > 0 ? { psaProducts } : {}),
      });
      await queries.invalidateQueries({ queryKey: ["organizations"] });
      goTo(addressOf(created.organizationId, "connect"));
    });
  };
  return (
    <details className="card" open={isOpen || undefined} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>Add an organization</summary>
      {isShown ? (
        <form onSubmit={add} className="stack">
          <label>
            Name of the MSP
            <input required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
          </label>
          <div className="halves">
            <label>
              Customers in its PSA, one a line
              <textarea rows={5} value={clients} onChange={(event) => setClients(event.target.value)} />
            </label>
            <label>
              Products in its PSA, one a line
              <textarea rows={5} value={products} onChange={(event) => setProducts(event.target.value)} />
            </label>
          </div>
          <p className="quiet small">Left empty, the PSA gets three customers and three products of our own.</p>
          {failure === undefined ? null : <Notice tone="bad">{failure}</Notice>}
          <div>
            <button type="submit" className="primary" disabled={isBusy}>
              Add
            </button>
          </div>
        </form>
      ) : null}
    </details>
  );
};
