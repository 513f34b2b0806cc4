import { useId } from "react";
import { numberOf } from "../../../../page-parts/words.ts";
import type { Mapping } from "./mapping.ts";

/** How many customers and services are mapped. */
export const Coverage = ({ accounts, services }: Pick<Mapping, "accounts" | "services">) => (
  <div className="coverage" role="status">
    <Bar what="customers" {...accounts} />
    <Bar what="services" {...services} />
  </div>
);

type Share = Mapping["accounts"];

const Bar = ({ what, total, mapped, unknown }: Share & { what: string }) => {
  const id = useId();
  return (
    <div>
      <span id={id}>
        {total > 0 && unknown === total ? (
          <>
            {numberOf(total)} {what}: <strong>not known yet</strong> which are mapped
          </>
        ) : (
          <>
            <strong>{numberOf(mapped)}</strong> of {numberOf(total)} {what} mapped
            {unknown > 0 ? `, ${numberOf(unknown)} not known yet` : ""}
          </>
        )}
      </span>
      <progress aria-labelledby={id} max={Math.max(total, 1)} value={mapped} />
    </div>
  );
};
