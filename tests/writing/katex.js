// Renders the formulas of a JSON array on standard input; prints those that KaTeX refuses.
const katex = require(process.argv[2] + "/katex");
const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
const macros = {};
const refused = [];
for (const [latex, displayMode] of formulas) {
  try {
    katex.renderToString(latex, {
      displayMode, macros, globalGroup: true, throwOnError: true, strict: "error", trust: false,
    });
  } catch (error) {
    refused.push([latex, error.message]);
  }
}
console.log(JSON.stringify({ rendered: formulas.length - refused.length, refused }));
