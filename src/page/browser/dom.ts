/** What a page is made of, as nodes. A text becomes a text node, whatever is in it. */
import { attributesOf, type View } from '../view/element.js';

export function toNode(view: View): Node {
  if (typeof view === 'string') return document.createTextNode(view);
  const node = document.createElement(view.tag);
  for (const [name, value] of attributesOf(view)) node.setAttribute(name, value);
  node.append(...view.children.map(toNode));
  return node;
}

/** The element that has to be there. */
export function find<T extends HTMLElement = HTMLElement>(
  selector: string,
  within: ParentNode = document,
): T {
  const found = within.querySelector<T>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

/** What an element `script` holds as JSON. */
export const jsonIn = (element: Element): unknown => JSON.parse(element.textContent ?? 'null');
