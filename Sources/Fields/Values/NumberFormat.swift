import Primitives

/// The rounding and bounds of a field's numbers.
struct NumberFormat: Sendable {
  /// The number of decimal places; `nil` keeps all.
  var scale: Int?
  /// The rounding of further decimal places.
  var rounding: NumberRounding = .halfEven
  /// Whether the column holds 32-bit integers.
  var isInteger = false

  /// Parses a decimal number with a point and an optional exponent; infinity and NaN are not
  /// accepted.
  ///
  /// The digits are rounded as decimals, so that 1.005 with two places is a tie and not slightly
  /// less.
  func parse(_ text: ValueBytes, into output: inout [UInt8]) throws(FieldProblem) {
    var index = 0
    var isNegative = false
    if text[0] == 0x2D || text[0] == 0x2B {
      isNegative = text[0] == 0x2D
      index = 1
    }
    let digitsStart = index
    var point = -1
    var digits = 0
    while index < text.count {
      let byte = text[index]
      if byte.isDigit {
        digits += 1
      } else if byte == 0x2E, point < 0 {
        point = index
      } else {
        break
      }
      index += 1
    }
    guard digits > 0 else { throw .notANumber }
    guard index == text.count else {
      return try parseWithExponent(text, from: index, into: &output)
    }
    let fraction = point < 0 ? 0 : text.count - point - 1
    let isShort = digits <= 15 && digits - fraction <= 9
    if isShort, fraction == 0 || (fraction <= scale ?? Int.max && !isInteger) {
      appendPlain(text, digitsStart, point, isNegative, into: &output)
      return
    }
    var decimal = DecimalDigits(text, from: digitsStart, point: point, isNegative: isNegative)
    try finish(&decimal, into: &output)
  }

  /// Copies the digits unchanged, which suffices for nearly all numbers.
  private func appendPlain(
    _ text: ValueBytes, _ start: Int, _ point: Int, _ isNegative: Bool, into output: inout [UInt8]
  ) {
    var start = start
    let whole = point < 0 ? text.count : point
    while start < whole - 1, text[start] == 0x30 { start += 1 }
    let isZero = text[start...].allSatisfy { $0 == 0x30 || $0 == 0x2E }
    if isNegative, !isZero { output.append(0x2D) }
    if whole == start { output.append(0x30) }
    let end = point == text.count - 1 ? point : text.count
    output.append(contentsOf: text[start..<end])
  }

  private func parseWithExponent(
    _ text: ValueBytes, from index: Int, into output: inout [UInt8]
  ) throws(FieldProblem) {
    guard text[index] | 0x20 == 0x65, index + 1 < text.count, text.count - index <= 6,
      let exponent = Int(ValueBytes(rebasing: text[(index + 1)...]).string)
    else { throw .notANumber }
    let mantissa = ValueBytes(rebasing: text[..<index])
    let isNegative = mantissa[0] == 0x2D
    let start = isNegative || mantissa[0] == 0x2B ? 1 : 0
    var decimal = DecimalDigits(
      mantissa, from: start, point: mantissa.firstIndex(of: 0x2E) ?? -1, isNegative: isNegative)
    decimal.pointPosition += exponent
    try finish(&decimal, into: &output)
  }

  private func finish(
    _ decimal: inout DecimalDigits, into output: inout [UInt8]
  ) throws(FieldProblem) {
    decimal.normalize()
    // A double ends at 308 digits before the point; the fraction is bounded likewise.
    guard decimal.pointPosition <= 308, decimal.pointPosition >= -308 else {
      throw .outOfRange
    }
    // Further digits than a double can distinguish are noise, and must not fill memory either.
    decimal.round(toScale: max(0, min(scale ?? 340, 340)), rounding)
    if isInteger {
      guard let integer = decimal.int32 else { throw .outOfRange }
      output.append(contentsOf: String(integer).utf8)
    } else {
      decimal.append(to: &output)
    }
  }
}

/// A decimal number as digits, for rounding without binary fractions.
struct DecimalDigits {
  private var isNegative: Bool
  /// The digit values 0...9, most significant first.
  private var digits: [UInt8] = []
  /// The number of digits before the point; may be outside the digits.
  var pointPosition: Int

  /// Creates the digits of a text that consists of digits and at most one point.
  init(_ text: ValueBytes, from start: Int, point: Int, isNegative: Bool) {
    self.isNegative = isNegative
    for byte in text[start...] where byte.isDigit { digits.append(byte - 0x30) }
    pointPosition = (point < 0 ? text.count : point) - start
  }

  /// Drops insignificant zeros.
  mutating func normalize() {
    let leading = digits.prefix { $0 == 0 }.count
    digits.removeFirst(leading)
    pointPosition -= leading
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty {
      pointPosition = 0
      isNegative = false
    }
  }

  /// Rounds to a number of decimal places.
  mutating func round(toScale scale: Int, _ mode: NumberRounding) {
    let keep = pointPosition + scale
    guard keep < digits.count else { return }
    let first = keep >= 0 ? digits[keep] : 0
    let isTie = first == 5 && !digits[(keep + 1)...].contains { $0 != 0 }
    let last = keep > 0 ? digits[keep - 1] : 0
    let isUp: Bool
    switch mode {
    case .ceiling: isUp = !isNegative
    case .floor: isUp = isNegative
    case .down: isUp = false
    case .up: isUp = true
    case .halfEven: isUp = first > 5 || (first == 5 && (!isTie || last % 2 == 1))
    case .halfDown: isUp = first > 5 || (first == 5 && !isTie)
    case .halfUp: isUp = first >= 5
    }
    digits.removeSubrange(max(0, keep)...)
    if isUp { addOneUnit(at: keep) }
    normalize()
  }

  /// Adds one at the last kept place, which is `keep` digits from the front.
  private mutating func addOneUnit(at keep: Int) {
    guard keep > 0 else {
      // Everything was dropped: the unit is the number.
      digits = [1]
      pointPosition += 1 - keep
      return
    }
    while digits.count < keep { digits.append(0) }
    var index = keep - 1
    while digits[index] == 9 {
      digits[index] = 0
      if index == 0 {
        digits.insert(1, at: 0)
        pointPosition += 1
        return
      }
      index -= 1
    }
    digits[index] += 1
  }

  /// The number if it is a 32-bit integer.
  var int32: Int32? {
    guard digits.count <= pointPosition || digits.isEmpty, pointPosition <= 10 else { return nil }
    var value: Int64 = 0
    for index in 0..<pointPosition {
      value = value * 10 + Int64(index < digits.count ? digits[index] : 0)
    }
    return Int32(exactly: isNegative ? -value : value)
  }

  /// Appends the number without an exponent.
  func append(to output: inout [UInt8]) {
    if isNegative { output.append(0x2D) }
    if pointPosition <= 0 { output.append(0x30) }
    for index in 0..<max(0, pointPosition) {
      output.append(0x30 + (index < digits.count ? digits[index] : 0))
    }
    guard digits.count > pointPosition else { return }
    output.append(0x2E)
    for _ in pointPosition..<max(0, pointPosition) { output.append(0x30) }
    for index in max(0, pointPosition)..<digits.count { output.append(0x30 + digits[index]) }
  }
}
