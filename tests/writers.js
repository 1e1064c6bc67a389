// Read a workbook and write it anew: node writers.js (sheetjs|sheetjs-dates|exceljs) FROM TO, with the packages at hand in NODE_PATH.
const [writer, from, to] = process.argv.slice(2);
if (writer === "exceljs") {
  const book = new (require("exceljs").Workbook)();
  book.xlsx.readFile(from).then(() => book.xlsx.writeFile(to));
} else {
  const sheetjs = require("xlsx");
  const dates = writer === "sheetjs-dates";
  sheetjs.writeFile(sheetjs.readFile(from, { cellDates: dates }), to, { cellDates: dates });
}
