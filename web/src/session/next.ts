/** Where somebody wanted to go before they had to sign in: only ever a page of this site. */

/** Pages are / or /name/, and nothing else is: no other host, no address of the API, no sign-in after the sign-in. */
const PAGE = /^\/(?:(?!api\/|auth\/|sign-in\/)[a-z]+(?:-[a-z]+)*\/)?$/;
const HERE = "https://here.invalid";

export function wanted(next: string | null, otherwise = "/templates/"): string {
  if (!next?.startsWith("/")) return otherwise;
  let url: URL;
  try {
    url = new URL(next, HERE); // as a browser reads it: with \ for /, and without tabs and line breaks
  } catch {
    return otherwise;
  }
  return url.origin === HERE && PAGE.test(url.pathname) ? `${url.pathname}${url.search}${url.hash}` : otherwise;
}

/** The address of the sign-in page that leads back to `place`. */
export const signInFor = (place: string): string => `/sign-in/?next=${encodeURIComponent(place)}`;
