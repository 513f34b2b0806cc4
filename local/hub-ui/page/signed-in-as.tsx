import type { SamplePerson } from "#local/sample/people";
import type { Session } from "./session.ts";

const roleNames: Record<SamplePerson["role"], string> = {
  owner: "owner",
  full_admin: "full admin",
  billing_admin: "billing admin",
  product_admin: "product admin",
};

/** Stands in for the hub's sign-in: the sample's people to choose from, by organization. */
export const SignedInAs = ({ session, signIn }: { session: Session; signIn(sub: string): void }) => {
  const { people } = session.setting;
  const organizations = [...new Set(people.map(({ organization }) => organization))];
  return (
    <div className="who">
      <label>
        <span className="small quiet unseen-on-phone">Signed in as</span>{" "}
        <select value={session.person.sub} onChange={(event) => signIn(event.target.value)}>
          {organizations.map((organization) => (
            <optgroup key={organization} label={organization}>
              {people
                .filter((one) => one.organization === organization)
                .map((one) => (
                  <option key={one.sub} value={one.sub}>
                    {one.name}, {roleNames[one.role]}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
      <bdi className="small quiet">{session.person.organization}</bdi>
    </div>
  );
};
