  var root = document.currentScript.parentElement;
  var stage = JSON.parse(root.querySelector(".told").textContent).stage;
  var words = stage.words, width = stage.size[0], height = stage.size[1], number = writer(words.decimal);
  var start = stage.start.slice(), eta = stage.eta, rule = stage.rule;
  var path = null, k = 0, here = false, playing = 0, asked = 0, dragged = null;

  // What is on the page besides the player.
  function make(tag, attributes, inside) {
    var made = document.createElement(tag);
    Object.keys(attributes).forEach(function (name) { made.setAttribute(name, attributes[name]); });
    [].concat(inside || []).forEach(function (child) { made.append(child); });
    return made;
  }
  function button(name, text) {
    var drawn = root.querySelector("button." + name);
    var icon = drawn ? drawn.innerHTML : "";
    var made = make("button", { type: "button", "class": "my-" + name, "aria-label": text, title: text });
    Array.prototype.forEach.call(drawn ? drawn.childNodes : [], function (node) { made.append(node.cloneNode(true)); });
    return icon ? made : make("button", { type: "button", "class": "my-" + name }, text);
  }
  function put(text, parts) {
    return text.replace(/\{(\w+)\}/g, function (all, name) { return parts[name]; });
  }
  var moving = root.querySelector(".moving"), still = root.querySelector(".still");
  var canvas = make("canvas", { "class": "stage", "aria-hidden": "true" }), pen = canvas.getContext("2d");
  var paints = painter(pen, stage);
  var picture = make("div", { "class": "picture" });
  still.before(picture);
  picture.append(still, moving, canvas);
  var inputs = stage.parameters.map(function (name, i) {
    return make("input", { type: "number", step: "any", "class": "from", value: start[i] });
  });
  var rates = make("input", { type: "range", "class": "rates", min: -200, max: 200, step: 1, value: 0 });
  var rate = make("input", { type: "number", step: "any", min: 0, "class": "eta", value: eta });
  rates.setAttribute("aria-label", words.learning_rate + " η");
  rates.setAttribute("aria-valuetext", "η = " + number.given(eta));
  var choice = make("select", { "class": "rule" }, Object.keys(stage.rules).map(function (call) {
    return make("option", { value: call }, stage.rules[call]);
  }));
  var back = button("reset", words.reset);
  var trying = make("div", { "class": "try" }, inputs.map(function (input, i) {
    return make("label", {}, [(i ? "" : words.start + " ") + stage.parameters[i], input]);
  }).concat([
    make("div", { "class": "rate" }, make("label", {}, [words.learning_rate + " η", rate, rates])),
    make("label", {}, [words.optimizer, choice])
  ]));
  var numbers = make("p", { "class": "numbers mine" });
  var slider = make("input", { type: "range", "class": "iterate", min: 0, max: 0, value: 0, "aria-label": words.iteration });
  var play = button("play", words.play);
  var controls = make("div", { "class": "controls mine" },
    [button("restart", words.restart), button("back", words.back), play, button("forward", words.forward), slider, back]);
  var said = make("p", { "class": "said", role: "status" }, words.hint);
  numbers.hidden = controls.hidden = true;
  root.querySelector(".told").before(numbers, controls, trying, said);
  var ground = new Image();
  ground.src = "data:image/webp;base64," + stage.ground;

  // A descent, and what is said of it.
  function compute() {
    path = descend(loss, rules[rule], start, eta, stage.factors);
    slider.max = Math.max(0, path.theta.length - 1);
    k = Number(slider.max);
    root.descent = { start: start.slice(), eta: eta, optimizer: rule, theta: path.theta, loss: path.loss };
  }
  function line() {
    if (!path.theta.length) { return words.nowhere; }
    var parts = ["k = " + k].concat(stage.parameters.map(function (name, i) {
      return name + " = " + number.fixed(path.theta[k][i], 4);
    }), "L = " + number.loss(path.loss[k]), stage.slopes.map(function (name, i) {
      return name + " = " + number.fixed(path.gradient[k][i], 4);
    }));
    return parts.join(words.between);
  }
  function settings() {
    var from = start.map(number.given).join(words.decimal === "," ? words.between : ", ");
    return stage.rules[rule] + words.between + "η = " + number.given(eta) + words.between + words.start + " = " + from;
  }
  function say() {
    var last = path.theta.length - 1, parts = [words.here];
    if (last < 0) {
      parts.push(words.nowhere);
    } else {
      var before = number.loss(path.loss[0]), after = number.loss(path.loss[last]);
      var way = path.loss[last] < path.loss[0] ? words.fell : path.loss[last] > path.loss[0] ? words.rose : words.level;
      if (before === after) { before = number.short(path.loss[0], 12); after = number.short(path.loss[last], 12); }
      parts.push(settings(), put(way, { before: before, after: after }));
      if (path.beyond) { parts.push(put(words.overflow, { k: last })); }
    }
    said.textContent = parts.join(words.between);
    canvas.setAttribute("aria-label", said.textContent);
  }

  // What is drawn at this moment: the ground, on it the run, above and below it what is said of the run.
  function update(i) {
    var from = path.theta[k][i], to = path.theta[k + 1][i], name = stage.parameters[i], step = to - from;
    if (!plain()) {
      var sign = step < 0 ? " − " : " + ";
      return name + " ← " + number.fixed(from, 4) + sign + number.fixed(Math.abs(step), 4) + " ≈ " + number.fixed(to, 4);
    }
    var slope = number.fixed(path.gradient[k][i], 4), rate = number.given(eta * stage.factors[k]);
    slope = slope.charAt(0) === "−" ? "(" + slope + ")" : slope;
    return name + " ← " + number.fixed(from, 4) + " − " + rate + "·" + slope + " ≈ " + number.fixed(to, 4);
  }
  function plain() { return stage.plain.indexOf(rule) >= 0; }
  function draw() {
    asked = 0;
    var scale = Math.max(1, Math.round(canvas.getBoundingClientRect().width * (window.devicePixelRatio || 1))) / width;
    if (canvas.width !== Math.round(width * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (!here) { return; }
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.drawImage(ground, 0, 0, width, height);
    var text = stage.sizes.text, below = stage.below, left = 1.4 * text, last = path.theta.length - 1;
    var after = below[0] + paints.width(words.here, text) + 2 * text;
    paints.write(words.here, below[0], below[1], stage.colours.now, text);
    if (after + paints.width(settings(), text) <= below[2]) {
      paints.write(settings(), after, below[1], stage.colours.muted, text);
    }
    var value = loss.value(start)[0], names = { step: plain() ? words.step : words.change, slope: words.slope };
    stage.panels.forEach(function (panel) {
      if (last >= 0) { paints.run(panel, path, k, names); }
      paints.handle(panel, start, value);
    });
    var lines = [line()];
    if (k < last) { lines = lines.concat(start.map(function (x, i) { return update(i); })); }
    else if (path.beyond && last >= 0) { lines.push(put(words.overflow, { k: last })); }
    lines.forEach(function (words, i) {
      var y = height - (start.length + 0.75 - i) * 1.9 * text, size = 1.05 * text;
      size *= Math.min(1, (width - 2 * left) / paints.width(words, size));
      paints.write(words, left, y, i ? stage.colours.now : stage.colours.ink, size);
    });
    numbers.textContent = line();
  }
  function paint() {
    slider.value = k;
    slider.setAttribute("aria-valuetext", line());
    if (!asked) { asked = requestAnimationFrame(draw); }
  }

  // From the first touch on it is computed here; before, and after going back, what gdanim drew is shown.
  function touched() {
    if (!here) {
      if (root.classList.contains("playing")) { root.querySelector("button.play").click(); }
      here = true;
      root.classList.add("here");
      numbers.hidden = controls.hidden = false;
      moving.setAttribute("aria-hidden", "true");
      canvas.removeAttribute("aria-hidden");
      canvas.setAttribute("role", "img");
    }
    run(false);
    compute();
    paint();
  }
  function reset() {
    run(false);
    start = stage.start.slice();
    eta = stage.eta;
    rule = stage.rule;
    inputs.forEach(function (input, i) { input.value = start[i]; });
    rate.value = eta;
    inputs.concat(rate).forEach(function (input) { input.removeAttribute("aria-invalid"); });
    rates.value = 0;
    rates.setAttribute("aria-valuetext", "η = " + number.given(eta));
    choice.value = rule;
    here = false;
    root.classList.remove("here");
    numbers.hidden = controls.hidden = true;
    canvas.setAttribute("aria-hidden", "true");
    moving.removeAttribute("aria-hidden");
    said.textContent = words.hint;
    delete root.descent;
    draw();
    root.focus();
  }
  function run(on) {
    clearTimeout(playing);
    playing = 0;
    if (on) {
      if (k >= path.theta.length - 1) { k = 0; }
      playing = setTimeout(tick, pace());
    }
    play.setAttribute("aria-label", on ? words.pause : words.play);
    play.title = on ? words.pause : words.play;
    play.querySelector(".go").toggleAttribute("hidden", on);
    play.querySelector(".halt").toggleAttribute("hidden", !on);
    if (path) { paint(); }
  }
  function pace() { return Math.max(40, Math.min(500, 8000 / path.theta.length)); }
  function tick() {
    k += 1;
    paint();
    if (k < path.theta.length - 1) { playing = setTimeout(tick, pace()); } else { run(false); }
  }
  function go(i) {
    run(false);
    k = Math.max(0, Math.min(path.theta.length - 1, i));
    paint();
  }
  function typed() {
    var wanted = inputs.map(function (input) { return input.value.trim() === "" ? NaN : Number(input.value); });
    var rated = rate.value.trim() === "" ? NaN : Number(rate.value);
    inputs.forEach(function (input, i) { input.setAttribute("aria-invalid", !Number.isFinite(wanted[i])); });
    rate.setAttribute("aria-invalid", !(rated >= 0 && rated < Infinity));
    if (!wanted.every(Number.isFinite) || !(rated >= 0 && rated < Infinity)) { return; }
    start = wanted;
    eta = rated;
    rule = choice.value;
    touched();
  }
  function turned() {
    var base = stage.eta || 0.1, turn = Number(rates.value);
    rate.value = turn ? Number((base * Math.pow(10, turn / 100)).toPrecision(3)) : base;
    rates.setAttribute("aria-valuetext", "η = " + number.given(Number(rate.value)));
    typed();
  }
  function level() {
    var turn = Math.round(100 * Math.log10(Number(rate.value) / (stage.eta || 0.1)));
    if (Number.isFinite(turn)) { rates.value = turn; }
    rates.setAttribute("aria-valuetext", "η = " + number.given(Number(rate.value)));
    typed();
  }
  inputs.forEach(function (input) { input.addEventListener("input", typed); });
  rate.addEventListener("input", level);
  rates.addEventListener("input", turned);
  choice.addEventListener("change", typed);
  inputs.concat(rate, rates, choice).forEach(function (input) {
    input.addEventListener("change", function () { if (here) { say(); } });
  });
  slider.addEventListener("input", function () { go(Number(slider.value)); });
  play.addEventListener("click", function () { run(!playing); });
  controls.querySelector(".my-restart").addEventListener("click", function () { go(0); });
  controls.querySelector(".my-back").addEventListener("click", function () { go(k - 1); });
  controls.querySelector(".my-forward").addEventListener("click", function () { go(k + 1); });
  back.addEventListener("click", reset);
  root.addEventListener("keydown", function (event) {
    var at = event.target.tagName, key = event.key;
    if (!here || event.altKey || event.ctrlKey || event.metaKey) { return; }
    event.stopImmediatePropagation();  // the player below stands still
    if (at === "SELECT" || at === "INPUT") { return; }
    if (key === " " && at !== "BUTTON") { run(!playing); }
    else if (key === "ArrowRight") { go(k + 1); }
    else if (key === "ArrowLeft") { go(k - 1); }
    else if (key === "Home") { go(0); }
    else if (key === "End") { go(path.theta.length - 1); }
    else { return; }
    event.preventDefault();
  }, true);
  trying.addEventListener("keydown", function (event) { event.stopPropagation(); });

  // As few digits as a pixel tells apart, so that what is dragged can be typed.
  function typable(panel, axis, pixel) {
    var line = axis ? panel.y : panel.x, digits = Math.max(0, Math.ceil(Math.log10(Math.abs(line[0]))));
    return Number(((pixel - line[1]) / line[0]).toFixed(Math.min(15, digits)));
  }
  function at(event) {
    var box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * width / box.width, (event.clientY - box.top) * height / box.height];
  }
  function drag(event) {
    var p = at(event), panel = dragged, box = panel.box;
    p = [Math.max(box[0], Math.min(box[2], p[0])), Math.max(box[1], Math.min(box[3], p[1]))];
    if (panel.shape === "history") {
      if (here) { go(Math.round(typable(panel, 0, p[0]))); }
      return;
    }
    start = [0, 1].slice(0, start.length).map(function (axis) { return typable(panel, axis, p[axis]); });
    inputs.forEach(function (input, i) { input.value = start[i]; });
    touched();
  }
  canvas.addEventListener("pointerdown", function (event) {
    var p = at(event);
    dragged = stage.panels.filter(function (panel) { return paints.within(panel, p); })[0] || null;
    if (!dragged || event.button) { dragged = null; return; }
    canvas.setPointerCapture(event.pointerId);
    drag(event);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", function (event) { if (dragged) { drag(event); } });
  ["pointerup", "pointercancel"].forEach(function (name) {
    canvas.addEventListener(name, function () { if (dragged && here) { say(); } dragged = null; });
  });
  window.addEventListener("resize", function () { if (here) { draw(); } });
