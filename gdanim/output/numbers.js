// Numbers as gdanim writes them (see text.py), with a language's decimal sign.
function writer(decimal) {
  function localised(text) {
    var parts = text.split("e"), mantissa = parts[0].replace("-", "−").replace(".", decimal);
    if (parts.length === 1) { return mantissa; }
    var power = "10" + String(Number(parts[1])).replace(/[-\d]/g, function (c) {
      return c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(Number(c));
    });
    return /^−?1$/.test(mantissa) ? mantissa.replace("1", power) : mantissa + "×" + power;
  }
  function short(value, digits) {
    var parts = value.toExponential(digits - 1).split("e"), power = Number(parts[1]);
    if (power < -4 || power >= digits) { return localised(Number(parts[0]) + "e" + power); }
    return localised(String(Number(value.toPrecision(digits))));
  }
  function given(value) {
    for (var digits = 4; digits < 17 && Number(value.toPrecision(digits)) !== value; digits += 1) { }
    return short(value, digits);
  }
  function fixed(value, decimals) {
    var size = Math.abs(value);
    if (size === 0 || (size >= 0.5 * Math.pow(10, -decimals) && size < 99999.5)) {
      return localised((size ? value : 0).toFixed(size < 999.5 ? decimals : Math.max(0, decimals - 2)));
    }
    return localised(value.toExponential(Math.max(2, decimals - 1)));
  }
  function lossy(value) {
    var size = Math.abs(value);
    return size >= 1e-4 && size < 0.0995 ? localised(value.toPrecision(3)) : fixed(value, 3);
  }
  return { short: short, given: given, fixed: fixed, loss: lossy };
}
