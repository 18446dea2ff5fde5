// A descent as gdanim makes it: up to the last iterate that is finite in all it has, and one beyond that.
function descend(loss, rule, start, eta, factors) {
  var path = { theta: [], loss: [], gradient: [], beyond: null }, theta = start, state = null;
  for (var k = 0; ; k += 1) {
    var value = loss.value(theta)[0], slope = loss.gradient(theta);
    if (!theta.concat(value, slope).every(Number.isFinite)) { path.beyond = theta; return path; }
    path.theta.push(theta);
    path.loss.push(value);
    path.gradient.push(slope);
    if (k === factors.length - 1) { return path; }
    var rate = factors[k] * eta;
    var made = state ? rule.next(slope, state, theta, rate) : rule.first(slope, theta, rate);
    state = made.slice(theta.length);
    theta = theta.map(function (x, i) { return x + made[i]; });
  }
}
