import { get } from "../api/client";
import { Load } from "../parts/Load";
import { useLoad } from "../state/useLoad";
import { Members } from "./Members";

/** A membership, as the studio tells it. */
export interface Membership {
  organisation: string;
  name: string;
  user: string;
  role: string;
}

/** The organisations of whoever is signed in, each with its members. */
export function Organisations() {
  const loaded = useLoad((signal) => get<{ organisations: Membership[] }>("/organisations", signal), "organisations");
  return (
    <Load from={loaded}>
      {({ organisations }) => (
        <>
          {organisations.map((own) => (
            <Members key={own.organisation} own={own} />
          ))}
        </>
      )}
    </Load>
  );
}
