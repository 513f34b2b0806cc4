import { lazy, Suspense } from "react";
import { useAddress } from "../../page-parts/address.ts";
import { FaultBanner } from "./faults/fault-banner.tsx";
import { OrganizationList } from "./organization-list.tsx";
import { useSetting } from "./sandbox-api.ts";

const Faults = lazy(async () => ({ default: (await import("./faults/faults.tsx")).Faults }));
const Organization = lazy(async () => ({ default: (await import("./organization.tsx")).Organization }));

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const Header = ({ section }: { section: string | undefined }) => {
  const { data: setting } = useSetting();
  return (
    <header className="band">
      <button type="button" className="skip" onClick={focusMain}>
        Skip to the content
      </button>
      <div className="band-line row apart">
        <a className="brand" href="#/">
          <span className="brand-name">Gradient</span> <span className="brand-mark">Sandbox</span>
        </a>
        <p className="band-note">Not Gradient: a local stand-in that bills nobody.</p>
        <nav aria-label="Pages" className="row band-nav">
          <a href="#/" aria-current={section === "faults" ? undefined : "page"}>
            Organizations
          </a>
          <a href="#/faults" aria-current={section === "faults" ? "page" : undefined}>
            Faults
          </a>
          {setting?.hubUi ? <a href={setting.hubUi}>Hub</a> : null}
          {setting?.mailbox ? <a href={setting.mailbox}>Mailbox</a> : null}
        </nav>
      </div>
    </header>
  );
};

// no link: the address behind the # says which screen is open
const focusMain = (): void => {
  document.getElementById("main")?.focus();
};

export const Sandbox = () => {
  const [section, id = "", part = ""] = useAddress().split("/").slice(1);
  const screen = () => {
    if (section === "faults") return <Faults />;
    if (section === "organizations" && id !== "") return <Organization key={id} id={decoded(id)} part={part} />;
    return <OrganizationList />;
  };
  return (
    <>
      <Header section={section} />
      <FaultBanner />
      <main className="page" id="main" tabIndex={-1}>
        <Suspense fallback={<p className="quiet">Loading…</p>}>{screen()}</Suspense>
      </main>
    </>
  );
};
