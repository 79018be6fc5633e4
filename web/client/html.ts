// The one place where the page takes HTML: what the server has rendered and
// made safe. Where the browser knows Trusted Types no other code can do it.

interface Policy {
  createHTML(html: string): string;
}

interface TrustedTypes {
  createPolicy(name: string, rules: Policy): Policy;
}

const trusted = (window as { trustedTypes?: TrustedTypes }).trustedTypes;
const policy: Policy = trusted?.createPolicy("maieutic", { createHTML: (html) => html }) ?? { createHTML: (html) => html };

// fill replaces what an element holds.
export function fill(element: Element, html: string): void {
  element.innerHTML = policy.createHTML(html);
}

// append adds to what an element holds.
export function append(element: Element, html: string): void {
  element.insertAdjacentHTML("beforeend", policy.createHTML(html));
}
