/** Lets a file be dropped anywhere on the dialog. */

/** @param take is given the one file that was dropped */
export function fileDrop(dialog: HTMLElement, take: (file: File) => void): void {
  const hasFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;
  for (const name of ["dragenter", "dragover"] as const) {
    dialog.addEventListener(name, (event) => {
      if (!hasFile(event)) return;
      // Node-RED would take the file for a flow to import.
      event.preventDefault();
      event.stopPropagation();
      dialog.classList.add("spotify-drop");
    });
  }
  dialog.addEventListener("dragleave", (event) => {
    // It also leaves for an element within.
    const isInside = event.relatedTarget instanceof Node && dialog.contains(event.relatedTarget);
    if (!isInside) dialog.classList.remove("spotify-drop");
  });
  dialog.addEventListener("drop", (event) => {
    dialog.classList.remove("spotify-drop");
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    take(file);
  });
}
