/** The ways of signing in, as cards. At most one card is open. */
import type { WayName } from "../../shared/editor/account-dialog";

export interface WayChoice {
  /** Opens this one, and takes the focus to it. */
  choose(way: WayName): void;
  /** Opens this one at first, or none; it is the user's from then on. */
  suggest(way: WayName | undefined): void;
}

export function wayChoice(dialog: HTMLElement): WayChoice {
  const radios = [...dialog.querySelectorAll<HTMLInputElement>("input[name=spotify-way]")];
  const panels = [...dialog.querySelectorAll<HTMLElement>("[data-way]")];
  let isSettled = false;

  const display = (): void => {
    const open = radios.find((radio) => radio.checked)?.value;
    for (const panel of panels) panel.hidden = panel.dataset["way"] !== open;
  };
  const check = (way: WayName | undefined): void => {
    for (const radio of radios) radio.checked = radio.value === way;
    display();
  };

  for (const radio of radios) {
    radio.addEventListener("change", () => {
      isSettled = true;
      display();
    });
  }
  display();
  return {
    choose(way) {
      isSettled = true;
      check(way);
      const radio = radios.find((one) => one.checked);
      radio?.focus();
      radio?.closest("label")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
    },
    suggest(way) {
      if (isSettled) return;
      isSettled = true;
      check(way);
    },
  };
}
