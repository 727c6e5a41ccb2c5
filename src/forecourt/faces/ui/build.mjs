// Builds what browsers get: one stylesheet (Tailwind over our component classes), small scripts, and the icons as JSON for the
// template tag. Everything lands in static/ui/built/, which is not committed.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "static", "ui", "built");
const require = createRequire(import.meta.url);

function tokens() {
  const { brand, neutral, stage, tone } = JSON.parse(readFileSync(join(here, "tokens.json"), "utf8"));
  const line = (name, [light, dark]) => `  --${name}: light-dark(${light}, ${dark});`;
  const lines = [
    ...Object.entries(neutral).map(([name, pair]) => line(name, pair)),
    ...Object.entries(stage).map(([name, pair]) => line(`stage-${name}`, pair)),
    ...Object.entries(tone).map(([name, pair]) => line(`tone-${name}`, pair)),
    // Only until the page's own brand block is read; see colours.style().
    `  --brand: ${brand}; --brand-ink: #fff; --brand-edge: ${brand}; --brand-hover: ${brand}; --brand-text: ${brand};`,
    `  --brand-tint: color-mix(in srgb, ${brand} 12%, var(--surface)); --brand-line: color-mix(in srgb, ${brand} 35%, var(--surface));`,
  ];
  const classes = [
    ...Object.keys(stage).map((name) => `.stage-${name} { --tone: var(--stage-${name}); }`),
    ...Object.keys(tone).map((name) => `.tone-${name} { --tone: var(--tone-${name}); }`),
    `.tone-brand { --tone: var(--brand-text); }`,
  ];
  return `@layer base {\n:root {\n${lines.join("\n")}\n}\n}\n@layer components {\n${classes.join("\n")}\n}\n`;
}

function icons() {
  const folder = join(dirname(require.resolve("lucide-static/package.json")), "icons");
  const shapes = {};
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".svg"))) {
    const text = readFileSync(join(folder, file), "utf8");
    shapes[file.slice(0, -4)] = text.replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "").trim();
  }
  return JSON.stringify(shapes);
}

function style() {
  const tailwind = join(dirname(require.resolve("@tailwindcss/cli/package.json")), "dist", "index.mjs");
  const output = join(built, "app.css");
  execFileSync(process.execPath, [tailwind, "-i", join(here, "styles", "app.css"), "-o", output], { stdio: ["ignore", "ignore", "inherit"] });
  // Tailwind's own minifier would turn light-dark() into a polyfill that breaks nested themes, so esbuild does it.
  const { code } = esbuild.transformSync(readFileSync(output, "utf8"), { loader: "css", minify: true, target: "chrome125" });
  writeFileSync(output, code);
}

function scripts() {
  esbuild.buildSync({
    entryPoints: ["app", "board", "capture"].map((name) => join(here, "scripts", `${name}.js`)),
    outdir: built, bundle: true, format: "esm", minify: true, target: "es2022", legalComments: "none",
  });
}

mkdirSync(built, { recursive: true });
writeFileSync(join(built, "tokens.css"), tokens());
writeFileSync(join(built, "icons.json"), icons());
style();
scripts();
console.log("front end built");
