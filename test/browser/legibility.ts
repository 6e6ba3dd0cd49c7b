/** Measures in the page what makes a dialog hard to read: low contrast, and text that is cut off. */
import type { Locator } from "playwright-core";

/** WCAG 2.2, 1.4.3: text smaller than 24 px. */
const LEAST_CONTRAST = 4.5;

/** Measures contrast, in the page. */
interface Contrast {
  /** The contrast of the element's colour in a property with the background of the element `behind`. */
  of(element: Element, property: "color" | "borderLeftColor", behind: Element | null): number;
}

function makeContrast(): Contrast {
  type Colour = [number, number, number, number];
  const parse = (text: string): Colour => {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return [red, green, blue, alpha];
  };
  const over = (top: Colour, below: Colour): Colour => {
    const mix = (at: 0 | 1 | 2): number => top[at] * top[3] + below[at] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const background = (element: Element | null): Colour => {
    if (element === null) return [255, 255, 255, 1];
    const own = parse(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, background(element.parentElement));
  };
  const luminance = ([red, green, blue]: Colour): number => {
    const linear = (part: number): number =>
      part <= 0.03928 * 255 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  return {
    of(element, property, behind) {
      const ground = background(behind);
      const shown = over(parse(getComputedStyle(element)[property]), ground);
      const [light = 0, dark = 0] = [luminance(shown), luminance(ground)].toSorted((a, b) => b - a);
      return (light + 0.05) / (dark + 0.05);
    },
  };
}

/** The visible texts in a dialog that have too little contrast, each with its contrast. */
export async function faintTexts(dialog: Locator): Promise<string[]> {
  const contrast = await dialog.page().evaluateHandle(makeContrast);
  return dialog.evaluate(
    (root, { contrast: measure, least }) => {
      const found: string[] = [];
      for (const element of root.querySelectorAll<HTMLElement>("*")) {
        const own = [...element.childNodes]
          .filter((node) => node.nodeType === Node.TEXT_NODE)
          .map((node) => node.textContent?.trim() ?? "")
          .join("");
        const isSeen = element.checkVisibility() && !element.matches("option, :disabled, .fa");
        if (own === "" || !isSeen) continue;
        const ratio = measure.of(element, "color", element);
        if (ratio < least) found.push(`${ratio.toFixed(2)}: ${own.slice(0, 40)} (${element.className})`);
      }
      return found;
    },
    { contrast, least: LEAST_CONTRAST },
  );
}

/** The contrast of the marks of a list's chosen row: the sign within it, and the bar beside it. */
export async function chosenMarks(row: Locator): Promise<{ sign: number; bar: number }> {
  const contrast = await row.page().evaluateHandle(makeContrast);
  return row.evaluate(
    (element, { contrast: measure }) => {
      const sign = element.querySelector(".spotify-picker-chosen")!;
      if (getComputedStyle(sign).visibility !== "visible") return { sign: 1, bar: 1 };
      return {
        sign: measure.of(sign, "color", element),
        bar: measure.of(element, "borderLeftColor", element.parentElement),
      };
    },
    { contrast },
  );
}

/** The texts in a dialog that are wider than their place: in rows, chips, buttons, and each option of a select. */
export function clippedTexts(dialog: Locator): Promise<string[]> {
  return dialog.evaluate((root) => {
    const found: string[] = [];
    const tray = root.closest(".red-ui-tray")?.getBoundingClientRect();
    const { right } = root.getBoundingClientRect();
    if (tray !== undefined && right > tray.right) found.push(`all, by ${right - tray.right} pixels`);
    const context = document.createElement("canvas").getContext("2d")!;
    for (const element of root.querySelectorAll<HTMLElement>("*")) {
      if (!element.checkVisibility()) continue;
      if (element instanceof HTMLSelectElement) {
        const { font, paddingLeft, paddingRight } = getComputedStyle(element);
        context.font = font;
        const room = element.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
        for (const { text } of element.options) {
          const needed = context.measureText(text).width;
          if (needed > room) found.push(`${text}: ${Math.ceil(needed)} pixels, of which ${room} are there`);
        }
      } else if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1) {
        const isInline = getComputedStyle(element).display === "inline";
        if (!isInline)
          found.push(
            `${element.tagName} ${element.id || element.className}: ${element.innerText.slice(0, 40)}`,
          );
      }
    }
    return found;
  });
}
