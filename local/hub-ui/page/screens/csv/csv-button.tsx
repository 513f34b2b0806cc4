import { useMutation } from "@tanstack/react-query";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { useSession } from "../../session.ts";
import { type CsvAsked, type CsvFile, type CsvRoute, readCsv } from "./read-csv.ts";

const save = ({ name, parts }: CsvFile): void => {
  const address = URL.createObjectURL(new Blob(parts, { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // the browser has taken it over by then
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};

/** Saves the whole list as a file. A link could not carry the person's token. */
export const CsvButton = ({ route, asked = {} }: { route: CsvRoute; asked?: CsvAsked }) => {
  const { call } = useSession();
  const download = useMutation({ mutationFn: () => readCsv(call, route, asked), onSuccess: save });
  return (
    <div className="csv">
      <Button onPress={() => download.mutate()} isPending={download.isPending}>
        Download as CSV
      </Button>
      <Failure error={download.error} onRetry={() => download.mutate()} />
    </div>
  );
};
