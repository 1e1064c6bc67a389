"use strict";
/* What joins the data, the tables (Tabulator) and the charts (ECharts) of the page. Texts of workbooks are set as text, never as markup. */
(() => {
  const el = id => document.getElementById(id);
  const data = JSON.parse(el("data").textContent);
  const STATUSES = data.statuses;
  const SIGNS = ["✓", "✕", "?", "…", "–", "◷", "○"];
  const LOOKS = ["s0", "s1", "s2", "s3", "s4", "s3", "s4"];
  const COLOURS = ["#1f6fb2", "#d95f02", "#6f6f6f", "#8ab8dc", "#c4cad1", "#8ab8dc", "#c4cad1"];
  const LACKING = ["1", "2"], MET = "0", NOWHERE = "（未注明上级）";
  const TABS = ["overview", "units", "heat", "receipt"];
  const FIELDS = ["q", "parent", "status", "miss", "head"];
  const MOST_BARS = 12, MOST_MOVED = 6, MOST_NAMED = 8;
  const PRINTED = 190; /* pixels of the distribution on the printed page, whatever the number of boxes */
  const state = { g: "0", tab: "overview", unit: "" };
  const charts = {}, tables = {};
  let details = null;

  const make = (tag, text, name) => {
    const made = document.createElement(tag);
    if (text !== undefined && text !== null) made.textContent = text;
    if (name) made.className = name;
    return made;
  };
  const put = (where, ...items) => where.replaceChildren(...items);
  const percent = value => value === null || value === undefined ? "—" : `${Math.round(value * 1000) / 10}%`;
  const points = value => value === null || value === undefined ? "—" : value.toFixed(2);
  const signed = value => (value > 0 ? "+" : "−") + Math.abs(value).toFixed(2);
  const button = (text, name, done) => {
    const made = make("button", text, name);
    made.type = "button";
    made.addEventListener("click", done);
    return made;
  };
  const tag = status => make("span", `${SIGNS[STATUSES.indexOf(status)]} ${status}`, `tag ${LOOKS[STATUSES.indexOf(status)]}`);

  for (const [number, group] of data.groups.entries()) {
    const columns = Object.entries(group.committees), many = columns.length ? columns[0][1].length : 0;
    group.rows = Array.from({ length: many }, (_, at) => {
      const row = Object.fromEntries(columns.map(([name, values]) => [name, values[at]]));
      return Object.assign(row, { at, number, parent: row.parent || NOWHERE, change: row.last ? row.last[4] : null });
    });
  }
  /* What all units are called at their end says nothing of one of them, and hides the rest of the name in a chart. */
  const units = [...new Set(data.groups.flatMap(one => one.rows.map(row => row.unit)))];
  let ending = units.length > 1 ? units[0] : "";
  while (ending && !units.every(unit => unit.endsWith(ending) && unit.length > ending.length)) ending = ending.slice(1);
  const short = unit => ending.length > 1 && unit.endsWith(ending) ? unit.slice(0, -ending.length) : unit;
  const group = () => data.groups[Number(state.g)] || data.groups[0];
  const apart = () => group().regions.length > 0;
  const missed = (row, index) => LACKING.includes(row.marks[index]);

  /* A committee is shown when it passes all filters; a chart leaves out its own, so that the others can still be chosen there. */
  function chosen(except) {
    const miss = group().indicators.findIndex(item => item.id === state.miss), head = group().goods.findIndex(item => item.id === state.head);
    const text = (state.q || "").trim();
    return group().rows.filter(row => (!text || row.unit.includes(text))
      && (except === "parent" || !state.parent || row.parent === state.parent)
      && (except === "status" || !state.status || row.status === state.status)
      && (except === "miss" || miss < 0 || missed(row, miss))
      && (except === "head" || head < 0 || LACKING.includes(row.heads[head])));
  }

  /* ---- charts ---- */
  const printing = () => document.body.classList.contains("printing");
  const tall = items => (printing() ? 18 : 26) * items.length + 14;
  const size = () => printing() ? 11 : 13;
  const BAR = { type: "bar", barWidth: "62%" };
  function chart(name, height, option, click) {
    const box = el(`c-${name}`), had = charts[name];
    box.style.height = `${height}px`;
    const own = charts[name] = had || echarts.init(box, null, { locale: "ZH" });
    own.off("click");
    own.on("click", event => click(event.componentType === "yAxis" ? event.value : event.name, event));
    own.resize();
    own.setOption({ animation: false, aria: { enabled: true }, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: size() }, ...option }, { replaceMerge: ["xAxis", "yAxis", "series"] });
    if (!had) el(`s-${name}`).append(button("存为图片", "save", () => save(own.getDataURL({ pixelRatio: 2, backgroundColor: "#fff" }), `${el(`s-${name}`).querySelector("h2").textContent}.png`)));
  }
  function save(address, name) {
    const link = make("a");
    link.href = address;
    link.download = name;
    link.click();
  }
  const names = (labels, room) => ({ type: "category", data: labels, inverse: true, triggerEvent: true, axisTick: { show: false }, axisLabel: { width: room, overflow: "truncate", interval: 0, fontSize: size() } });
  const frame = right => ({ left: 6, right, top: 4, bottom: 4, containLabel: true });
  const tip = text => ({ confine: true, formatter: event => make("span", text(event)) });

  /* Bars beside names: [name, value, words, colour, whether it is the chosen one]. */
  function bars(name, items, most, click, room = 130) {
    const some = items.some(item => item[4]);
    chart(name, tall(items), {
      grid: frame(96), tooltip: tip(event => `${event.name}：${items[event.dataIndex][2]}`),
      xAxis: { type: "value", show: false, max: most }, yAxis: names(items.map(item => item[0]), room),
      series: [{ ...BAR, data: items.map(item => ({ name: item[0], value: item[1], itemStyle: { color: item[3], opacity: some && !item[4] ? 0.35 : 1 } })),
        label: { show: true, position: "right", color: "#1d2733", fontSize: size(), formatter: event => items[event.dataIndex][2] } }],
    }, click);
  }
  const toggle = (field, value) => set({ [field]: state[field] === value ? "" : value });
  const hide = (name, yes) => { el(`s-${name}`).hidden = yes; return yes; };
  const bold = text => make("b", text);

  function drawMissing() {
    const roster = data.roster;
    if (hide("missing", !roster)) return;
    const all = roster.missing_all, some = roster.missing.slice(0, MOST_NAMED).map(item => short(item.unit)).join("、");
    const levels = roster.levels.filter(([, expected]) => expected < roster.expected), more = levels.slice(MOST_BARS - 3).filter(level => level[3]);
    const items = [["全部", roster.expected, roster.received, roster.missing_all], ...levels.slice(0, MOST_BARS - 3)], picked = items.some(([name]) => name === state.parent);
    put(el("a-missing"), ...(all ? [bold(`${all} 个`), `：${some}${all > MOST_NAMED ? "……" : ""}　`, button("看全部", "link", () => set({ tab: "receipt" })), ...(more.length ? [`　另有 ${more.length} 个上级没有报齐，图里没有列出。`] : [])] : [`没有未报的。${roster.unsettled.length ? `待定 ${roster.unsettled.length} 个。` : ""}`]));
    const part = (of, colour, label) => ({ ...BAR, stack: "all", label, data: items.map(item => ({ name: item[0], value: of(item), itemStyle: { color: colour, opacity: picked && item[0] !== state.parent ? 0.35 : 1 } })) });
    const words = ([, expected, , missing]) => missing ? `未报 ${missing}（共 ${expected}）` : `报齐（${expected}）`, share = ([, expected, , missing]) => expected ? missing / expected : 0;
    chart("missing", tall(items), {
      grid: frame(112), tooltip: tip(event => { const [name, expected, received, missing] = items[event.dataIndex]; return `${name}：应报 ${expected}，已报 ${received}，未报 ${missing}`; }),
      xAxis: { type: "value", show: false, max: 1 }, yAxis: names(items.map(item => item[0]), 130),
      series: [part(item => 1 - share(item), COLOURS[0], { show: false }),
        part(share, COLOURS[1], { show: true, position: "right", color: "#1d2733", fontSize: size(), formatter: event => words(items[event.dataIndex]) })],
    }, name => group() && group().rows.some(row => row.parent === name) && toggle("parent", name));
  }

  function drawWeak() {
    const own = group(), rows = apart() ? [] : chosen("miss");
    const counts = own.indicators.map((item, index) => [item, apart() ? item.lacking : rows.filter(row => missed(row, index)).length]);
    const worst = counts.filter(([item, count]) => count || item.id === state.miss).sort((one, other) => other[1] - one[1]).slice(0, MOST_BARS);
    const size = apart() ? own.size : rows.length;
    const [first, count] = worst[0] || [];
    put(el("a-weak"), ...(first ? [bold(first.title), "：", apart() ? `${count} 个单位` : button(`${count} 个单位`, "link", () => set({ miss: first.id, tab: "units" })), `没有达到（共 ${size} 个）`] : ["没有未达到的指标。"]));
    bars("weak", worst.map(([item, count]) => [`${item.id} ${item.title}`, count, `${count} 个`, COLOURS[1], item.id === state.miss]), undefined,
      name => !apart() && toggle("miss", name.split(" ")[0]), 170);
  }

  function drawMoved() {
    const rows = chosen().filter(row => row.change), before = group().before;
    if (hide("moved", !before)) return;
    const order = rows.sort((one, other) => other.change - one.change);
    const shown = [...order.filter(row => row.change > 0).slice(0, MOST_MOVED), ...order.filter(row => row.change < 0).slice(-MOST_MOVED)];
    const up = apart() ? before.up : order.filter(row => row.change > 0).length, down = apart() ? before.down : order.length - up;
    const same = before.known - before.up - before.down, most = (row, word) => {
      const equal = order.filter(other => other.change === row.change).length;
      return [` ${word}最多：`, button(short(row.unit), "link", () => open(row)), `（${signed(row.change)}${equal > 1 ? `，共 ${equal} 个` : ""}）`];
    };
    const first = order[0], last = order[order.length - 1];
    put(el("a-moved"), `与上次相比，上升 ${up} 个，下降 ${down} 个${apart() || order.length === before.up + before.down ? `，不变 ${same} 个` : ""}；两次都有的 ${before.known} 个单位，达标率 ${percent(before.rate)} → ${percent(before.now.rate)}。`,
      ...(first && first.change > 0 ? most(first, "上升") : []), ...(last && last.change < 0 ? most(last, "下降") : []));
    el("c-moved").hidden = !shown.length;
    if (!shown.length) return;
    chart("moved", tall(shown), {
      grid: frame(20), tooltip: tip(event => { const row = shown[event.dataIndex]; return `${row.unit}：${points(row.last[3])} → ${points(row.score)}（${signed(row.change)}）`; }),
      xAxis: { type: "value", show: false, min: value => Math.min(0, value.min * 1.7), max: value => Math.max(0, value.max * 1.7) },
      yAxis: { ...names(shown.map(row => short(row.unit)), 130), axisLine: { show: false, onZero: false } },
      series: [{ ...BAR, data: shown.map(row => ({ name: short(row.unit), value: row.change, itemStyle: { color: COLOURS[row.change > 0 ? 0 : 1] }, label: { position: row.change > 0 ? "right" : "left" } })),
        label: { show: true, color: "#1d2733", fontSize: size(), formatter: event => signed(event.value) } }],
    }, (name, event) => { const row = event.componentType === "series" ? shown[event.dataIndex] : shown.find(one => short(one.unit) === name); if (row) open(row); });
  }

  function drawStatus() {
    const own = group(), rows = apart() ? [] : chosen("status");
    const counts = STATUSES.map(status => [status, apart() ? own.overall.counts[status] : rows.filter(row => row.status === status).length]).filter(([status, count]) => count || status === state.status);
    const size = counts.reduce((sum, [, count]) => sum + count, 0), met = (counts.find(([status]) => status === STATUSES[0]) || [0, 0])[1];
    put(el("a-status"), `${size} 个单位中 ${met} 个达标。`);
    bars("status", counts.map(([status, count]) => [`${SIGNS[STATUSES.indexOf(status)]} ${status}`, count, `${count} 个`, COLOURS[STATUSES.indexOf(status)], status === state.status]), size || 1,
      name => !apart() && toggle("status", name.split(" ")[1]), 90);
  }

  function drawHeads() {
    const own = group(), rows = apart() ? [] : chosen("head");
    if (hide("heads", !own.goods.length)) return;
    const items = own.goods.map((head, index) => {
      const asked = apart() ? head.asked : rows.filter(row => "01236".includes(row.heads[index])).length, met = apart() ? head.met : rows.filter(row => row.heads[index] === MET).length;
      return [head.title, asked ? met / asked : 0, asked ? `${percent(met / asked)}（${met}／${asked}）` : "不适用", COLOURS[0], head.id === state.head];
    });
    put(el("a-heads"), "达标的单位占该方面适用单位的比例。");
    bars("heads", items, 1, name => { const head = own.goods.find(item => item.title === name); if (head && !apart()) toggle("head", head.id); });
  }

  const quantile = (sorted, share) => {
    const place = (sorted.length - 1) * share, low = Math.floor(place);
    return sorted[low] + (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]) * (place - low);
  };
  function drawSpread() {
    if (apart()) {
      put(el("a-spread"), "各上级的达标率。");
      bars("spread", group().regions.map(one => [one.name || NOWHERE, one.overall[2] || 0, `${percent(one.overall[2])}（${one.overall[0]}／${one.overall[1]}）`, COLOURS[0], false]), 1, () => {});
      return;
    }
    const rows = chosen("parent").filter(row => row.score !== null);
    if (hide("spread", !rows.length)) return;
    const parents = new Map();
    for (const row of rows) parents.set(row.parent, [...(parents.get(row.parent) || []), row]);
    const every = [...parents].map(([name, own]) => {
      const sorted = own.map(row => row.score).sort((one, other) => one - other);
      return { name, own, five: [0, 0.25, 0.5, 0.75, 1].map(share => quantile(sorted, share)) };
    }).sort((one, other) => other.five[2] - one.five[2]);
    const boxes = printing() ? every.slice(-MOST_BARS) : every, left = every.length - boxes.length;
    const all = rows.map(row => row.score).sort((one, other) => one - other), faint = name => state.parent && state.parent !== name ? 0.25 : 1;
    put(el("a-spread"), `一个点是一个单位：蓝的达标，橙的未达标。长方框里是分数居中的一半单位，框里的竖线是中位数（全部单位 ${quantile(all, 0.5).toFixed(1)} 分）。${left ? `中位数较高的 ${left} 个上级没有印出。` : ""}`);
    const step = printing() ? Math.min(34, PRINTED / boxes.length) : 34;
    chart("spread", step * boxes.length + 34, {
      grid: { left: 6, right: 20, top: 4, bottom: 4, containLabel: true },
      tooltip: tip(event => event.seriesType === "scatter" ? `${event.name}：${points(event.value[0])} 分` : `${event.name}：${boxes[event.dataIndex].own.length} 个单位，中位数 ${boxes[event.dataIndex].five[2].toFixed(1)} 分`),
      xAxis: { type: "value", position: "top", scale: true, max: value => Math.ceil(value.max), min: value => Math.floor(value.min) },
      yAxis: { ...names(boxes.map(box => box.name), 150), axisLabel: { width: 150, overflow: "truncate", interval: 0, fontSize: Math.min(size(), step - 1) }, jitter: step / 2 },
      series: [{ type: "boxplot", boxWidth: [8, 20], data: boxes.map(box => ({ name: box.name, value: box.five, itemStyle: { color: "#dbe8f4", borderColor: "#17375e", opacity: faint(box.name) } })) },
        { type: "scatter", symbolSize: 6, data: boxes.flatMap((box, at) => box.own.map(row => ({ name: row.unit, value: [row.score, at], row: row.at, itemStyle: { color: COLOURS[STATUSES.indexOf(row.status)], opacity: 0.75 * faint(box.name) } }))) }],
    }, (name, event) => event.seriesType === "scatter" ? open(group().rows[event.data.row]) : toggle("parent", name));
  }

  /* ---- tables ---- */
  const narrow = () => window.innerWidth <= 640;
  const heading = (title, spoken) => () => { const made = make("button", title, "sort"); made.type = "button"; made.title = spoken || title; return made; };
  const column = (title, field, more = {}) => ({ title, field, titleFormatter: heading(title), headerSortTristate: true, ...more });
  /* A spreadsheet would take such a text for a formula. */
  const plain = value => typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value === null ? "" : value;
  const nameCell = whole => cell => button(whole && !narrow() ? cell.getRow().getData().unit : short(cell.getRow().getData().unit), "link", () => open(cell.getRow().getData()));
  const missingLast = (one, other, a, b, column, way) => one === null ? (way === "asc" ? 1 : -1) : other === null ? (way === "asc" ? -1 : 1) : one - other;
  const shared = {
    height: "72vh", index: "key", layout: "fitColumns", placeholder: "没有符合条件的单位。", downloadEncoder: (content, kind) => new Blob(["\ufeff", content], { type: kind }),
    locale: "zh", langs: { zh: { data: { loading: "正在准备", error: "不能显示" } } },
  };
  const unitColumns = () => [
    column("名次", "place", { width: narrow() ? 64 : 92, responsive: 0, sorter: missingLast, formatter: cell => cell.getValue() === null ? "—" : `${cell.getValue()}${cell.getRow().getData().tied && !narrow() ? "（并列）" : ""}` }),
    column("单位", "unit", { minWidth: narrow() ? 120 : 190, widthGrow: 3, responsive: 0, formatter: nameCell(true) }),
    column("上级", "parent", { minWidth: 130, widthGrow: 2, responsive: 2 }),
    column("总评", "status", { width: 104, responsive: 0, formatter: cell => tag(cell.getValue()) }),
    column("总分", "score", { width: narrow() ? 76 : 86, responsive: 0, hozAlign: "right", sorter: missingLast, formatter: cell => points(cell.getValue()) }),
    ...(group().before ? [column("与上次比", "change", { width: 110, hozAlign: "right", sorter: missingLast, responsive: 1, formatter: cell => cell.getValue() === null ? "—" : cell.getValue() ? signed(cell.getValue()) : "不变" })] : []),
    column("没有达到", "lacking", { width: 110, hozAlign: "right", sorter: "number", responsive: 3, formatter: cell => `${cell.getValue()} 项` }),
    column("填报日期", "report_date", { width: 150, responsive: 4, formatter: cell => `${cell.getValue()}${cell.getRow().getData().late ? "（迟报）" : ""}` }),
  ];
  const numberOf = row => [...row.marks].filter(mark => LACKING.includes(mark)).length;
  const markCell = (item, index) => cell => {
    const row = cell.getRow().getData(), mark = row.marks[index];
    if (mark === "-") return "";
    const score = row.scores[index] === null ? "" : `，${points(row.scores[index])} 分`;
    const made = button(SIGNS[mark], `mark ${LOOKS[mark]}`, () => open(row, item.id));
    made.title = `${row.unit}：${item.id} ${item.title}　${STATUSES[mark]}${score}`;
    made.setAttribute("aria-label", made.title);
    return made;
  };
  /* What is missed stands last when the best are asked for first; among equals the points decide. */
  const byMark = index => (one, other, first, second) => {
    const [a, b] = [first.getData(), second.getData()], rank = row => "0364521-".indexOf(row.marks[index]);
    return rank(b) - rank(a) || (a.scores[index] || 0) - (b.scores[index] || 0);
  };
  const share = value => {
    const made = make("span", value ? percent(value[2]) : "—", "mark");
    if (value && value[2] !== null) { made.style.background = `rgba(31, 111, 178, ${0.1 + 0.9 * value[2]})`; made.style.color = value[2] > 0.55 ? "#fff" : "#1d2733"; made.title = `${value[0]}／${value[1]}`; }
    return made;
  };
  const heatColumns = () => [
    { ...column("单位", "unit", { width: narrow() ? 120 : 190, frozen: true, cssClass: "name", formatter: apart() ? "plaintext" : nameCell(false) }), title: apart() ? "上级" : "单位" },
    ...(apart() ? [column("单位数", "size", { width: 76, sorter: "number" }), column("达标率", "rate", { width: 76, sorter: "number", formatter: cell => share(cell.getRow().getData().overall) })]
      : [column("名次", "place", { width: 78, sorter: missingLast, formatter: cell => cell.getValue() === null ? "—" : cell.getValue() }), column("总分", "score", { width: 74, sorter: missingLast, formatter: cell => points(cell.getValue()) })]),
    ...group().indicators.map((item, index) => ({
      title: `${item.id} ${item.title}`, titleFormatter: heading(`${item.id} ${item.title}`), field: `m${index}`, width: apart() ? 58 : 38, headerVertical: true, headerSortTristate: true,
      ...(apart() ? { sorter: "number", formatter: cell => share(cell.getRow().getData().indicators[item.id]) } : { sorter: byMark(index), formatter: markCell(item, index) }),
      accessorDownload: value => value,
    })),
  ];
  const cellsOf = row => Object.fromEntries(group().indicators.map((item, index) => [`m${index}`, apart() ? (row.indicators[item.id] || [0, 0, null])[2] : row.marks[index] === "-" ? "" : STATUSES[row.marks[index]]]));
  const heatRows = () => apart() ? group().regions.map((one, at) => ({ key: at, unit: one.name || NOWHERE, size: one.size, rate: one.overall[2], ...one, ...cellsOf(one) })) : chosen().map(row => ({ key: row.at, ...row, ...cellsOf(row) }));
  const unitRows = () => chosen().map(row => ({ key: row.at, ...row, lacking: numberOf(row) }));

  const MAKERS = { units: [unitColumns, unitRows, { responsiveLayout: "hide", initialSort: [{ column: "place", dir: "asc" }] }], heat: [heatColumns, heatRows, { layout: "fitData", initialSort: [{ column: "score", dir: "asc" }] }] };
  function drawTable(name) {
    const [columns, rows, more] = MAKERS[name], kind = state.g;
    if (tables[name] && tables[name].kind === kind) { tables[name].ready.then(() => tables[name].table.replaceData(rows())); return; }
    if (tables[name]) tables[name].table.destroy();
    const table = new Tabulator(`#t-${name}`, { ...shared, ...more, columns: columns().map(one => ({ accessorDownload: plain, ...one })), data: rows() });
    el(`t-${name}`).classList.toggle("heat", name === "heat");
    tables[name] = { table, kind, ready: new Promise(done => table.on("tableBuilt", done)) };
  }

  /* ---- one committee ---- */
  async function unpacked() {
    if (!details) {
      const bytes = Uint8Array.from(atob(el("details").textContent), letter => letter.charCodeAt(0));
      if (typeof DecompressionStream === "undefined") return null;
      details = JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text());
    }
    return details;
  }
  async function open(row, only) {
    el("d-title").textContent = row.unit;
    put(el("d-about"), tag(row.status), `　${row.parent === NOWHERE ? "" : `上级 ${row.parent}　`}总分 ${points(row.score)}${row.place === null ? "" : `　第 ${row.place} 名${row.tied ? "（并列）" : ""}`}　填报日期 ${row.report_date}${row.late ? "（迟报）" : ""}`);
    state.unit = String(row.at);
    remember();
    put(el("d-items"), make("p", "正在取出明细……"));
    el("d-last").textContent = "";
    if (!el("detail").open) el("detail").showModal();
    const every = await unpacked();
    if (!every) { put(el("d-items"), make("p", "这个浏览器太旧，看不到明细。请用 2021 年以后的 Edge、Chrome 打开，或者看汇总表的“逐项明细”。")); return; }
    const all = every[row.number], found = Object.fromEntries(Object.entries(all).map(([name, values]) => [name, values[row.at]]));
    el("d-about").append(`　文件 ${found.file}`);
    if (row.last) {
      const moved = found.moved.length ? `；变动：${found.moved.join("、")}` : "";
      el("d-last").textContent = `上次 ${row.last[0]}（${row.last[1]}）：${row.last[2]}，${points(row.last[3])} 分${row.change ? `，这次 ${signed(row.change)}` : ""}${moved}${found.due.length ? `（其中时限已到：${found.due.length} 项）` : ""}。`;
    }
    const urgency = index => "1263450".indexOf(row.marks[index]);
    const known = group().indicators.map((item, index) => [item, index]).filter(([, index]) => row.marks[index] !== "-");
    const heads = make("div", null, "item heads");
    heads.append(...["编号", "指标", "结果", "得分／满分", "完成情况", "依据在哪一格"].map(text => make("b", text)));
    put(el("d-items"), heads, ...known.sort(([, one], [, other]) => urgency(one) - urgency(other) || one - other).map(([{ id, title }, index]) => {
      const item = make("div", null, id === only ? "item asked" : "item"), mark = make("span"), full = found.full[index], cells = found.cells[index];
      item.id = `d-${id}`;
      mark.append(tag(STATUSES[row.marks[index]]));
      item.append(make("span", id), make("span", title), mark, make("span", full === null ? "" : `得 ${points(row.scores[index])}／${points(full)}`, "points"), make("span", found.told[index], "told"), make("span", cells ? `填在 ${cells}` : "", "cells"));
      return item;
    }));
    const asked = only && el(`d-${only}`);
    if (asked) asked.scrollIntoView({ block: "center" });
  }

  /* ---- what came and what did not ---- */
  function lists() {
    const listing = (title, items, all = items.length) => {
      if (!items.length) return [];
      const list = make("ul");
      list.append(...items.map(text => make("li", text)), ...(all > items.length ? [make("li", `其余 ${all - items.length} 个见汇总表`)] : []));
      return [make("h3", `${title}（${Math.max(all, items.length)}）`), list];
    };
    const files = data.files, roster = data.roster, place = item => `${item.unit}${item.parent ? `（${item.parent}）` : ""}`;
    const text = `共 ${files.all} 个文件：计入 ${files.counted}，重复 ${files.superseded}，排除 ${files.excluded}，不能汇总 ${files.failed}，跳过 ${files.skipped}，阶段不符 ${files.not_asked}。`;
    put(el("receipt"), make("p", text), ...(roster ? [
      ...listing("未报", roster.missing.map(item => place(item) + (item.due ? `：应于 ${item.due} 前报送` : "") + (item.unread.length ? `；送来的文件没有读出来：${item.unread.join("、")}` : "")), roster.missing_all),
      ...listing("同一天有几份，待定", roster.unsettled.map(place)), ...listing("迟报", roster.late, roster.late_all),
      ...listing("排除", roster.excluded.map(item => `${item.unit}：${item.reason}${item.person ? `（${item.person}）` : ""}`)),
      ...listing("名单外", roster.strangers.map(item => item.unit + (item.nearest ? `：是不是“${item.nearest}”？` : ""))),
      ...listing("名单里的问题", roster.problems.map(item => `${[item.sheet, item.cell].filter(Boolean).join("!")}　${item.message}`)),
    ] : []), ...listing("不能汇总", data.failed.map(item => `${item.workbook}：${item.message}`), files.failed),
    ...listing("阶段不符", data.not_asked.map(item => `${item.file}：${item.message}`), files.not_asked),
    ...listing("重复报送", data.superseded.map(item => `${item.file}：${item.message}`), files.superseded),
    ...listing("跳过", data.skipped.map(item => `${item.file}：${item.reason}`), files.skipped));
  }

  /* ---- the state of the page stands in its address ---- */
  function remember() {
    const said = Object.entries(state).filter(([name, value]) => value && !(name === "g" && value === "0") && !(name === "tab" && value === "overview"));
    history.replaceState(null, "", `#${new URLSearchParams(said)}`);
  }
  function recall() {
    const said = new URLSearchParams(location.hash.slice(1));
    for (const name of ["g", "tab", "unit", ...FIELDS]) state[name] = said.get(name) || { g: "0", tab: "overview" }[name] || "";
    if (!data.groups[Number(state.g)]) state.g = "0";
    if (!TABS.includes(state.tab)) state.tab = "overview";
  }
  function set(change) {
    Object.assign(state, change);
    remember();
    draw();
  }
  const options = (id, values, first) => {
    put(el(id), new Option(first, ""), ...values.map(([value, text]) => new Option(text, value)));
    el(id).value = values.some(([value]) => value === state[id]) ? state[id] : state[id] = "";
  };
  function choices() {
    const rows = group().rows, one = name => [name, name], worst = group().indicators.filter(item => item.lacking);
    options("parent", [...new Set(rows.map(row => row.parent))].sort((a, b) => a.localeCompare(b, "zh")).map(one), "全部");
    options("status", STATUSES.filter(status => rows.some(row => row.status === status)).map(one), "全部");
    options("miss", worst.map(item => [item.id, `${item.id} ${item.title}`]), "不限");
    options("head", group().goods.filter((_, index) => rows.some(row => LACKING.includes(row.heads[index]))).map(head => [head.id, head.title]), "不限");
    el("q").value = state.q || "";
  }

  const DRAWN = [drawMissing, drawWeak, drawMoved, drawStatus, drawSpread, drawHeads];
  function draw() {
    for (const name of TABS) {
      el(name).hidden = name !== state.tab;
      el(`tab-${name}`).setAttribute("aria-selected", String(name === state.tab));
      el(`tab-${name}`).tabIndex = name === state.tab ? 0 : -1;
    }
    if (!data.groups.length) return;
    choices();
    el("more").hidden = state.tab === "receipt" || apart();
    const found = chosen().length, all = group().rows.length;
    el("count").textContent = found === all ? `共 ${all} 个单位` : `${found}／${all} 个单位`;
    if (state.tab === "overview") for (const one of DRAWN) one();
    const told = apart() ? `共 ${group().size} 个单位，这里按上级列出；每个单位见汇总表，或单独汇总某一个上级的文件夹。` : "点列名排序，点单位看明细。";
    el("n-units").textContent = told;
    el("n-heat").textContent = `${told}右边还有的，向右拖动。`;
    el("t-units").hidden = el("csv-units").hidden = apart();
    if (state.tab === "units" && !apart()) drawTable("units");
    if (state.tab === "heat") drawTable("heat");
  }

  function begin() {
    el("title").textContent = `汇总看板　${data.name}`;
    el("more").open = !narrow();
    recall();
    lists();
    put(el("legend"), ...STATUSES.map((status, index) => { const item = make("span"); item.append(make("i", SIGNS[index], LOOKS[index]), status); return item; }));
    for (const name of TABS) el(`tab-${name}`).addEventListener("click", () => set({ tab: name }));
    el("tabs").addEventListener("keydown", event => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = TABS[(TABS.indexOf(state.tab) + step + TABS.length) % TABS.length];
      set({ tab: next });
      el(`tab-${next}`).focus();
    });
    for (const name of FIELDS) el(name).addEventListener("input", () => set({ [name]: el(name).value }));
    el("filters").addEventListener("submit", event => event.preventDefault());
    el("clear").addEventListener("click", () => set(Object.fromEntries(FIELDS.map(name => [name, ""]))));
    el("close").addEventListener("click", () => el("detail").close());
    el("detail").addEventListener("close", () => { state.unit = ""; remember(); });
    for (const name of Object.keys(MAKERS)) el(`csv-${name}`).addEventListener("click", () => tables[name].table.download("csv", `${el("title").textContent}.csv`));
    if (!data.groups.length) {
      el("about").textContent = "没有可以汇总的工作簿";
      for (const id of ["group-label", "more", "overview", "tab-overview", "tab-units", "tab-heat", "print"]) el(id).hidden = true;
      state.tab = "receipt";
      draw();
      return;
    }
    put(el("group"), ...data.groups.map((one, at) => new Option(`${one.title}　${one.stage}（${one.size}）`, String(at))));
    el("group-label").hidden = data.groups.length < 2;
    const campaign = data.roster && data.roster.campaign;
    const change = () => { el("group").value = state.g; el("about").textContent = [campaign && campaign.name, group().title, group().stage, campaign && campaign.due && `截止 ${campaign.due}`].filter(Boolean).join("　"); el("lead").textContent = group().lead.join(""); };
    el("group").addEventListener("input", () => { state.g = el("group").value; change(); set(Object.fromEntries(FIELDS.map(name => [name, ""]))); });
    change();
    const fit = () => { for (const one of Object.values(charts)) if (!one.getDom().closest("[hidden]")) one.resize(); };
    window.addEventListener("resize", fit);
    window.addEventListener("hashchange", () => { recall(); change(); draw(); });
    window.addEventListener("beforeprint", () => { document.body.classList.add("printing"); el("overview").hidden = false; for (const one of DRAWN) one(); });
    window.addEventListener("afterprint", () => { document.body.classList.remove("printing"); draw(); fit(); });
    el("print").addEventListener("click", () => window.print());
    const asked = state.unit;
    draw();
    if (asked && group().rows[Number(asked)]) open(group().rows[Number(asked)]);
  }
  begin();
})();
