import { useSession } from "../session.ts";

/** Leads to the wizard: to go on there, or to see what is left to do and hear who may do it. */
export const ToConnect = ({ act = "Go on connecting" }: { act?: string }) => {
  const { mayChange } = useSession();
  return mayChange ? (
    <a className="button primary" href="#/connect">
      {act}
    </a>
  ) : (
    <>
      <p className="quiet small">Only the owner or a full admin of your organization can connect it.</p>
      <a className="button" href="#/connect">
        Show what is left to do
      </a>
    </>
  );
};
