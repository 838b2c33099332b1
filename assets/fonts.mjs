// Copies the font files that the portal ships (Source Sans 3, OFL-1.1) from the npm package into static/fonts.
// Only Latin and Latin Extended: names of people and municipalities need no more.
import { copyFileSync, mkdirSync } from "node:fs";

const from = "node_modules/@fontsource/source-sans-3";
const to = "static/fonts";
mkdirSync(to, { recursive: true });
for (const subset of ["latin", "latin-ext"]) {
  for (const face of ["400-normal", "400-italic", "600-normal", "700-normal"]) {
    const name = `source-sans-3-${subset}-${face}.woff2`;
    copyFileSync(`${from}/files/${name}`, `${to}/${name}`);
  }
}
copyFileSync(`${from}/LICENSE`, `${to}/source-sans-3-LICENSE.txt`);

// PDF documents print what applicants typed, in whatever script; pages leave that to the visitor's own fonts.
const wide = "node_modules/dejavu-fonts-ttf";
copyFileSync(`${wide}/ttf/DejaVuSans.ttf`, `${to}/dejavu-sans.ttf`);
copyFileSync(`${wide}/LICENSE`, `${to}/dejavu-LICENSE.txt`);
