/** What a device looks like, by what Spotify calls it. Pure. */

/** Icons of Font Awesome 4. */
const ICONS: Readonly<Record<string, string>> = {
  computer: "desktop",
  chromebook: "laptop",
  tablet: "tablet",
  smartphone: "mobile",
  tv: "television",
  stb: "television",
  cast_video: "television",
  game_console: "gamepad",
  automobile: "car",
  car_thing: "car",
  smartwatch: "clock-o",
};

/** Spotify's word for a device if it has an icon of its own; all others are shown as speakers. */
export function deviceKind(type: string | null): string {
  return type !== null && Object.hasOwn(ICONS, type) ? type : "speaker";
}

export function deviceIcon(type: string | null): string {
  return ICONS[deviceKind(type)] ?? "volume-up";
}
