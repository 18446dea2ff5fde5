(function () {
  "use strict";
  var root = document.currentScript.parentElement;
  var find = function (name) { return root.querySelector("." + name); };
  var told = JSON.parse(find("told").textContent);
  var still = find("still"), canvas = find("moving"), numbers = find("numbers"), controls = find("controls");
  var play = find("play"), range = find("frame"), speed = find("speed");
  var count = told.frames.length, last = count - 1, paint = canvas.getContext("2d");
  var images = told.frames.map(function () { return null; });
  var shown = -1, drawn = -1, playing = false, due = 0, timer = 0;

  function image(i, then) {
    if (images[i]) { then(); return; }
    var made = i ? new Image() : still;
    var ready = function () { images[i] = made; then(); };
    if (i) { made.onload = ready; made.src = "data:image/webp;base64," + told.frames[i].data; }
    else if (made.complete && made.naturalWidth) { ready(); }
    else { made.addEventListener("load", ready, { once: true }); }
  }

  // A frame holds what has changed since the one before it, so that all before it are drawn first; numbers
  // are those of what is drawn.
  function show(wanted) {
    shown = Math.max(0, Math.min(last, wanted));
    range.value = shown;
    range.setAttribute("aria-valuetext", told.lines[told.frames[shown].line]);
    advance();
  }

  function advance() {
    if (drawn > shown) { drawn = -1; }
    while (drawn < shown) {
      var next = drawn + 1;
      if (!images[next]) { image(next, advance); return; }
      var frame = told.frames[next];
      if (!next) { paint.clearRect(0, 0, canvas.width, canvas.height); }
      paint.drawImage(images[next], frame.x, frame.y);
      drawn = next;
    }
    numbers.textContent = told.lines[told.frames[drawn].line];
  }

  function load(i) {
    if (i < count) { image(i, function () { load(i + 1); }); }
  }

  function tick() {
    timer = 0;
    if (!playing) { return; }
    var now = performance.now(), next = shown;
    while (next < last && now >= due) { next += 1; due += told.frames[next].time / Number(speed.value); }
    if (next !== shown && drawn === shown) { show(next); }
    if (shown === last && now >= due) { run(false); return; }
    timer = requestAnimationFrame(tick);
  }

  function run(on) {
    playing = on;
    root.classList.toggle("playing", on);
    play.setAttribute("aria-label", on ? told.pause : told.play);
    play.title = on ? told.pause : told.play;
    play.querySelector(".go").toggleAttribute("hidden", on);
    play.querySelector(".halt").toggleAttribute("hidden", !on);
    if (on) {
      if (shown === last) { show(0); }
      due = performance.now() + told.frames[shown].time / Number(speed.value);
      if (!timer) { timer = requestAnimationFrame(tick); }
    }
  }

  function step(way) {
    run(false);
    var i = shown + way;
    while (i > 0 && i < last && !told.frames[i].stop) { i += way; }
    show(i);
  }

  function go(i) { run(false); show(i); }

  play.addEventListener("click", function () { run(!playing); });
  find("restart").addEventListener("click", function () { go(0); });
  find("back").addEventListener("click", function () { step(-1); });
  find("forward").addEventListener("click", function () { step(1); });
  range.addEventListener("input", function () { run(false); show(Number(range.value)); });
  speed.addEventListener("change", function () { if (playing) { run(true); } });
  root.addEventListener("keydown", function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey) { return; }
    var at = event.target.tagName, key = event.key;
    if (at === "SELECT" || (at === "INPUT" && key !== " ")) { return; }
    if (key === " " && at !== "BUTTON") { run(!playing); }
    else if (key === "ArrowRight") { step(1); }
    else if (key === "ArrowLeft") { step(-1); }
    else if (key === "Home") { go(0); }
    else if (key === "End") { go(last); }
    else { return; }
    event.preventDefault();
  });

  root.tabIndex = 0;
  range.max = last;
  image(0, function () {
    canvas.hidden = controls.hidden = false;
    show(0);
    still.hidden = true;
    load(1);
    run(!matchMedia("(prefers-reduced-motion: reduce)").matches);
  });
}());
