// What moves, drawn on the panels of a figure, in its pixels.
function painter(pen, stage) {
  var colours = stage.colours, sizes = stage.sizes, FONT = 'px "DejaVu Sans", Verdana, "Segoe UI", sans-serif';
  var TRAIL = 8, FAR = 1e5;

  function spot(panel, x, y) {
    if (panel.log) {
      y -= panel.lowest;
      if (y <= panel.zero || (y < panel.least && !panel.exact)) { y = panel.foot === null ? Math.max(y, 0) : panel.foot; }
      y = Math.log10(y);
    }
    return [panel.x[0] * x + panel.x[1], panel.y[0] * y + panel.y[1]].map(function (p) {
      return Math.max(-FAR, Math.min(FAR, p));
    });
  }
  function stands(panel, k, theta, value) {
    if (panel.shape === "history") { return spot(panel, k, value); }
    return panel.shape === "curve" ? spot(panel, theta[0], value) : spot(panel, theta[0], theta[1]);
  }
  function within(panel, p) {
    return p[0] >= panel.box[0] && p[0] <= panel.box[2] && p[1] >= panel.box[1] && p[1] <= panel.box[3];
  }

  function line(points, colour, thick, dashes) {
    pen.beginPath();
    points.forEach(function (p, i) { if (i) { pen.lineTo(p[0], p[1]); } else { pen.moveTo(p[0], p[1]); } });
    pen.setLineDash(dashes || []);
    pen.lineWidth = thick;
    pen.strokeStyle = colour;
    pen.lineJoin = "round";
    pen.lineCap = dashes ? "butt" : "round";
    pen.stroke();
    pen.setLineDash([]);
  }
  function disc(p, size, fill, edge, thick) {
    pen.beginPath();
    pen.arc(p[0], p[1], size / 2, 0, 2 * Math.PI);
    if (fill) { pen.fillStyle = fill; pen.fill(); }
    if (edge) { pen.strokeStyle = edge; pen.lineWidth = thick; pen.stroke(); }
  }
  function arrow(tail, tip, colour, thick, halo) {
    var dx = tip[0] - tail[0], dy = tip[1] - tail[1], length = Math.hypot(dx, dy);
    if (!length) { return; }
    var head = Math.min(sizes.head, length), u = dx / length, v = dy / length;
    var neck = [tip[0] - head * u, tip[1] - head * v];
    function shape(colour, more) {
      line([tail, neck], colour, thick + more);
      pen.beginPath();
      pen.moveTo(tip[0], tip[1]);
      pen.lineTo(neck[0] - 0.45 * head * v, neck[1] + 0.45 * head * u);
      pen.lineTo(neck[0] + 0.45 * head * v, neck[1] - 0.45 * head * u);
      pen.closePath();
      pen.fillStyle = colour;
      pen.fill();
      if (more) { pen.strokeStyle = colour; pen.lineWidth = more; pen.stroke(); }
    }
    if (halo) { shape(halo, 0.25 * sizes.text); }
    shape(colour, 0);
  }
  function width(text, size) {
    pen.font = size + FONT;
    return pen.measureText(text).width;
  }
  function write(text, x, y, colour, size, halo) {
    pen.font = size + FONT;
    if (halo) {
      pen.strokeStyle = halo;
      pen.lineWidth = 0.4 * size;
      pen.lineJoin = "round";
      pen.strokeText(text, x, y);
    }
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  }
  // A name whose middle is there, as far as the panel has room.
  function named(panel, text, x, y, colour, size, halo) {
    var half = width(text, size) / 2;
    x = Math.max(panel.box[0] + half + 2, Math.min(panel.box[2] - half - 2, x));
    write(text, x - half, Math.max(panel.box[1] + size, Math.min(panel.box[3] - 0.3 * size, y)), colour, size, halo);
  }

  function trail(panel, points, k) {
    var halo = panel.shape === "contour" ? 0.25 * sizes.text : 0;
    // Once it has left the panel for good, its strides across it would only confuse.
    while (k > 0 && !within(panel, points[k]) && !within(panel, points[k - 1])) { k -= 1; }
    points = points.slice(0, k + 1);
    if (panel.shape === "history") { line(points, colours.before, 1.2 * sizes.line); return; }
    if (halo) { line(points, colours.background, 0.7 * sizes.line + halo); }
    line(points, colours.before, 0.7 * sizes.line);
    points.forEach(function (p) { disc(p, sizes.dot, colours.before, halo && colours.background, 0.12 * sizes.dot); });
    for (var i = Math.max(0, k - TRAIL); i < k; i += 1) {
      pen.globalAlpha = 1 - (k - i) / (TRAIL + 1);
      line(points.slice(i, i + 2), colours.now, 0.7 * sizes.line);
      disc(points[i], sizes.dot, colours.now);
      pen.globalAlpha = 1;
    }
  }
  // The last step that begins inside, after which the path does not come back: an arrow, and its iterate.
  function exit(panel, points, k) {
    var i = k, share = Infinity, box = panel.box, text = sizes.text;
    while (i >= 0 && !within(panel, points[i])) { i -= 1; }
    if (i < 0 || i === k) { return; }
    var inner = points[i], outer = points[i + 1], length = Math.hypot(outer[0] - inner[0], outer[1] - inner[1]);
    [0, 1].forEach(function (axis) {
      var far = outer[axis] - inner[axis];
      if (far) { share = Math.min(share, (box[axis + (far > 0 ? 2 : 0)] - inner[axis]) / far); }
    });
    var tip = [0, 1].map(function (axis) { return inner[axis] + share * (outer[axis] - inner[axis]); });
    var tail = [0, 1].map(function (axis) { return tip[axis] - 3 * text * (outer[axis] - inner[axis]) / length; });
    arrow(tail, tip, colours.now, sizes.line, colours.background);
    if (panel.shape === "history") { return; }
    var words = "k = " + (i + 1), x = (tail[0] + tip[0]) / 2, aside = width(words, text) / 2 + 1.2 * text;
    x += box[2] - x > x - box[0] ? aside : -aside;
    named(panel, words, x, (tail[1] + tip[1]) / 2, colours.now, text, colours.background);
  }

  // At the ball of a curve: tangent and step; the arrow on the axis leads to the next iterate.
  function tangent(panel, ball, next, slope, words) {
    var angle = Math.atan2(slope[0] * panel.y[0], panel.x[0]), reach = 4.2 * sizes.text, text = sizes.text;
    var along = [reach * Math.cos(angle), reach * Math.sin(angle)];
    line([[ball[0] - along[0], ball[1] - along[1]], [ball[0] + along[0], ball[1] + along[1]]], colours.now, 0.8 * sizes.line);
    if (next) {
      var lane = spot(panel, 0, panel.lane)[1];
      line([ball, [ball[0], lane]], colours.now, 0.5 * sizes.line, [4 / 9 * text, 1.6 / 3 * text]);
      arrow([ball[0], lane], [next[0], lane], colours.now, 1.3 * sizes.line);
      disc(next, 0.7 * sizes.ball, colours.background, colours.now, 0.55 * sizes.line);
      var away = width(words.step, text) / 2 + 0.7 * text, after = next[0] < ball[0];
      var end = Math.max(ball[0], Math.min(panel.box[2], next[0])), begin = Math.min(ball[0], Math.max(panel.box[0], next[0]));
      var right = end + 2 * away < panel.box[2], left = begin - 2 * away > panel.box[0];
      var beside = after && right || !left && right ? end + away : left ? begin - away : (begin + end) / 2;
      named(panel, words.step, beside, lane + (right || left ? 0.3 : -0.6) * text, colours.now, text);
    }
    var steep = Math.sin(angle), aside = (0.5 * width(words.slope, text) + 0.9 * text) * steep;
    named(panel, words.slope, ball[0] + aside, ball[1] - (1.2 - 0.8 * Math.abs(steep)) * text, colours.now, text, colours.background);
  }
  // On contours: −∇L in its true direction, its length growing slowly; its components; the step to scale.
  function downhill(panel, ball, next, slope, steepest) {
    var size = Math.hypot(slope[0], slope[1]), text = sizes.text, box = panel.box;
    if (size && Number.isFinite(steepest)) {
      var drawn = [-slope[0] / size * panel.x[0], -slope[1] / size * panel.y[0]], far = Math.hypot(drawn[0], drawn[1]);
      var long = 6 * text * Math.pow(Math.min(1, size / steepest), 0.3) / far;
      var vector = drawn.map(function (d) { return long * d; }), room = 1;
      vector.forEach(function (d, axis) {
        if (d) { room = Math.min(room, (Math.abs(box[axis + (d > 0 ? 2 : 0)] - ball[axis]) - 4) / Math.abs(d)); }
      });
      vector = vector.map(function (d) { return Math.max(room, 0.3) * d; });
      if (Math.min(Math.abs(vector[0]), Math.abs(vector[1])) > 0.8 * text) {
        arrow(ball, [ball[0] + vector[0], ball[1]], colours.ink, sizes.line);
        arrow(ball, [ball[0], ball[1] + vector[1]], colours.ink, sizes.line);
      }
      arrow(ball, [ball[0] + vector[0], ball[1] + vector[1]], colours.now, 1.2 * sizes.line, colours.background);
      var length = Math.hypot(vector[0], vector[1]), half = width("−∇L", 0.9 * text) / 2 + 0.4 * text;
      if (length > 2 * text) {
        var beyond = (Math.abs(vector[0]) * half + Math.abs(vector[1]) * 1.1 * text) / length / length;
        named(panel, "−∇L", ball[0] + vector[0] * (1 + beyond), ball[1] + vector[1] * (1 + beyond) + 0.35 * text, colours.now,
          0.9 * text, colours.background);
      }
    }
    if (next && Math.hypot(next[0] - ball[0], next[1] - ball[1]) > 0.5 * sizes.ball) {
      line([ball, next], colours.ink, 0.5 * sizes.line, [0.35 * text, 0.25 * text]);
      disc(next, 0.5 * sizes.ball, null, colours.ink, 0.4 * sizes.line);
    }
  }

  function clipped(panel, more, draw) {
    pen.save();
    pen.beginPath();
    pen.rect(panel.box[0] - more, panel.box[1] - more, panel.box[2] - panel.box[0] + 2 * more, panel.box[3] - panel.box[1] + 2 * more);
    pen.clip();
    draw();
    pen.restore();
  }
  // Iterate k of a path on a panel, and all before it; words name what is drawn of its step.
  function run(panel, path, k, words) {
    var points = path.theta.map(function (theta, i) { return stands(panel, i, theta, path.loss[i]); });
    var ball = points[k], next = k < points.length - 1 ? points[k + 1] : null, inside = within(panel, ball);
    clipped(panel, 0, function () {
      trail(panel, points, k);
      exit(panel, points, k);
      if (!inside) { return; }
      if (panel.shape === "curve") { tangent(panel, ball, next, path.gradient[k], words); }
      if (panel.shape === "contour") {
        var sizes = path.gradient.map(function (g) { return Math.hypot(g[0], g[1]); });
        downhill(panel, ball, next, path.gradient[k], Math.max.apply(null, sizes));
      }
    });
    if (inside) {
      clipped(panel, sizes.text, function () { disc(ball, sizes.ball, colours.now, colours.background, 0.213 * sizes.text); });
    }
  }
  // The ring around where it starts, by which that is dragged.
  function handle(panel, start, value) {
    if (panel.shape === "history" || !(panel.shape === "contour" || Number.isFinite(value))) { return; }
    var p = stands(panel, 0, start, value);
    clipped(panel, sizes.text, function () {
      disc(p, 1.5 * sizes.ball, null, colours.background, 0.5 * sizes.line + 2);
      disc(p, 1.5 * sizes.ball, null, colours.ink, 0.5 * sizes.line);
    });
  }
  return { run: run, handle: handle, write: write, width: width, within: within };
}
